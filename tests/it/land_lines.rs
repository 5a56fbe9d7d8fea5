//! The land of a holder over a year, line by line: against a table worked out by hand, and in properties.

use proptest::prelude::*;

use parkpulse::calendar::{Day, Period, Year};
use parkpulse::park::{
    Bearing, Extent, LandHolding, LandKind, Name, ParcelId, Validity, acreage, fullest,
    land_m2_over, read_border,
};
use parkpulse::units::Exact;

use crate::import::code;

fn holding(kind: LandKind, extent: &str, to: Option<&str>, runs: (&str, &str)) -> LandHolding {
    let number = |text: &str| text.parse().unwrap();
    let extent = match extent.split_once('/') {
        Some((floor, far)) => Extent::floor(number(floor), number(far)).unwrap(),
        None => Extent::ground(number(extent)).unwrap(),
    };
    let border = |text: &str| read_border(text).unwrap();
    let end = Some(runs.1).filter(|text| !text.is_empty()).map(border);
    LandHolding {
        enterprise: code(1),
        parcel: "L-1".parse().unwrap(),
        kind,
        extent,
        counterparty: to.map(|name| name.parse().unwrap()),
        validity: Validity::new(border(runs.0), end).unwrap(),
    }
}

fn rated(name: &Name) -> bool {
    name.as_str() == code(2).as_str()
}

fn no_building(_parcel: &ParcelId) -> Vec<Validity> {
    Vec::new()
}

fn written(number: &Exact) -> String {
    let text = number.rounded(6);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// 2024 has 366 days.
/// - owned 10000 m² all year: 10000;
/// - owned 3660 m² from 1 March: 366 - 31 - 29 = 306 days, 3660 x 306 / 366 = 3060;
/// - leased out 732 m² to somebody rated in January: 31 days, -732 x 31 / 366 = -62;
/// - leased out 366 m² to somebody not rated all year: -366 in the ledger, 0 by domain.md 2.8;
/// - a floor of 2500 m² at plot ratio 2.5 from 1 July: 184 days, 1000 x 184 / 366 = 502.732240...;
/// - sum 10000 + 3060 - 62 - 366 + 502.732240 = 13134.732240, by the rule 366 more.
#[test]
fn a_leap_year_line_by_line() {
    let tenant = code(2).to_string();
    let all = [
        holding(LandKind::Owned, "10000", None, ("2020-01-01", "")),
        holding(LandKind::Owned, "3660", None, ("2024-03-01", "")),
        holding(
            LandKind::LeasedOut,
            "732",
            Some(&tenant),
            ("2024-01-01", "2024-02-01"),
        ),
        holding(
            LandKind::LeasedOut,
            "366",
            Some("某商贸公司"),
            ("2023-01-01", ""),
        ),
        holding(
            LandKind::LeasedFloor,
            "2500/2.5",
            Some("某开发公司"),
            ("2024-07-01", "2026-01-01"),
        ),
        holding(LandKind::Owned, "99", None, ("2025-01-01", "")),
    ];
    let told = acreage(&all, Year::new(2024).period(), &rated, &no_building);
    let lines: Vec<(String, String, String, &str)> = told
        .lines
        .iter()
        .map(|line| {
            let (days, m2) = (written(&line.days), written(&line.weighted_m2));
            (days, m2, written(&line.by_rule_m2), line.bearing.as_str())
        })
        .collect();
    let row = |days: &str, m2: &str, rule: &str, who| {
        (days.to_owned(), m2.to_owned(), rule.to_owned(), who)
    };
    assert_eq!(
        lines,
        [
            row("366", "10000", "10000", "holder"),
            row("306", "3060", "3060", "holder"),
            row("31", "-62", "-62", "tenant"),
            row("366", "-366", "0", "owner"),
            row("184", "502.73224", "502.73224", "holder"),
        ]
    );
    assert_eq!(written(&told.days), "366");
    assert_eq!(written(&told.m2), "13134.73224");
    assert_eq!(written(&told.by_rule_m2), "13500.73224");
    // 15 mu of 10000 m² and 4.59 mu of 3060 m².
    let mu = Exact::decimal("0.0015").unwrap();
    assert_eq!(written(&(&told.lines[0].weighted_m2 * &mu)), "15");
    assert_eq!(written(&(&told.lines[1].weighted_m2 * &mu)), "4.59");
}

/// 2025 has 365 days, 181 of them before 1 July: 7300 x 181 / 365 = 3620, 3650 x 184 / 365 = 1840. Under
/// construction until 2 March, 31 + 28 + 1 = 60 days: 7300 x (181 - 60) / 365 = 2420 by the rule.
#[test]
fn a_holding_that_changes_in_the_middle_of_a_year_and_one_that_is_built_on() {
    let all = [
        holding(LandKind::Owned, "7300", None, ("2020-01-01", "2025-07-01")),
        holding(LandKind::Owned, "3650", None, ("2025-07-01", "")),
    ];
    let border = |text: &str| read_border(text).unwrap();
    let built = Validity::new(border("2024-05-01"), Some(border("2025-03-02"))).unwrap();
    let building = move |_: &ParcelId| vec![built];
    let told = acreage(&all, Year::new(2025).period(), &rated, &building);
    let shown: Vec<[String; 4]> = told
        .lines
        .iter()
        .map(|line| {
            [
                &line.days,
                &line.building_days,
                &line.weighted_m2,
                &line.by_rule_m2,
            ]
            .map(written)
        })
        .collect();
    assert_eq!(shown[0], ["181", "60", "3620", "2420"]);
    assert_eq!(
        shown[1],
        ["184", "0.", "1840", "1840"].map(|text| text.trim_end_matches('.').to_owned())
    );
    assert_eq!(
        (written(&told.m2), written(&told.by_rule_m2)),
        ("5460".into(), "4260".into())
    );
}

/// The parcel is fullest in March: 5000 + 2000 m², before the second holder leases 1500 of it out in April;
/// the day the lease ends it is as full again, and the first such moment is told.
#[test]
fn a_parcel_is_checked_when_most_of_it_is_held() {
    let mut second = holding(LandKind::Owned, "2000", None, ("2025-03-01", ""));
    second.enterprise = code(2);
    let mut out = holding(
        LandKind::LeasedOut,
        "1500",
        Some("外地公司"),
        ("2025-04-01", "2025-09-01"),
    );
    out.enterprise = code(2);
    let all = [
        holding(LandKind::Owned, "5000", None, ("2020-01-01", "")),
        second,
        out,
    ];
    let found = fullest(&all, Year::new(2025).period());
    let one = &found[&"L-1".parse::<ParcelId>().unwrap()];
    assert_eq!(written(&one.m2), "7000");
    assert_eq!(one.at, read_border("2025-03-01").unwrap());
    let late = Period::new(
        read_border("2025-05-01").unwrap(),
        read_border("2026-01-01").unwrap(),
    );
    let found = fullest(&all, late.unwrap());
    let one = &found[&"L-1".parse::<ParcelId>().unwrap()];
    assert_eq!(
        (written(&one.m2), one.at),
        ("7000".into(), read_border("2025-09-01").unwrap())
    );
}

fn day(number: i32) -> parkpulse::calendar::Moment {
    Day::from_number(20_089 + number).start()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Cut in two on any day, the days of the year and the land are the same.
    #[test]
    fn days_sum_to_the_year_wherever_a_holding_is_cut(m2 in 1_u32..100_000, cut in 1_i32..364) {
        let whole = holding(LandKind::Owned, &m2.to_string(), None, ("2025-01-01", "2026-01-01"));
        let year = Year::new(2025).period();
        let at = day(cut);
        let part = |from, to| LandHolding { validity: Validity::new(from, Some(to)).unwrap(), ..whole.clone() };
        let parts = [part(year.from(), at), part(at, year.to())];
        let told = acreage(&parts, year, &rated, &no_building);
        let days: Exact = told.lines.iter().map(|line| &line.days).sum();
        prop_assert_eq!(days, Exact::whole(365));
        prop_assert_eq!(&told.m2, &acreage(&[whole], year, &rated, &no_building).m2);
        prop_assert_eq!(told.m2, land_m2_over(&parts, year));
    }

    /// A lease to somebody rated moves land and loses none; one to somebody not rated leaves it by the rule.
    #[test]
    fn a_lease_moves_land_and_keeps_it(m2 in 100_u32..100_000, part in 1_u32..100, from in 0_i32..364) {
        let year = Year::new(2025).period();
        let leased = m2 * part / 100;
        let validity = Validity::new(day(from), None).unwrap();
        let tenant = code(2).to_string();
        let out = LandHolding { validity, ..holding(LandKind::LeasedOut, &leased.to_string(), Some(&tenant), ("2025-01-01", "")) };
        let taken = LandHolding { validity, enterprise: code(2), ..holding(LandKind::LeasedIn, &leased.to_string(), None, ("2025-01-01", "")) };
        let owned = holding(LandKind::Owned, &m2.to_string(), None, ("2020-01-01", ""));
        let all = [owned.clone(), out.clone()];
        let owner = acreage(&all, year, &rated, &no_building);
        let there = [taken];
        let moved = acreage(&there, year, &rated, &no_building);
        prop_assert_eq!(owner.lines[1].bearing, Bearing::Tenant);
        prop_assert_eq!(&owner.m2 + &moved.m2, Exact::from(rust_decimal::Decimal::from(m2)));
        prop_assert_eq!(&owner.by_rule_m2, &owner.m2);
        let nobody = |_: &Name| false;
        let kept = acreage(&all, year, &nobody, &no_building);
        prop_assert_eq!(kept.lines[1].bearing, Bearing::Owner);
        prop_assert_eq!(kept.by_rule_m2, Exact::from(rust_decimal::Decimal::from(m2)));
        prop_assert_eq!(kept.m2, owner.m2);
    }
}
