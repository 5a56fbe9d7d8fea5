//! A year of a small made-up city through the real program: meters, enterprises, parks and city
//! agree to the last digit with a slow recomputation from `export readings` and the files of
//! statements and land, on rationals.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use num_rational::BigRational;
use num_traits::{Signed, Zero};
use serde_json::Value;

use parkpulse::access::Principal;
use parkpulse::calendar::{Clock, ClockAt, Day, Moment, Month};
use parkpulse::demo::{City, Course, Reader, Scale};
use parkpulse::ledger::figure::AccountPeriod;
use parkpulse::ledger::holder::HolderAccount;
use parkpulse::store::registry::{Registry, Settings};

use crate::rating_slow::arithmetic::{number, print};
use crate::stage::{Stage, until};

type R = BigRational;
type Row = BTreeMap<String, String>;

const TODAY: i32 = 20_779; // 2026-11-22
/// From 2025-01-01.
const DAYS: i32 = 690;
/// Far from any border of a month: amounts are cut.
const STEP_MS: i64 = 53 * 3_600_000;
const YEAR: i16 = 2025;
/// Coal of a unit on the equal basis; the first is set for this test.
const FACTORS: [(&str, &str, &str); 3] = [
    ("kwh_register", "electricity_kwh", "0.3000"),
    ("gas_m3_register", "natural_gas_m3", "1.3300"),
    ("steam_t_register", "steam_t", "128.6"),
];

fn whole(number: i64) -> R {
    R::from_integer(number.into())
}

fn rounded(value: &R, places: usize) -> R {
    number(&print(value, places))
}

fn city() -> City {
    let scale = Scale {
        parks: 2,
        parcels: 24,
        enterprises: 12,
        meters: 26,
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

/// Lays the city by the commands, and a year of its registers as an export would write them.
fn lay(stage: &Stage, city: &City) {
    for file in city.files() {
        if file.kind == "meters" {
            for gateway in city.gateways() {
                let words = ["gateway", "add", "--enterprise", &gateway.enterprise];
                let id = ["--gateway", &gateway.id];
                stage.ok(&[&words[..], &id[..]].concat());
            }
        }
        let path = stage.path(file.kind);
        std::fs::write(&path, &file.text).unwrap();
        let mut words = vec!["import", file.kind, path.to_str().unwrap()];
        if file.kind == "parcels" {
            words.extend(["--crs", "EPSG:4326"]);
        }
        stage.ok(&words);
    }
    let mut lines = String::new();
    let end: Moment = "2026-01-08T00:00:00+08:00".parse().unwrap();
    for gateway in city.gateways() {
        for meter in &gateway.meters {
            for channel in &meter.channels {
                let Course::Register(_) = channel.course else {
                    continue;
                };
                let mut reader = Reader::new(channel.course);
                let mut at = city.since().start();
                while at < end {
                    writeln!(
                        lines,
                        r#"{{"gateway":"{}","epoch":null,"seq":null,"meter":"{}","indicator":"{}","at":"{at}","value":{},"quality":"good","received_at":"{at}","revision":1,"flags":[]}}"#,
                        gateway.id, meter.id, channel.indicator, reader.read(at)
                    )
                    .unwrap();
                    at = at.plus_ms(STEP_MS);
                }
            }
        }
    }
    let path = stage.path("readings.ndjson");
    std::fs::write(&path, lines).unwrap();
    stage.ok(&["import", "readings", path.to_str().unwrap()]);
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

/// What each register used in each month, from its readings: differences times the multiplier, over
/// a wrap or a replacement, spread evenly over the time between two readings.
fn used(
    exported: &str,
    meters: &[Row],
    replacements: &[Row],
) -> BTreeMap<(String, String), Vec<R>> {
    let mut readings: BTreeMap<(String, String), Vec<(i64, R)>> = BTreeMap::new();
    for line in exported.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| line[key].as_str().unwrap().to_owned();
        let at: Moment = text("at").parse().unwrap();
        let series = readings
            .entry((text("meter"), text("indicator")))
            .or_default();
        series.push((at.unix_ms(), number(&line["value"])));
    }
    let mut used = BTreeMap::new();
    for ((meter, indicator), series) in readings {
        let is_it = |row: &&Row| row["meter"] == meter && row["indicator"] == indicator;
        let row = meters.iter().find(is_it).unwrap();
        let decimal = |text: &str| number(&serde_json::json!(text));
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
            if let Some((at, last, first)) = change.as_ref().filter(|(at, ..)| t0 < at && at <= t1)
            {
                assert!(at < t1);
                amount = last - v0 + v1 - first;
            } else if amount.is_negative() {
                amount += &size;
            }
            amount *= &times;
            for (sum, (_, from, to)) in sums.iter_mut().zip(months()) {
                let inside = (*t1).min(to) - (*t0).max(from);
                if inside > 0 {
                    *sum += &amount * R::new(inside.into(), (t1 - t0).into());
                }
            }
        }
        let sums = sums.iter().map(|sum| rounded(sum, 4)).collect();
        used.insert((meter, indicator), sums);
    }
    used
}

/// Land of each enterprise over the year: every holding of the city runs on from its first day.
fn land(rows: &[Row]) -> BTreeMap<String, R> {
    let from = Month::new(YEAR, 1).unwrap().first_day().number();
    let mut land: BTreeMap<String, R> = BTreeMap::new();
    for row in rows {
        let decimal = |key: &str| number(&serde_json::json!(row[key]));
        let m2 = match row["kind"].as_str() {
            "leased_floor" => decimal("floor_m2") / decimal("far"),
            "leased_out" => -decimal("m2"),
            _ => decimal("m2"),
        };
        let begun: Day = row["valid_from"].parse().unwrap();
        assert!(row["valid_to"].is_empty());
        let days = (from + 365 - begun.number().max(from)).max(0);
        let share = R::new(days.into(), 365.into());
        *land
            .entry(row["enterprise"].clone())
            .or_insert_with(R::zero) += m2 * share;
    }
    let mu = |m2: R| rounded(&(m2 * R::new(15.into(), 10_000.into())), 4);
    land.into_iter().map(|(code, m2)| (code, mu(m2))).collect()
}

/// What one holder comes to: sums by kind of figure.
type Sums = BTreeMap<&'static str, R>;

fn add(sums: &mut Sums, kind: &'static str, value: &R) {
    *sums.entry(kind).or_insert_with(R::zero) += value;
}

/// The slow recomputation of every enterprise's year.
fn recomputed(exported: &str, files: &BTreeMap<&'static str, String>) -> BTreeMap<String, Sums> {
    let meters = rows(&files["meters"]);
    let used = used(exported, &meters, &rows(&files["replacements"]));
    let owner = |meter: &str| meters.iter().find(|row| row["meter"] == meter);
    let mut months: BTreeMap<String, Vec<Sums>> = BTreeMap::new();
    for ((meter, indicator), sums) in &used {
        let row = owner(meter).unwrap();
        let parent = owner(&row["parent"]);
        if parent.is_some_and(|parent| parent["enterprise"] == row["enterprise"]) {
            continue;
        }
        let Some((_, kind, _)) = FACTORS.iter().find(|(register, ..)| register == indicator) else {
            continue;
        };
        let own = months
            .entry(row["enterprise"].clone())
            .or_insert_with(|| vec![Sums::new(); 12]);
        for (month, sum) in own.iter_mut().zip(sums) {
            add(month, kind, sum);
        }
    }
    let land = land(&rows(&files["land"]));
    let stated = rows(&files["statements"]);
    let mut all = BTreeMap::new();
    for row in rows(&files["enterprises"]) {
        let code = &row["enterprise"];
        let mut year = Sums::new();
        for month in months.get(code).into_iter().flatten() {
            let mut kgce = R::zero();
            for (_, kind, factor) in FACTORS {
                if let Some(quantity) = month.get(kind) {
                    add(&mut year, kind, quantity);
                    kgce += quantity * number(&serde_json::json!(factor));
                }
            }
            add(&mut year, "tce_equal", &rounded(&(kgce / whole(1000)), 4));
        }
        if let Some(mu) = land.get(code) {
            add(&mut year, "land_mu", mu);
        }
        let own = stated
            .iter()
            .filter(|one| one["enterprise"] == *code && one["period"] == "2025");
        for one in own {
            let value = number(&serde_json::json!(one["value"]));
            match one["indicator"].as_str() {
                "tax_net_inbound" | "tax_exempt_credit" => add(&mut year, "tax", &value),
                "output_value" => add(&mut year, "output_value", &value),
                _ => {}
            }
        }
        all.insert(code.clone(), year);
    }
    all
}

/// Kind, numerator, denominator.
const RATIOS: [(&str, &str, &str); 4] = [
    ("tax_per_mu", "tax", "land_mu"),
    ("kwh_per_mu", "electricity_kwh", "land_mu"),
    ("energy_per_mu", "tce_equal", "land_mu"),
    ("tax_per_tce", "tax", "tce_equal"),
];

/// Sums and ratios of sums as they are printed.
fn agrees(account: &HolderAccount, sums: &Sums) -> usize {
    let mut compared = 0;
    let shown = |kind: &str| account.find(kind).and_then(|figure| figure.value.clone());
    for kind in [
        "electricity_kwh",
        "natural_gas_m3",
        "steam_t",
        "tce_equal",
        "land_mu",
        "tax",
        "output_value",
    ] {
        let expected = sums.get(kind);
        let found = shown(kind).map(|text| number(&serde_json::json!(text)));
        assert_eq!(found.as_ref(), expected, "{} {kind}", account.key);
        compared += usize::from(found.is_some());
    }
    for (kind, top, bottom) in RATIOS {
        let bottom = sums.get(bottom).filter(|bottom| bottom.is_positive());
        let expected = sums.get(top).zip(bottom).map(|(top, bottom)| {
            let printed = print(&(top / bottom), 4);
            printed.as_str().unwrap().to_owned()
        });
        assert_eq!(shown(kind), expected, "{} {kind}", account.key);
        compared += usize::from(expected.is_some());
    }
    compared
}

async fn kept(stage: &Stage) -> BTreeMap<String, (HolderAccount, Option<String>)> {
    let clock = Arc::new(ClockAt::new(Day::from_number(TODAY).start())) as Arc<dyn Clock>;
    let registry = Registry::open(Settings::of(stage.data_dir()), clock)
        .await
        .unwrap();
    let (all, period): (_, AccountPeriod) = (Principal::local(), "2025".parse().unwrap());
    let page = registry
        .list_accounts(&all, period, u32::MAX, None, None, 1000)
        .await
        .unwrap();
    let totals = registry.list_totals(&all, period, u32::MAX).await.unwrap();
    let found = page.entries.into_iter().chain(totals).map(|one| {
        let park = one.holder.park().map(ToString::to_string);
        (one.holder.key().to_owned(), (one.account, park))
    });
    let found = found.collect();
    registry.close().await;
    found
}

#[tokio::test]
async fn a_year_of_the_city_agrees_to_the_last_digit_with_a_slow_recomputation() {
    let (stage, city) = (Stage::new(), city());
    lay(&stage, &city);
    let server = stage.serve_with(|command| {
        let set = "2025=0.3000 a value for this test";
        command.env("PARKPULSE_FACTORS__ELECTRICITY_EQUAL", set);
    });
    // The year closes after its last month, and again while the months come in one by one.
    until(
        Duration::from_mins(4),
        "a closed year of twelve months",
        || {
            let list = server.get("/api/v1/accounts?period=2025&limit=1000").json();
            let items = list["items"].as_array().filter(|items| !items.is_empty())?;
            let whole = |one: &Value| !one["missing"].to_string().contains("month_missing");
            items.iter().all(whole).then_some(())
        },
    );
    let borders = [
        "--from",
        "2025-01-01T00:00:00+08:00",
        "--to",
        "2026-02-01T00:00:00+08:00",
    ];
    let exported = stage.ok(&[&["export", "readings"][..], &borders[..]].concat());
    assert!(exported.lines().count() > 2_000);
    server.stop();

    let enterprises = recomputed(&exported, &files(&city));
    let accounts = kept(&stage).await;
    let mut parks: BTreeMap<&str, Sums> = BTreeMap::new();
    let mut compared = 0;
    for (code, sums) in &enterprises {
        let (account, park) = &accounts[code];
        compared += agrees(account, sums);
        let of_park = parks.entry(park.as_deref().unwrap()).or_default();
        for (kind, value) in sums {
            add(of_park, kind, value);
        }
    }
    let mut whole_city = Sums::new();
    for (park, sums) in &parks {
        compared += agrees(&accounts[*park].0, sums);
        for (kind, value) in sums {
            add(&mut whole_city, kind, value);
        }
    }
    compared += agrees(&accounts["city"].0, &whole_city);
    let keys: BTreeSet<&String> = accounts.keys().collect();
    assert_eq!(keys.len(), 12 + 2 + 1);
    assert!(compared > 100, "{compared}");
}
