//! Demand, load factor, night share and base load of a month, by hand; months of every length.

use parkpulse::ledger::tariff::{Curve, Slot, TimeOfUse};
use parkpulse::units::Exact;

use crate::tariff::{at, curve, month, quarters, rounded, shipped, span, stood, timed, told};

#[test]
fn a_month_of_one_kwh_a_quarter_hour_is_as_long_as_the_month() {
    // Days, kWh of each slot (8 h a day), all of it.
    for (of, days) in [
        ("2024-02", 29),
        ("2025-02", 28),
        ("2025-03", 31),
        ("2025-04", 30),
    ] {
        let period = month(of).period();
        let count = usize::try_from(days * 96).unwrap();
        let first = period.from().to_string();
        let all = timed(of, &quarters(&first, &vec!["1"; count]));
        let each = format!("{}.0000", days * 32);
        let none = "0.0000".to_owned();
        assert_eq!(
            told(&all),
            ["peak", "flat", "valley"].map(|slot| (slot, each.clone(), none.clone())),
            "{of}"
        );
        assert_eq!(all.used(), Exact::whole(days * 96));
        assert_eq!(all.known_share(), Some(Exact::whole(1)));
        let demand = all.demand.clone().unwrap();
        // Of equals the first: 1 kWh a quarter hour is 4 kW.
        assert_eq!((demand.power, demand.at), (Exact::whole(4), period.from()));
        assert_eq!(all.mean, Some(Exact::whole(4)));
        assert_eq!(all.load_factor(), Some(Exact::whole(1)));
        // 22 to 6 are 8 of 24 hours.
        assert_eq!(all.night_share(), Exact::ratio_of_words(1, 3));
        assert_eq!(all.base, Some(Exact::whole(4)));
        assert_eq!((all.quarters, all.quarters_left_out), (count, 0));
    }
}

#[test]
fn demand_and_load_factor_are_those_of_the_quarter_hours_that_tell_them() {
    // 1, 2, 3, 2 kWh: 12 kW at most, the mean over the known hour 8 kW, 8/12.
    let of = timed(
        "2025-03",
        &quarters("2025-03-03T08:00", &["1", "2", "3", "2"]),
    );
    let demand = of.demand.clone().unwrap();
    assert_eq!(
        (demand.power, demand.at),
        (Exact::whole(12), at("2025-03-03T08:30"))
    );
    assert_eq!(rounded(of.mean.as_ref()).as_deref(), Some("8.0000"));
    assert_eq!(
        rounded(of.load_factor().as_ref()).as_deref(),
        Some("0.6667")
    );
    assert_eq!(of.quarters, 4);
    assert_eq!(of.quarters_left_out, 31 * 96 - 4);
    // 8 kWh by day; 2 at 22:00 and 2 at 05:45 are night: 4/12.
    let mut spans = quarters("2025-03-03T08:00", &["1", "2", "3", "2"]);
    spans.extend(quarters("2025-03-03T22:00", &["2"]));
    spans.extend(quarters("2025-03-04T05:45", &["2"]));
    assert_eq!(
        rounded(timed("2025-03", &spans).night_share().as_ref()).as_deref(),
        Some("0.3333")
    );
    // An hour at once hides what its quarters demanded: 100 kWh tell no maximum, and count all the same.
    spans.push(span("2025-03-05T12:00", "2025-03-05T13:00", Some("100")));
    let of = timed("2025-03", &spans);
    assert_eq!(of.demand.clone().unwrap().power, Exact::whole(12));
    assert_eq!(of.used(), Exact::whole(112));
    // Half a minute late is a quarter hour still; half of a quarter known is none.
    let late = [span(
        "2025-03-03T08:00:00+08:00",
        "2025-03-03T08:15:30+08:00",
        Some("31"),
    )];
    let of = timed("2025-03", &late);
    // 15 of 15.5 minutes: 31 x 30/31 = 30 kWh, 120 kW.
    assert_eq!(of.demand.unwrap().power, Exact::whole(120));
    let half = [span("2025-03-03T08:05", "2025-03-03T08:15", Some("9"))];
    assert_eq!(timed("2025-03", &half).demand, None);
    assert_eq!(timed("2025-03", &[]).mean, None);
    assert_eq!(timed("2025-03", &[]).night_share(), None);
}

#[test]
fn base_load_is_what_95_of_100_quarter_hours_reach() {
    // 1 to 100 kWh: 5 lie below the sixth, 6 kWh = 24 kW.
    let amounts: Vec<String> = (1..=100).rev().map(|number| number.to_string()).collect();
    let amounts: Vec<&str> = amounts.iter().map(String::as_str).collect();
    let of = timed("2025-03", &quarters("2025-03-03T00:00", &amounts));
    assert_eq!(of.base, Some(Exact::whole(24)));
    assert_eq!(of.demand.unwrap().power, Exact::whole(400));
}

#[test]
fn power_of_meters_adds_up_in_the_same_quarter_hour() {
    let tariffs = shipped();
    let of = month("2025-03");
    let one = curve(of, &quarters("2025-03-03T08:00", &["5", "1"]), &tariffs);
    let other = curve(of, &quarters("2025-03-03T08:00", &["1", "3"]), &tariffs);
    let below = curve(of, &quarters("2025-03-03T08:00", &["4", "0"]), &tariffs);
    let mut sum = Curve::empty(of);
    sum.add(&one);
    sum.add(&other);
    // 6 and 4 kWh, not 5 and 3.
    let both = TimeOfUse::of(&sum, &tariffs);
    assert_eq!(both.demand.unwrap().power, Exact::whole(24));
    assert_eq!(both.mean, Some(Exact::whole(20)));
    sum.take_away(&below);
    let net = TimeOfUse::of(&sum, &tariffs);
    let demand = net.demand.clone().unwrap();
    assert_eq!(
        (demand.power, demand.at),
        (Exact::whole(16), at("2025-03-03T08:15"))
    );
    assert_eq!(net.used(), Exact::whole(6));
    // One that is not known leaves no sum.
    let mut silent = Curve::empty(of);
    silent.add(&one);
    silent.add(&curve(of, &[], &tariffs));
    let silent = TimeOfUse::of(&silent, &tariffs);
    assert_eq!(silent.demand, None);
    assert_eq!(silent.used(), Exact::whole(6));
}

/// A stretch in which the meter did not stand is not missing.
#[test]
fn what_was_before_a_meter_is_not_missing() {
    let tariffs = shipped();
    let of = month("2025-03");
    let spans = quarters("2025-03-31T23:00", &["1", "1", "1", "1"]);
    let curve = stood(of, &spans, ("2025-03-31T23:00", None), &tariffs);
    let timed = TimeOfUse::of(&curve, &tariffs);
    assert_eq!(timed.known_share(), Some(Exact::whole(1)));
    assert_eq!((timed.quarters, timed.quarters_left_out), (4, 0));
    assert_eq!(timed.mean, Some(Exact::whole(4)));
    let slots: Vec<_> = timed.slots.keys().copied().collect();
    assert_eq!(slots, [Some(Slot::Flat)]);
}
