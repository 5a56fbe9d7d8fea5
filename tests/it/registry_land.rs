//! Land: the rule of contract.md 10 rule 1, in cases and in properties.

use proptest::prelude::*;
use rust_decimal::Decimal;

use parkpulse::calendar::{Day, Moment, Period};
use parkpulse::park::{
    Extent, LandHolding, LandKind, Name, StatementPeriod, Validity, land_m2, land_m2_over, mu_of,
    read_border, standings,
};
use parkpulse::units::Exact;

use crate::import::code;

fn at(day: i32) -> Moment {
    Day::from_number(20_000 + day).start()
}

fn holding(who: u32, kind: LandKind, extent: Extent, from: i32, to: Option<i32>) -> LandHolding {
    LandHolding {
        enterprise: code(who),
        parcel: "L-1".parse().unwrap(),
        kind,
        extent,
        counterparty: None,
        validity: Validity::new(at(from), to.map(at)).unwrap(),
    }
}

fn ground(m2: &str) -> Extent {
    Extent::ground(m2.parse().unwrap()).unwrap()
}

fn floor(floor_m2: &str, far: &str) -> Extent {
    Extent::floor(floor_m2.parse().unwrap(), far.parse().unwrap()).unwrap()
}

fn mu(holdings: &[LandHolding], day: i32) -> String {
    let mu = mu_of(&land_m2(holdings, at(day))).unwrap();
    mu.get().normalize().to_string()
}

#[test]
fn land_is_owned_occupied_and_leased_in_less_leased_out() {
    let all = [
        holding(1, LandKind::Owned, ground("10000"), 0, None),
        holding(1, LandKind::Occupied, ground("666.67"), 0, None),
        holding(1, LandKind::LeasedIn, ground("100"), 10, Some(20)),
        holding(1, LandKind::LeasedFloor, floor("2500", "2.5"), 10, Some(20)),
        holding(1, LandKind::LeasedOut, ground("1000"), 20, None),
    ];
    assert_eq!(mu(&all, -1), "0");
    assert_eq!(mu(&all, 0), "16.000005");
    assert_eq!(mu(&all, 10), "17.650005");
    assert_eq!(mu(&all, 19), "17.650005");
    assert_eq!(mu(&all, 20), "14.500005");
    assert!(mu_of(&land_m2(&all[4..], at(20))).is_err());
}

#[test]
fn thirds_of_a_floor_make_a_whole() {
    let third = |who| holding(who, LandKind::LeasedFloor, floor("1000", "3"), 0, None);
    let all = [third(1), third(1), third(1)];
    assert_eq!(mu(&all, 0), "1.5");
    let apart = standings(&[third(1), third(2), third(3)], at(0));
    let shares: Exact = apart.values().flatten().map(|one| &one.share).sum();
    assert_eq!(shares, Exact::whole(1));
}

#[test]
fn whoever_leases_all_of_it_out_does_not_stand_there() {
    let all = [
        holding(1, LandKind::Owned, ground("900"), 0, None),
        holding(1, LandKind::LeasedOut, ground("900"), 0, None),
        holding(2, LandKind::LeasedIn, ground("600"), 0, None),
        holding(3, LandKind::LeasedIn, ground("300"), 0, Some(5)),
    ];
    let there = |day| {
        let parcels = standings(&all, at(day));
        let parcel: parkpulse::park::ParcelId = "L-1".parse().unwrap();
        let those: Vec<_> = parcels.get(&parcel).into_iter().flatten().collect();
        let names: Vec<_> = those
            .iter()
            .map(|one| (one.enterprise.clone(), one.share.rounded(4)))
            .collect();
        names
    };
    let (two, three) = (code(2), code(3));
    assert_eq!(
        there(0),
        [(two.clone(), "0.6667".into()), (three, "0.3333".into())]
    );
    assert_eq!(there(5), [(two, "1.0000".into())]);
    assert!(there(-1).is_empty());
}

#[test]
fn borders_and_periods_of_statements() {
    let midnight = read_border("2026-01-31").unwrap();
    assert_eq!(midnight.to_string(), "2026-01-31T00:00:00+08:00");
    let time = read_border("2026-01-31T08:15:00Z").unwrap();
    assert_eq!(time.to_string(), "2026-01-31T16:15:00+08:00");
    for wrong in [
        "2026-02-29",
        "2026-1-1",
        "2026-01-31T25:00:00Z",
        "31.01.2026",
        "",
    ] {
        assert!(read_border(wrong).is_err(), "{wrong}");
    }
    for (text, from, to) in [
        ("2025", "2025-01-01", "2026-01-01"),
        ("2025-H1", "2025-01-01", "2025-07-01"),
        ("2025-H2", "2025-07-01", "2026-01-01"),
        ("2025-Q4", "2025-10-01", "2026-01-01"),
        ("2024-02", "2024-02-01", "2024-03-01"),
    ] {
        let period: StatementPeriod = text.parse().unwrap();
        assert_eq!(period.to_string(), text);
        let stretch = period.period().unwrap();
        let expected = (read_border(from).unwrap(), read_border(to).unwrap());
        assert_eq!((stretch.from(), stretch.to()), expected, "{text}");
    }
    for wrong in [
        "2025-Q0", "2025-Q5", "2025-h1", "2025-1", "02025", "2025-00", "H1",
    ] {
        assert!(wrong.parse::<StatementPeriod>().is_err(), "{wrong}");
    }
}

#[test]
fn names_keep_rare_characters_and_lose_no_other() {
    let kept: Name = "  𠮷野\u{30ab}\u{3099}  ".parse().unwrap();
    assert_eq!(kept.as_str(), "𠮷野ガ");
    for wrong in ["", "   ", "a\u{0}b", "a\u{200f}b", "a\u{2069}", "a\nb"] {
        assert!(wrong.parse::<Name>().is_err(), "{wrong:?}");
    }
}

fn holdings() -> impl Strategy<Value = Vec<LandHolding>> {
    let one = (
        0_u32..4,
        0..5_usize,
        0_i64..1_000_000,
        1_i64..900,
        0..30_i32,
        1..30_i32,
    );
    let one = one.prop_map(|(who, kind, size, far, from, days)| {
        let kind = LandKind::ALL[kind];
        let size = Decimal::new(size, 2);
        let extent = match kind {
            LandKind::LeasedFloor => Extent::floor(size, Decimal::new(far, 2)).unwrap(),
            _ => Extent::ground(size).unwrap(),
        };
        let to = (days < 29).then_some(from + days);
        holding(who, kind, extent, from, to)
    });
    proptest::collection::vec(one, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn land_is_the_sum_of_its_parts_in_any_order(all in holdings(), cut in 0..12_usize, day in 0..40) {
        let (left, right) = all.split_at(cut.min(all.len()));
        let whole = land_m2(&all, at(day));
        prop_assert_eq!(&whole, &(&land_m2(left, at(day)) + &land_m2(right, at(day))));
        let mut turned = all.clone();
        turned.reverse();
        prop_assert_eq!(whole, land_m2(&turned, at(day)));
    }

    #[test]
    fn land_over_days_is_the_mean_of_the_days(all in holdings(), from in 0..20, days in 1..20) {
        let period = Period::new(at(from), at(from + days)).unwrap();
        let sum: Exact = (from..from + days).map(|day| land_m2(&all, at(day))).sum();
        let mean = sum.over(&Exact::whole(i64::from(days))).unwrap();
        prop_assert_eq!(land_m2_over(&all, period), mean);
    }

    #[test]
    fn shares_of_a_parcel_make_one_and_none_is_nothing(all in holdings(), day in 0..40) {
        for standings in standings(&all, at(day)).values() {
            let whole: Exact = standings.iter().map(|one| &one.share).sum();
            prop_assert_eq!(whole, Exact::whole(1));
            prop_assert!(standings.iter().all(|one| one.share.is_positive()));
        }
    }
}
