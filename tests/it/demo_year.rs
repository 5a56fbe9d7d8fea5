//! A year of a small made-up city with all that goes wrong in it, laid by the ways of `demo` and
//! closed by the real program: consumption, coal on both bases, carbon, statements, tax, land and
//! every ratio of enterprises, parks and city, of the year and of each month, agree to the last
//! digit with a slow recomputation from `export readings` and the files, on rationals.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use num_rational::BigRational;
use num_traits::{Signed, Zero};
use serde_json::{Value, json};

use parkpulse::access::Principal;
use parkpulse::calendar::{Clock, ClockAt, Day, Moment, Month, Year};
use parkpulse::demo::{City, Scale};
use parkpulse::indicator;
use parkpulse::intake::Limits;
use parkpulse::jobs::lay_city::{Ground, register_city, send_history};
use parkpulse::ledger::figure::AccountPeriod;
use parkpulse::ledger::holder::HolderAccount;
use parkpulse::store::Engine;
use parkpulse::store::embedded::{self, Embedded};
use parkpulse::store::registry::{Registry, Settings};

use crate::rating_slow::arithmetic::{number, print};
use crate::stage::{Stage, until};

type R = BigRational;
type Row = BTreeMap<String, String>;

const TODAY: i32 = 20_779; // 2026-11-22
/// From 2025-01-01.
const DAYS: i32 = 690;
/// Some days after the year, so that its last span is settled.
const UNTIL: &str = "2026-01-04T00:00:00+08:00";
const YEAR: i16 = 2025;

/// Register, carrier, kgce a unit on the equal and on the equivalent basis, kg of CO2 a unit: of
/// what is purchased. The first equal factor is set for this test.
type Carrier = (&'static str, &'static str, Option<[&'static str; 3]>);
const CARRIERS: [Carrier; 5] = [
    (
        "kwh_register",
        "electricity_kwh",
        Some(["0.3000", "0.1229", "0.5306"]),
    ),
    (
        "gas_m3_register",
        "natural_gas_m3",
        Some(["1.3300", "1.3300", "2.162"]),
    ),
    (
        "steam_t_register",
        "steam_t",
        Some(["128.6", "128.6", "414.58"]),
    ),
    (
        "heat_gj_register",
        "heat_gj",
        Some(["34.12", "34.12", "110"]),
    ),
    ("water_m3_register", "water_m3", None),
];
/// What is made of the factors, in their order.
const MADE: [&str; 3] = ["tce_equal", "tce_equivalent", "tco2"];

fn whole(number: i64) -> R {
    R::from_integer(number.into())
}

fn rounded(value: &R, places: usize) -> R {
    number(&print(value, places))
}

/// The demo's own city with `DEMO_YEAR=whole` (`make year`), which takes a release build some
/// minutes; else a small one that the same generator makes.
fn is_whole() -> bool {
    std::env::var("DEMO_YEAR").is_ok_and(|size| size == "whole")
}

fn city() -> City {
    if is_whole() {
        let scale = Scale {
            days: DAYS,
            ..Scale::CITY
        };
        return City::new(1, scale, Day::from_number(TODAY));
    }
    let scale = Scale {
        parks: 2,
        parcels: 16,
        enterprises: 6,
        meters: 13,
        days: DAYS,
    };
    City::new(3, scale, Day::from_number(TODAY))
}

fn rows(text: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// The files by kind.
fn files(city: &City) -> BTreeMap<&'static str, String> {
    let files = city.files().into_iter();
    files.map(|file| (file.kind, file.text)).collect()
}

/// Lays the city and its history as `demo` does.
async fn lay(stage: &Stage, city: &City) {
    let end: Moment = UNTIL.parse().unwrap();
    let clock = Arc::new(ClockAt::new(end)) as Arc<dyn Clock>;
    let directory = stage.data_dir();
    std::fs::create_dir_all(&directory).unwrap();
    let registry = Registry::open(Settings::of(directory.clone()), Arc::clone(&clock));
    let registry = registry.await.unwrap();
    let engine = Embedded::open(&directory, embedded::Settings::default(), clock).unwrap();
    let ground = Ground {
        registry: &registry,
        append: &engine,
        catalogue: &indicator::built_in().unwrap(),
        limits: &Limits::default(),
        who: &Principal::local(),
    };
    register_city(city, &ground).await.unwrap();
    let messages = send_history(city, end, &ground, |_day| {}).await.unwrap();
    assert!(messages > 200_000, "{messages}");
    engine.stop().unwrap();
    registry.close().await;
}

/// Months of the year and their borders.
fn months() -> Vec<(Month, i64, i64)> {
    let months = (1..=12).map(|number| Month::new(YEAR, number).unwrap());
    months
        .map(|month| {
            let period = month.period();
            (month, period.from().unix_ms(), period.to().unix_ms())
        })
        .collect()
}

/// By meter and indicator: when, and what the register showed.
type Readings = BTreeMap<(String, String), Vec<(i64, R)>>;

/// Takes the registers of exported lines.
fn take_registers(exported: &str, readings: &mut Readings) {
    // Conflicts are kept beside the value that counts.
    let counted = |line: &&str| line.contains("_register\"") && line.contains("\"revision\":1,");
    for line in exported.lines().filter(counted) {
        let line: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| line[key].as_str().unwrap().to_owned();
        let at: Moment = text("at").parse().unwrap();
        let series = readings
            .entry((text("meter"), text("indicator")))
            .or_default();
        series.push((at.unix_ms(), number(&line["value"])));
    }
}

/// What each register used in each month, from its readings: differences times the multiplier, over
/// a wrap or a replacement, spread evenly over the time between two readings.
fn used(
    readings: &Readings,
    meters: &[Row],
    replacements: &[Row],
) -> BTreeMap<(String, String), Vec<R>> {
    let (mut used, months) = (BTreeMap::new(), months());
    for ((meter, indicator), series) in readings {
        let is_it = |row: &&Row| row["meter"] == *meter && row["indicator"] == *indicator;
        let row = meters.iter().find(is_it).unwrap();
        let decimal = |text: &str| number(&json!(text));
        let (times, size) = (decimal(&row["multiplier"]), decimal(&row["register_size"]));
        let change = replacements.iter().find(is_it).map(|row| {
            let at: Moment = row["at"].parse().unwrap();
            (
                at.unix_ms(),
                decimal(&row["old_final"]),
                decimal(&row["new_initial"]),
            )
        });
        let mut sums = vec![R::zero(); 12];
        for pair in series.windows(2) {
            let [(t0, v0), (t1, v1)] = pair else {
                unreachable!()
            };
            let mut amount = v1 - v0;
            if let Some((_, last, first)) = change.as_ref().filter(|(at, ..)| t0 <= at && at < t1) {
                // A reading at the very time is the old meter's last.
                assert!(last >= v0 && v1 >= first);
                amount = last - v0 + v1 - first;
            } else if amount.is_negative() {
                amount += &size;
            }
            amount *= &times;
            for (sum, (_, from, to)) in sums.iter_mut().zip(&months) {
                let inside = (*t1).min(*to) - (*t0).max(*from);
                if inside > 0 {
                    *sum += &amount * R::new(inside.into(), (t1 - t0).into());
                }
            }
        }
        let sums = sums.iter().map(|sum| rounded(sum, 4)).collect();
        used.insert((meter.clone(), indicator.clone()), sums);
    }
    used
}

/// Land of each enterprise over days from `from` to `to`: every holding of the city runs on from its
/// first day.
fn land(rows: &[Row], from: Day, to: Day) -> BTreeMap<String, R> {
    let (from, to) = (from.number(), to.number());
    let mut land: BTreeMap<String, R> = BTreeMap::new();
    for row in rows {
        let decimal = |key: &str| number(&json!(row[key]));
        let m2 = match row["kind"].as_str() {
            "leased_floor" => decimal("floor_m2") / decimal("far"),
            "leased_out" => -decimal("m2"),
            _ => decimal("m2"),
        };
        let begun: Day = row["valid_from"].parse().unwrap();
        assert!(row["valid_to"].is_empty());
        let days = (to - begun.number().max(from)).max(0);
        if days == 0 {
            continue;
        }
        let share = R::new(days.into(), (to - from).into());
        *land
            .entry(row["enterprise"].clone())
            .or_insert_with(R::zero) += m2 * share;
    }
    let mu = |m2: R| rounded(&(m2 * R::new(15.into(), 10_000.into())), 4);
    land.into_iter().map(|(code, m2)| (code, mu(m2))).collect()
}

/// What one holder comes to: sums by kind of figure.
type Sums = BTreeMap<String, R>;

fn add(sums: &mut Sums, kind: &str, value: &R) {
    *sums.entry(kind.to_owned()).or_insert_with(R::zero) += value;
}

fn add_all(sums: &mut Sums, others: &Sums) {
    for (kind, value) in others {
        add(sums, kind, value);
    }
}

/// The slow recomputation: of each enterprise each month, and the year.
fn recomputed(
    readings: &Readings,
    files: &BTreeMap<&'static str, String>,
) -> BTreeMap<String, Vec<Sums>> {
    let mut all = consumed(readings, files);
    let holdings = rows(&files["land"]);
    for (place, (month, ..)) in months().iter().enumerate() {
        let land = land(&holdings, month.first_day(), month.next().first_day());
        for (code, mu) in land {
            add(&mut all.get_mut(&code).unwrap()[place], "land_mu", &mu);
        }
    }
    let first = |year| Month::new(year, 1).unwrap().first_day();
    for (code, mu) in land(&holdings, first(YEAR), first(YEAR + 1)) {
        add(&mut all.get_mut(&code).unwrap()[12], "land_mu", &mu);
    }
    for (code, own) in &mut all {
        state(code, own, &rows(&files["statements"]));
    }
    all
}

/// What was stated for the year or a month of it, the first of several sources; a year of which
/// nothing is stated is the sum of its months if all are.
fn state(code: &str, own: &mut [Sums], statements: &[Row]) {
    let mut stated: BTreeMap<(&str, usize), R> = BTreeMap::new();
    let mut indicators = BTreeSet::new();
    for row in statements.iter().filter(|row| row["enterprise"] == code) {
        let place = match row["period"].as_str() {
            "2025" => 12,
            month => match month.strip_prefix("2025-") {
                Some(month) => month.parse::<usize>().unwrap() - 1,
                None => continue,
            },
        };
        let indicator = row["indicator"].as_str();
        indicators.insert(indicator);
        let value = number(&json!(row["value"]));
        stated.entry((indicator, place)).or_insert(value);
    }
    for indicator in indicators {
        let months: Option<R> = (0..12)
            .map(|place| stated.get(&(indicator, place)).cloned())
            .sum();
        if let Some(months) = months.filter(|_| indicator != "staff_average") {
            stated.entry((indicator, 12)).or_insert(months);
        }
    }
    for ((indicator, place), value) in &stated {
        add(&mut own[*place], indicator, value);
        if ["tax_net_inbound", "tax_exempt_credit"].contains(indicator) {
            add(&mut own[*place], "tax", value);
        }
    }
}

/// Carriers, coal and carbon: twelve months and their sum for each enterprise.
fn consumed(
    readings: &Readings,
    files: &BTreeMap<&'static str, String>,
) -> BTreeMap<String, Vec<Sums>> {
    let meters = rows(&files["meters"]);
    let used = used(readings, &meters, &rows(&files["replacements"]));
    let owner = |meter: &str| meters.iter().find(|row| row["meter"] == meter);
    let mut all: BTreeMap<String, Vec<Sums>> = BTreeMap::new();
    for row in rows(&files["enterprises"]) {
        all.insert(row["enterprise"].clone(), vec![Sums::new(); 13]);
    }
    for ((meter, indicator), sums) in &used {
        let row = owner(meter).unwrap();
        let parent = owner(&row["parent"]);
        if parent.is_some_and(|parent| parent["enterprise"] == row["enterprise"]) {
            continue;
        }
        let (_, carrier, _) = CARRIERS.iter().find(|one| one.0 == indicator).unwrap();
        let own = all.get_mut(&row["enterprise"]).unwrap();
        for (month, sum) in own.iter_mut().zip(sums) {
            add(month, carrier, sum);
        }
    }
    for own in all.values_mut() {
        let mut year = Sums::new();
        for month in own.iter_mut().take(12) {
            for (place, made) in MADE.into_iter().enumerate() {
                let part = |(_, carrier, factors): &Carrier| {
                    Some(month.get(*carrier)? * number(&json!((*factors)?[place])))
                };
                let kg: Vec<R> = CARRIERS.iter().filter_map(part).collect();
                if !kg.is_empty() {
                    let tonnes = kg.into_iter().sum::<R>() / whole(1000);
                    add(month, made, &rounded(&tonnes, 4));
                }
            }
            add_all(&mut year, month);
        }
        own[12] = year;
    }
    all
}

/// Kind, numerator, denominator, times.
const RATIOS: [(&str, &str, &str, i64); 16] = [
    ("output_per_mu", "output_value", "land_mu", 1),
    ("sales_per_mu", "invoiced_sales", "land_mu", 1),
    ("tax_per_mu", "tax", "land_mu", 1),
    ("va_per_mu", "value_added", "land_mu", 1),
    ("kwh_per_mu", "electricity_kwh", "land_mu", 1),
    ("energy_per_mu", "tce_equal", "land_mu", 1),
    ("energy_per_mu_equivalent", "tce_equivalent", "land_mu", 1),
    ("carbon_per_mu", "tco2", "land_mu", 1),
    ("energy_per_output", "tce_equal", "output_value", 1000),
    (
        "energy_per_output_equivalent",
        "tce_equivalent",
        "output_value",
        1000,
    ),
    ("carbon_per_output", "tco2", "output_value", 1000),
    ("tax_per_tce", "tax", "tce_equal", 1),
    ("va_per_tce", "value_added", "tce_equal", 1),
    ("tax_per_kwh", "tax", "electricity_kwh", 10_000),
    ("labour_productivity", "value_added", "staff_average", 1),
    ("rd_ratio", "rd_expense", "revenue", 100),
];

/// Every figure of the account is a sum or a ratio of sums as it is printed, and the other way round.
fn agrees(account: &HolderAccount, sums: &Sums, compared: &mut BTreeMap<String, usize>) {
    let place = format!("{} {}", account.key, account.period);
    let mut expected: BTreeMap<&str, R> = sums
        .iter()
        .map(|(kind, sum)| (&**kind, sum.clone()))
        .collect();
    for (kind, top, bottom, times) in RATIOS {
        let bottom = sums.get(bottom).filter(|bottom| bottom.is_positive());
        if let Some((top, bottom)) = sums.get(top).zip(bottom) {
            let ratio = rounded(&(top * whole(times) / bottom), 4);
            let printed = print(&ratio, 4);
            let shown = account
                .find(kind)
                .and_then(|figure| figure.value.as_deref());
            assert_eq!(shown, printed.as_str(), "{place} {kind}");
            expected.insert(kind, ratio);
        }
    }
    let found = account.figures.iter();
    let found =
        found.filter_map(|figure| Some((&*figure.kind, number(&json!(figure.value.as_ref()?)))));
    let found: BTreeMap<&str, R> = found.collect();
    assert_eq!(found, expected, "{place}");
    for kind in expected.into_keys() {
        *compared.entry(kind.to_owned()).or_insert(0) += 1;
    }
}

/// The newest accounts of a period, each with the park it belongs to.
async fn kept(
    registry: &Registry,
    period: AccountPeriod,
) -> BTreeMap<String, (HolderAccount, Option<String>)> {
    let all = Principal::local();
    let page = registry
        .list_accounts(&all, period, u32::MAX, None, None, 1000)
        .await
        .unwrap();
    let totals = registry.list_totals(&all, period, u32::MAX).await.unwrap();
    let found = page.entries.into_iter().chain(totals).map(|one| {
        let park = one.holder.park().map(ToString::to_string);
        (one.holder.key().to_owned(), (one.account, park))
    });
    found.collect()
}

#[tokio::test]
async fn a_year_of_the_city_agrees_to_the_last_digit_with_a_slow_recomputation() {
    let (stage, city) = (Stage::new(), city());
    lay(&stage, &city).await;
    let server = stage.serve_with(|command| {
        let set = "2025=0.3000 a value for this test";
        command.env("PARKPULSE_FACTORS__ELECTRICITY_EQUAL", set);
    });
    // The year closes after its last month, and again while the months come in one by one.
    until(
        Duration::from_mins(if is_whole() { 30 } else { 4 }),
        "a closed year of twelve months",
        || {
            let list = server.get("/api/v1/accounts?period=2025&limit=1000").json();
            let items = list["items"].as_array().filter(|items| !items.is_empty())?;
            let whole = |one: &Value| !one["missing"].to_string().contains("month_missing");
            items.iter().all(whole).then_some(())
        },
    );
    let mut readings = Readings::new();
    let mut borders: Vec<String> = months()
        .iter()
        .map(|(month, ..)| month.first_day().to_string())
        .collect();
    borders.extend(["2026-01-01".to_owned(), UNTIL.to_owned()]);
    for pair in borders.windows(2) {
        let borders = ["--from", &pair[0], "--to", &pair[1]];
        let exported = stage.ok(&[&["export", "readings"][..], &borders[..]].concat());
        take_registers(&exported, &mut readings);
    }
    server.stop();

    let enterprises = recomputed(&readings, &files(&city));
    let clock = Arc::new(ClockAt::new(Day::from_number(TODAY).start())) as Arc<dyn Clock>;
    let registry = Registry::open(Settings::of(stage.data_dir()), clock);
    let registry = registry.await.unwrap();
    let mut periods: Vec<AccountPeriod> = months()
        .iter()
        .map(|one| AccountPeriod::Month(one.0))
        .collect();
    periods.push(AccountPeriod::Year(Year::new(YEAR)));
    let mut compared = BTreeMap::new();
    for (place, period) in periods.into_iter().enumerate() {
        let accounts = kept(&registry, period).await;
        let (mut parks, mut whole_city) = (BTreeMap::<&str, Sums>::new(), Sums::new());
        for (code, sums) in &enterprises {
            let (account, park) = &accounts[code];
            agrees(account, &sums[place], &mut compared);
            add_all(
                parks.entry(park.as_deref().unwrap()).or_default(),
                &sums[place],
            );
        }
        for (park, sums) in &parks {
            agrees(&accounts[*park].0, sums, &mut compared);
            add_all(&mut whole_city, sums);
        }
        agrees(&accounts["city"].0, &whole_city, &mut compared);
        assert_eq!(accounts.len(), enterprises.len() + parks.len() + 1);
    }
    registry.close().await;
    each_kind_was_there(&compared);
}

fn each_kind_was_there(compared: &BTreeMap<String, usize>) {
    let often = |kind: &str| compared.get(kind).copied().unwrap_or(0);
    for (at_least, kinds) in [
        (117, "electricity_kwh tce_equal tce_equivalent tco2 land_mu"),
        (13, "natural_gas_m3 water_m3"),
        (6, "tax output_value staff_average"),
    ] {
        let enough = kinds.split(' ').all(|kind| often(kind) >= at_least);
        assert!(enough, "{compared:?}");
    }
    assert!(RATIOS.iter().all(|(kind, ..)| often(kind) >= 6));
}
