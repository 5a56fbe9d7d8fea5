//! What meters show: registers that count a daily load curve with shifts, weekends and noise, and
//! states that swing, so that nothing compresses better than it would in a park.

use parkpulse::calendar::Moment;
use parkpulse::demo::{Dice, Load, Pattern};

use parkpulse::indicator::IndicatorNo;
use parkpulse::reading::Value;

use super::ground::INDICATORS;

/// The step of the curves, in milliseconds.
pub(crate) const STEP_MS: i64 = 900_000;

/// One device with its nine indicators.
#[derive(Debug)]
pub(crate) struct Device {
    loads: [Load; 4],
    /// Thousandths.
    registers: [u64; 4],
    dice: Dice,
}

impl Device {
    pub(crate) fn new(number: u32) -> Self {
        let dice = Dice::new(7).of(u64::from(number));
        let load = |purpose: u64, most: u64| {
            let (pattern, _) = Pattern::ALL[usize::try_from(number % 4).unwrap()];
            Load {
                milli_per_hour: dice.between(purpose, most / 20, most),
                pattern,
                dice: dice.of(purpose),
            }
        };
        Self {
            loads: [
                load(1, 800_000),
                load(2, 120_000),
                load(3, 2_000),
                load(4, 30_000),
            ],
            registers: [5, 6, 7, 8].map(|purpose| dice.between(purpose, 0, 400_000_000)),
            dice,
        }
    }

    /// What it shows at `slot` steps after 1970; slots come one after the other.
    pub(crate) fn read(&mut self, slot: i64) -> Vec<Value> {
        let flows = self.loads.map(|load| load.milli_in_slot(slot));
        for (register, flow) in self.registers.iter_mut().zip(flows) {
            *register += flow;
        }
        let [kwh, gas, steam, water] = self.registers;
        let kw = flows[0] * 4;
        let dice = self.dice.of(slot.unsigned_abs());
        let hour = u64::try_from(slot.rem_euclid(96)).unwrap();
        // Warmest in the afternoon.
        let warmth = 48_u64.saturating_sub(hour.abs_diff(58));
        let states = [
            18_000 + warmth * 200 + dice.between(1, 0, 600),
            400 + dice.between(2, 0, 12),
            30_000 + dice.between(3, 0, 8_000),
            24_000 + kw / 40 + dice.between(4, 0, 900),
        ];
        let shown = [
            kwh, gas, steam, water, kw, states[0], states[1], states[2], states[3],
        ];
        let values = INDICATORS.iter().zip(shown);
        values
            .map(|((_, indicator, decimals), milli)| Value {
                indicator: IndicatorNo::new(*indicator),
                number: rounded(milli, *decimals),
            })
            .collect()
    }

    /// Its power alone, for a month of one indicator.
    pub(crate) fn power(&self, slot: i64) -> f64 {
        rounded(self.loads[0].milli_in_slot(slot) * 4, 1)
    }
}

/// Thousandths as a number with so many decimals: what a display shows.
fn rounded(milli: u64, decimals: u8) -> f64 {
    let (divisor, scale) = match decimals {
        0 => (1_000, 1.0),
        1 => (100, 10.0),
        2 => (10, 100.0),
        _ => (1, 1_000.0),
    };
    (milli / divisor) as f64 / scale
}

/// The instant of a slot.
pub(crate) fn instant(slot: i64) -> Moment {
    Moment::from_unix_ms(slot * STEP_MS)
}
