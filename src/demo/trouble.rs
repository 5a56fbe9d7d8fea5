//! What goes wrong in a made-up year, so that a demonstration shows how it is borne: silence with
//! and without a late delivery, repetitions, contradictions, a wrong clock, a meter nobody knows,
//! and payloads that are none. Each is rare and each falls where the dice say.

use super::Dice;

/// Slots in a day.
const DAY: i64 = 96;
/// When the long outage of some gateways lies, in days before today.
const LONG_OUTAGE: std::ops::RangeInclusive<i64> = 38..=43;

/// What happens to the message of one slot of one gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It is sent.
    None,
    /// Nothing is sent now; what is measured is sent when the line is back.
    Kept,
    /// Nothing is sent, and what is measured is lost.
    Lost,
    /// It is sent twice.
    Twice,
    /// It is sent, and then once more with another value.
    Contradicted,
    /// Its times are eight hours ahead: a clock set to local time as if it were UTC.
    EightHoursAhead,
    /// It holds a reading of a meter that is not registered.
    Stranger,
    /// It is cut off in the middle.
    CutOff,
    /// It is marked as not to be relied on.
    Doubtful,
}

/// The trouble of the gateway numbered `number` in the slot that lies `slot` after the first of a
/// history of `days`.
pub(super) fn of(number: usize, slot: i64, days: i32, dice: Dice) -> Trouble {
    let (day, key) = (slot.div_euclid(DAY), slot.unsigned_abs());
    let hour = slot.rem_euclid(DAY) / 4;
    let left = i64::from(days) - day;
    match number {
        9 if day == 20 && (9..15).contains(&hour) => return Trouble::EightHoursAhead,
        // Days without a line, and what was measured lost: in the last closed month mostly.
        number if number % 25 == 16 && LONG_OUTAGE.contains(&left) => return Trouble::Lost,
        12 if day == 61 && (8..18).contains(&hour) => return Trouble::Stranger,
        _ => {}
    }
    if let Some(silence) = silence(slot, dice) {
        return silence;
    }
    match dice.of(3).below(key, 20_000) {
        0..=9 => Trouble::Twice,
        10..=12 => Trouble::Contradicted,
        13 => Trouble::CutOff,
        14..=18 => Trouble::Doubtful,
        _ => Trouble::None,
    }
}

/// About once in 25 days a line is silent for some hours of one day; mostly nothing is lost.
fn silence(slot: i64, dice: Dice) -> Option<Trouble> {
    let day = slot.div_euclid(DAY).unsigned_abs();
    let dice = dice.of(4).of(day);
    if !dice.hits(1, 1, 25) {
        return None;
    }
    let begins = dice.between(2, 0, 60);
    let silent = begins..begins + dice.between(3, 4, 34);
    let within = silent.contains(&slot.rem_euclid(DAY).unsigned_abs());
    let kept = dice.hits(4, 3, 4);
    within.then_some(if kept { Trouble::Kept } else { Trouble::Lost })
}
