//! Accounts of enterprises and parks: what each figure is, that the inputs as shown give the value
//! as shown, and what is told as missing.

use std::collections::BTreeMap;

use proptest::prelude::*;

use parkpulse::calendar::{Day, Moment, Month};
use parkpulse::indicator;
use parkpulse::ledger::factor::{self, Factors, SetFactor};
use parkpulse::ledger::figure::{AccountPeriod, Figure, FigureId, evaluate};
use parkpulse::ledger::holder::{
    AccountRecord, HolderAccount, Material, Metered, Stated, of_month, of_year, total,
};
use parkpulse::park::{Extent, LandHolding, LandKind, Validity};
use parkpulse::units::Exact;

use crate::import::code;

fn factors(set: &[&str]) -> Factors {
    let set: Vec<SetFactor> = set.iter().map(|text| text.parse().unwrap()).collect();
    factor::shipped(&set).unwrap()
}

fn period(text: &str) -> AccountPeriod {
    text.parse().unwrap()
}

fn metered(meter: &str, indicator: &str, used: Option<&str>, known: &str) -> Metered {
    Metered {
        meter: meter.into(),
        indicator: indicator.into(),
        used: used.map(str::to_owned),
        known_share: known.into(),
        flags: String::new(),
        revision: 2,
        begun: None,
        minus: false,
    }
}

fn stated(indicator: &str, period: &str, value: &str, source: &str) -> Stated {
    Stated {
        indicator: indicator.into(),
        period: period.parse().unwrap(),
        value: value.parse().unwrap(),
        source: source.into(),
        recorded_at: Moment::from_unix_ms(0),
    }
}

fn day(text: &str) -> Moment {
    text.parse::<Day>().unwrap().start()
}

fn holding(kind: LandKind, extent: Extent, from: &str, to: Option<&str>) -> LandHolding {
    LandHolding {
        enterprise: code(1),
        parcel: "L-1".parse().unwrap(),
        kind,
        extent,
        counterparty: None,
        validity: Validity::new(day(from), to.map(day)).unwrap(),
    }
}

fn ground(m2: &str) -> Extent {
    Extent::ground(m2.parse().unwrap()).unwrap()
}

/// What an account is made of, with handles to change.
struct Given {
    period: &'static str,
    revision: u32,
    stated: Vec<Stated>,
    holdings: Vec<LandHolding>,
    factors: Factors,
}

impl Given {
    fn of(period: &'static str) -> Self {
        Self {
            period,
            revision: 1,
            stated: Vec::new(),
            holdings: vec![holding(
                LandKind::Owned,
                ground("20000"),
                "2020-01-01",
                None,
            )],
            factors: factors(&["0.3000 演示"]),
        }
    }

    fn material<T>(&self, make: impl FnOnce(&Material<'_>) -> T) -> T {
        let catalogue = indicator::built_in().unwrap();
        let tax = ["tax_net_inbound".to_owned(), "tax_exempt_credit".to_owned()];
        make(&Material {
            key: "E1",
            period: period(self.period),
            revision: self.revision,
            stated: &self.stated,
            holdings: &self.holdings,
            factors: &self.factors,
            tax: &tax,
            catalogue: &catalogue,
        })
    }

    fn month(&self, metered: &[Metered]) -> HolderAccount {
        self.material(|material| of_month(material, metered))
    }

    fn year(&self, months: &BTreeMap<Month, HolderAccount>) -> HolderAccount {
        self.material(|material| of_year(material, months))
    }
}

fn value(account: &HolderAccount, kind: &str) -> String {
    let figure = account.find(kind);
    let value = figure.and_then(|figure| figure.value.clone());
    value.unwrap_or_else(|| "-".into())
}

fn values(account: &HolderAccount, expected: &[(&str, &str)]) {
    for (kind, expected) in expected {
        assert_eq!(value(account, kind), *expected, "{kind}");
    }
}

fn gaps(account: &HolderAccount) -> Vec<String> {
    let gaps = account.gaps.iter();
    gaps.map(|gap| format!("{} {} {}", gap.code.as_str(), gap.what, gap.detail))
        .collect()
}

/// Whoever recomputes a figure from what is shown of it gets what is shown.
pub(crate) fn is_reproduced(figure: &Figure) {
    let places = figure.value.as_deref().map_or(0, |text| {
        text.split_once('.').map_or(0, |(_, digits)| digits.len())
    });
    let again = evaluate(figure.formula, &figure.inputs).map(|value| value.rounded(places));
    assert_eq!(again, figure.value, "{}", figure.kind);
}

fn october() -> HolderAccount {
    let mut given = Given::of("2026-10");
    given.stated = vec![
        stated("output_value", "2026-10", "1200.50", "统计部门"),
        stated("tax_net_inbound", "2026-10", "61", "税务部门"),
        stated("tax_exempt_credit", "2026-10", "-1.5", "税务部门"),
        stated("value_added", "2026", "9999", "统计部门"),
    ];
    given.month(&[
        metered("E-01", "kwh_register", Some("120000.0000"), "1.0000"),
        metered("E-02", "kwh_register", Some("30000.5000"), "0.9000"),
        metered("E-03", "kwh_fed_register", Some("10000.0000"), "1.0000"),
        metered("G-01", "gas_m3_register", Some("2000.0000"), "1.0000"),
        metered("W-01", "water_m3_register", Some("700.0000"), "1.0000"),
    ])
}

#[test]
fn a_month_adds_its_meters_and_converts_them_on_both_bases() {
    let account = october();
    // 140000.5 kWh net and 2000 m³ of gas at 1.33 = 2660 kgce.
    values(
        &account,
        &[
            ("electricity_kwh", "150000.5000"),
            ("electricity_fed_kwh", "10000.0000"),
            ("natural_gas_m3", "2000.0000"),
            ("water_m3", "700.0000"),
            ("tce_equivalent", "19.8661"),
            ("tce_equal", "44.6602"),
            ("tco2", "78.6083"),
            ("land_mu", "30.0000"),
            ("output_value", "1200.50"),
            ("tax", "59.50"),
            ("value_added", "-"),
            ("output_per_mu", "40.0167"),
            ("tax_per_mu", "1.9833"),
            ("energy_per_mu", "1.4887"),
            ("energy_per_mu_equivalent", "0.6622"),
            ("kwh_per_mu", "5000.0167"),
            ("energy_per_output", "37.2013"),
            ("tax_per_tce", "1.3323"),
            ("tax_per_kwh", "3.9667"),
            ("labour_productivity", "-"),
        ],
    );
    let electricity = account.find("electricity_kwh").unwrap();
    assert_eq!(electricity.known_share.as_deref(), Some("0.9500"));
    assert_eq!(
        account
            .find("energy_per_mu")
            .unwrap()
            .known_share
            .as_deref(),
        Some("0.9500")
    );
    let told = gaps(&account);
    for gap in [
        "meter_gap E-02 0.9000",
        "statement_missing invoiced_sales ",
        "statement_missing value_added ",
    ] {
        assert!(told.iter().any(|one| one == gap), "{gap}: {told:?}");
    }
    assert!(
        !told.iter().any(|one| one.contains("output_value")),
        "{told:?}"
    );
    account.figures.iter().for_each(is_reproduced);
}

#[test]
fn without_an_equal_factor_that_basis_is_missing_and_says_so() {
    let mut given = Given::of("2026-10");
    given.factors = factors(&[]);
    let account = given.month(&[
        metered("E-01", "kwh_register", Some("1000.0000"), "1.0000"),
        metered("G-01", "gas_m3_register", Some("100.0000"), "1.0000"),
    ]);
    values(
        &account,
        &[
            ("tce_equivalent", "0.2559"),
            ("tce_equal", "-"),
            ("energy_per_mu", "-"),
            ("tco2", "0.7468"),
        ],
    );
    assert!(gaps(&account).contains(&"factor_missing electricity_kwh tce_equal".to_owned()));
}

#[test]
fn what_no_meter_counts_is_missing_and_what_is_unknown_is_not_zero() {
    let given = Given::of("2026-10");
    let bare = given.month(&[]);
    values(
        &bare,
        &[
            ("electricity_kwh", "-"),
            ("tce_equal", "-"),
            ("land_mu", "30.0000"),
        ],
    );
    assert!(gaps(&bare).contains(&"no_meter E1 ".to_owned()));
    let silent = given.month(&[metered("E-01", "kwh_register", None, "0.0000")]);
    values(
        &silent,
        &[
            ("electricity_kwh", "-"),
            ("tce_equal", "-"),
            ("kwh_per_mu", "-"),
        ],
    );
    assert!(gaps(&silent).contains(&"meter_gap E-01 0.0000".to_owned()));
}

#[test]
fn land_is_weighted_by_days_and_what_is_leased_out_does_not_count() {
    let mut given = Given::of("2025");
    let floor = Extent::floor("3000".parse().unwrap(), "1.5".parse().unwrap()).unwrap();
    given.holdings = vec![
        holding(LandKind::Owned, ground("10000"), "2020-01-01", None),
        holding(LandKind::LeasedOut, ground("1000"), "2025-07-01", None),
        holding(
            LandKind::LeasedFloor,
            floor,
            "2025-01-01",
            Some("2025-03-15"),
        ),
        holding(LandKind::Occupied, ground("500"), "2026-01-01", None),
    ];
    let account = given.year(&BTreeMap::new());
    // 10000 - 1000 x 184/365 + 2000 x 73/365, x 0.0015.
    values(&account, &[("land_mu", "14.8438")]);
    is_reproduced(account.find("land_mu").unwrap());
    given.holdings.clear();
    let none = given.year(&BTreeMap::new());
    values(&none, &[("land_mu", "-"), ("tax_per_mu", "-")]);
    assert!(gaps(&none).contains(&"no_land land_mu ".to_owned()));
}

#[test]
fn a_year_is_stated_whole_or_made_of_all_its_parts() {
    let quarters: Vec<Stated> = (1..=4)
        .map(|quarter| stated("output_value", &format!("2025-Q{quarter}"), "10.25", "s"))
        .collect();
    let heads: Vec<Stated> = (1..=12)
        .map(|month| stated("staff_average", &format!("2025-{month:02}"), "100", "s"))
        .collect();
    let rows: &[(&str, Vec<Stated>, &str)] = &[
        ("output_value", quarters.clone(), "41.00"),
        ("output_value", quarters[..3].to_vec(), "-"),
        (
            "output_value",
            [quarters, vec![stated("output_value", "2025", "42.5", "s")]].concat(),
            "42.50",
        ),
        (
            "output_value",
            vec![
                stated("output_value", "2025-H1", "1.125", "s"),
                stated("output_value", "2025-H2", "2", "s"),
            ],
            "3.125",
        ),
        // An average over time is not the sum of averages.
        ("staff_average", heads, "-"),
        (
            "output_value",
            vec![stated("output_value", "2024", "7", "s")],
            "-",
        ),
    ];
    for (kind, stated, expected) in rows {
        let mut given = Given::of("2025");
        given.stated.clone_from(stated);
        assert_eq!(
            value(&given.year(&BTreeMap::new()), kind),
            *expected,
            "{stated:?}"
        );
    }
}

#[test]
fn of_two_sources_the_first_counts_and_the_other_is_told() {
    let mut given = Given::of("2025");
    given.stated = vec![
        stated("output_value", "2025", "100", "统计部门"),
        stated("output_value", "2025", "101", "企业"),
        stated("output_value", "2025", "100.0", "园区"),
    ];
    let account = given.year(&BTreeMap::new());
    values(&account, &[("output_value", "100.00")]);
    let told = gaps(&account);
    let twice: Vec<_> = told
        .iter()
        .filter(|gap| gap.starts_with("stated_twice"))
        .collect();
    assert_eq!(twice, ["stated_twice output_value 企业 101"]);
}

#[test]
fn a_year_is_the_sum_of_its_months_each_with_the_factor_of_its_time() {
    let mut months = BTreeMap::new();
    for (text, kwh) in [("2022-12", "1000.0000"), ("2023-01", "2000.0001")] {
        let mut given = Given::of(text);
        given.revision = 3;
        let mut meter = metered("E-01", "kwh_register", Some(kwh), "1.0000");
        meter.begun = (text == "2023-01").then(|| "2023-01-12".parse().unwrap());
        months.insert(text.parse().unwrap(), given.month(&[meter]));
    }
    // Only what belongs to the year is handed in by the keeper; the sum takes what it is given.
    let account = Given::of("2023").year(&months);
    values(
        &account,
        &[
            ("electricity_kwh", "3000.0001"),
            ("tce_equal", "0.9000"),
            // 1000 x 0.5366 + 2000.0001 x 0.5306, each month rounded as shown.
            ("tco2", "1.5978"),
        ],
    );
    let figure = account.find("tco2").unwrap();
    let inputs: Vec<String> = figure
        .inputs
        .iter()
        .map(|input| input.figure.as_ref().unwrap().to_string())
        .collect();
    assert_eq!(inputs, ["tco2:E1:2022-12:3", "tco2:E1:2023-01:3"]);
    let known = account.find("electricity_kwh").unwrap().known_share.clone();
    assert_eq!(known.as_deref(), Some("0.1699"));
    assert!(gaps(&account).contains(&"month_missing 2023-02 ".to_owned()));
    // The year, too, is not whole, and says since when.
    assert!(gaps(&account).contains(&"meter_begins E-01 2023-01-12".to_owned()));
    account.figures.iter().for_each(is_reproduced);
}

#[test]
fn a_park_is_a_ratio_of_sums_over_those_who_have_the_figure() {
    let member = |key: &str, tax: Option<&str>, m2: &str| {
        let mut given = Given::of("2025");
        given.stated = tax
            .map(|tax| stated("tax_net_inbound", "2025", tax, "s"))
            .into_iter()
            .collect();
        given.holdings = vec![holding(LandKind::Owned, ground(m2), "2020-01-01", None)];
        let mut account = given.year(&BTreeMap::new());
        account.key = key.to_owned();
        account
    };
    let members = [
        member("A", Some("10"), "20000"),
        member("B", Some("50"), "10000"),
        member("C", None, "10000"),
    ];
    let members: Vec<&HolderAccount> = members.iter().collect();
    let park = total("P1", period("2025"), 4, &members);
    // 60 over 60 mu; the mean of the ratios would be 1.8333.
    values(
        &park,
        &[
            ("tax", "60.00"),
            ("land_mu", "60.0000"),
            ("tax_per_mu", "1.0000"),
        ],
    );
    assert!(gaps(&park).contains(&"members_lack tax 1".to_owned()));
    let inputs = &park.find("tax").unwrap().inputs;
    assert_eq!(
        inputs[1].figure.as_ref().unwrap().to_string(),
        "tax:B:2025:1"
    );
    let ratio = &park.find("tax_per_mu").unwrap().inputs[0];
    assert_eq!(ratio.figure.as_ref().unwrap().to_string(), "tax:P1:2025:4");
    park.figures.iter().for_each(is_reproduced);
    let city = total("city", period("2025"), 4, &[&park]);
    values(&city, &[("tax_per_mu", "1.0000")]);
    // How many lack a meter or land altogether is said of every sum.
    let mut landless = Given::of("2025");
    landless.holdings.clear();
    let landless = landless.year(&BTreeMap::new());
    let other = total("P2", period("2025"), 4, &[&landless]);
    let city = total("city", period("2025"), 4, &[&park, &other]);
    let of = |account| gaps(account).join(", ");
    assert!(of(&park).ends_with("no_meter P1 3"), "{}", of(&park));
    let said = "no_meter city 4, no_land city 1";
    assert!(of(&city).ends_with(said), "{}", of(&city));
}

#[test]
fn an_account_comes_back_from_disk_as_it_went() {
    let account = october();
    let text = AccountRecord::write(&account);
    let back = AccountRecord::read(&text, "E1", period("2026-10"), 1).unwrap();
    assert_eq!(back, account);
    assert!(AccountRecord::read("{}", "E1", period("2026-10"), 1).is_none());
    let damaged = text.replace("\"series\"", "\"serie\"");
    assert!(AccountRecord::read(&damaged, "E1", period("2026-10"), 1).is_none());
}

#[test]
fn ids_of_figures_are_read_as_they_are_written_and_nothing_else_is() {
    for text in [
        "tax_per_mu:91320583MA1TX00011:2025:1",
        "kwh_register:E-01.a:2026-10:12",
    ] {
        assert_eq!(text.parse::<FigureId>().unwrap().to_string(), text);
    }
    for text in [
        "",
        "a",
        "a:b:2025",
        "a:b:2025:1:2",
        "a:b:2025-13:1",
        "a:b:25:1",
        "a:b:2025:-1",
        "a:b:2025:99999999999",
        ":b:2025:1",
        "a::2025:1",
        "a:b:2025:x",
        "a:b::1",
    ] {
        assert!(text.parse::<FigureId>().is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_shown_gives_what_is_shown(
        kwh in 0_u64..9_000_000_000_000,
        gas in 0_u64..9_000_000_000,
        output in 0_i64..900_000_000,
        m2 in 1_u32..9_000_000,
    ) {
        let places = |number: u64| Some(format!("{}.{:04}", number / 10_000, number % 10_000));
        let mut given = Given::of("2026-10");
        let text = format!("{}.{:02}", output / 100, output % 100);
        given.stated = vec![stated("output_value", "2026-10", &text, "s")];
        given.holdings = vec![holding(LandKind::Owned, ground(&m2.to_string()), "2026-10-11", None)];
        let account = given.month(&[
            metered("E-01", "kwh_register", places(kwh).as_deref(), "1.0000"),
            metered("G-01", "gas_m3_register", places(gas).as_deref(), "1.0000"),
        ]);
        account.figures.iter().for_each(is_reproduced);
        // Against plain rationals: kWh x 0.3 + m³ x 1.33, in tonnes.
        let exact = |number: u64| Exact::whole(i64::try_from(number).unwrap()).share(1, 10_000);
        let kgce = &(&exact(kwh) * &Exact::decimal("0.3").unwrap())
            + &(&exact(gas) * &Exact::decimal("1.33").unwrap());
        let tce = value(&account, "tce_equal");
        prop_assert_eq!(tce, kgce.share(1, 1000).rounded(4));
    }
}
