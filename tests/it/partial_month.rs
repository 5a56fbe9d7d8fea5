//! A month in which a meter begins is not whole, and is held against no whole one: by the ledger, its
//! table, the map and the card, for a meter registered inside the month and for one first read then.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use parkpulse::calendar::{Day, Moment, Month};

use crate::pages_park::now;
use crate::stage::{ENTERPRISE, GATEWAY, Server, Stage, until};

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// The months: a whole one, one in which two meters begin, a whole one, the running one.
pub(crate) struct Months {
    whole: Month,
    pub(crate) first: Month,
    pub(crate) next: Month,
    pub(crate) running: Month,
}

impl Months {
    pub(crate) fn now() -> Self {
        let running = Month::of(now());
        let next = running.previous();
        let first = next.previous();
        Self {
            whole: first.previous(),
            first,
            next,
            running,
        }
    }

    /// What E-01 showed when the running month began, told late: less than an even course gives.
    pub(crate) fn late_register(&self) -> i32 {
        let days = self.running.first_day().number() - self.whole.first_day().number();
        days * 240 - 100
    }

    /// The `number`th of the month in which meters begin.
    fn day(&self, number: i32) -> Day {
        Day::from_number(self.first.first_day().number() + number - 1)
    }
}

/// E-01 was always there, E-02 is registered on the 12th of a month, G-01 first read on the 20th.
pub(crate) fn served(stage: &Stage, months: &Months) -> (Server, String) {
    let token = stage.register_park();
    let since = months.day(12);
    let meters = format!(
        "meter,enterprise,gateway,indicator,register_size,multiplier,max_per_hour,interval_s,jitter,parent,valid_from,valid_to\n\
         E-02,{ENTERPRISE},{GATEWAY},kwh_register,1000000,1,5000,900,,,{since},\n"
    );
    stage.import("meters", "more.csv", &meters);
    let land = format!(
        "enterprise,parcel,kind,m2,floor_m2,far,counterparty,valid_from,valid_to\n{ENTERPRISE},L-1,owned,200,,,,2020-01-01,\n"
    );
    let parcel = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"parcel":"L-1","park":"p1"},"geometry":{"type":"Polygon","coordinates":[[[120.98,31.38],[120.982,31.38],[120.982,31.3815],[120.98,31.3815],[120.98,31.38]]]}}]}"#;
    let path = stage.path("parcels.geojson");
    std::fs::write(&path, parcel).unwrap();
    stage.ok(&[
        "import",
        "parcels",
        path.to_str().unwrap(),
        "--crs",
        "EPSG:4326",
    ]);
    stage.import("land", "land.csv", &land);
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_LEDGER__CLOSE_AFTER", "1 s");
        command.env("PARKPULSE_FACTORS__ELECTRICITY_EQUAL", "0.3000 测试");
    });
    let begun = months.whole.first_day();
    for (meter, indicator, from) in [
        ("E-01", "kwh_register", begun),
        ("E-02", "kwh_register", since),
        ("G-01", "gas_m3_register", months.day(20)),
    ] {
        // One reading of E-01 is left for later: see [`Months::late_register`].
        let skipped = months.running.first_day().start();
        let skipped = Some(skipped).filter(|_| meter == "E-01");
        post(&server, &token, (meter, indicator), from, skipped);
    }
    (server, token)
}

/// A reading a day, at midnight, from `from` until now.
fn post(
    server: &Server,
    token: &str,
    (meter, indicator): (&str, &str),
    from: Day,
    skipped: Option<Moment>,
) {
    let mut body = String::new();
    let (mut at, mut register) = (from.start(), 0);
    while at <= now() {
        let comma = if body.is_empty() { "" } else { "," };
        let seconds = at.unix_ms() / 1000;
        let one = json!({"meter": meter, "at": seconds, "values": {indicator: register}});
        if skipped != Some(at) {
            write!(body, "{comma}{one}").unwrap();
        }
        at = at.plus_ms(DAY_MS);
        register += 240;
    }
    let body = format!(r#"{{"readings":[{body}]}}"#);
    let header = format!("Authorization: Bearer {token}");
    let answer = server.send("POST", "/api/v1/readings", &[&header], body.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["quarantined"], json!([]));
}

pub(crate) fn ledger(server: &Server, month: Month) -> Value {
    let path = format!("/api/v1/ledgers/{ENTERPRISE}?month={month}");
    let answer = server.get(&path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

fn row<'a>(ledger: &'a Value, kind: &str) -> &'a Value {
    let mut rows = ledger["rows"].as_array().unwrap().iter();
    rows.find(|row| row["kind"] == kind)
        .unwrap_or_else(|| panic!("{kind}: {ledger}"))
}

#[test]
fn a_month_in_which_a_meter_begins_is_compared_with_nothing() {
    let (stage, months) = (Stage::new(), Months::now());
    let (server, _token) = served(&stage, &months);
    until(Duration::from_mins(1), "the months are closed", || {
        let closed = ledger(&server, months.next);
        let whole = closed["closed"] == true && closed["rows"].as_array()?.len() > 3;
        whole.then_some(())
    });
    the_ledger_says_since_when(&server, &months);
    the_table_says_it_too(&server, &months);
    map_and_card_compare_nothing_with_it(&server, &months);
    server.stop();
}

fn the_ledger_says_since_when(server: &Server, months: &Months) {
    let (twelfth, twentieth) = (months.day(12).to_string(), months.day(20).to_string());
    let electricity = json!({"E-02": twelfth});
    let gas = json!({"G-01": twentieth});
    let both = json!({"E-02": twelfth, "G-01": twentieth});
    let none = json!({});
    // Month, kind, what began in it, why it is not held against the month before, what began then.
    let rows = [
        (months.whole, "electricity_kwh", &none, None, &none),
        (
            months.first,
            "electricity_kwh",
            &electricity,
            Some("partial_now"),
            &none,
        ),
        (months.first, "natural_gas_m3", &gas, None, &none),
        (months.first, "tce_equal", &both, Some("partial_now"), &none),
        (
            months.next,
            "electricity_kwh",
            &none,
            Some("partial_then"),
            &electricity,
        ),
        (
            months.next,
            "natural_gas_m3",
            &none,
            Some("partial_then"),
            &gas,
        ),
        (months.next, "tce_equal", &none, Some("partial_then"), &both),
        (
            months.running,
            "electricity_kwh",
            &none,
            Some("runs"),
            &none,
        ),
    ];
    for (month, kind, begun, unlike, then) in rows {
        let answer = ledger(server, month);
        let row = row(&answer, kind);
        let why = format!("{month} {kind}: {row}");
        assert_eq!(&row["begun"], begun, "{why}");
        let before = &row["month_before"];
        let Some(unlike) = unlike else {
            // Nothing was known of it in the month before.
            assert!(before.is_null() || before["value"].is_null(), "{why}");
            continue;
        };
        assert_eq!(before["unlike"], unlike, "{why}");
        assert_eq!(&before["begun"], then, "{why}");
        assert!(
            before["change"].is_null() && before["value"].is_string(),
            "{why}"
        );
    }
    let first = ledger(server, months.first);
    let missing = first["missing"].as_array().unwrap();
    for (meter, day) in [("E-02", &twelfth), ("G-01", &twentieth)] {
        let told = json!({"code": "meter_begins", "what": meter, "detail": day});
        assert!(missing.contains(&told), "{first}");
    }
    let bars = first["months"].as_array().unwrap().iter();
    let partial: Vec<&Value> = bars.filter(|bar| bar["partial"] == true).collect();
    assert_eq!(partial.len(), 1, "{first}");
    assert_eq!(partial[0]["month"], months.first.to_string());
}

fn the_table_says_it_too(server: &Server, months: &Months) {
    let path = format!(
        "/api/v1/ledgers/{ENTERPRISE}/table.csv?month={}",
        months.first
    );
    let table = server.get(&path);
    let text = table.text().strip_prefix('\u{feff}').expect("a BOM");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().unwrap().clone();
    let place = |name: &str| head.iter().position(|one| one == name).unwrap();
    let (kind, since, percent) = (
        place("kind"),
        place("counted_since"),
        place("month_before_percent"),
    );
    let rows: Vec<csv::StringRecord> = reader.into_records().map(Result::unwrap).collect();
    let row = rows
        .iter()
        .find(|row| &row[kind] == "electricity_kwh")
        .unwrap();
    assert_eq!(row[since], format!("E-02 {}", months.day(12)));
    assert_eq!(&row[percent], "");
}

fn map_and_card_compare_nothing_with_it(server: &Server, months: &Months) {
    for k in ["kwh_per_mu", "energy_per_mu"] {
        let last = if k == "kwh_per_mu" { 12 } else { 20 };
        for (month, since) in [
            (months.first, Some(months.day(last).to_string())),
            (months.next, None),
        ] {
            let path = format!("/api/v1/map?k={k}&p={month}");
            let map = server.get(&path).json();
            let cell = &map["cells"][0];
            assert_eq!(cell["state"], "value", "{path}: {map}");
            assert_eq!(cell["since"].as_str(), since.as_deref(), "{path}: {cell}");
            assert_eq!(map["compared"]["period"], month.previous().to_string());
            assert!(cell["change"].is_null(), "{path}: {cell}");
            let card = format!("/api/v1/parcels/L-1/card?k={k}&p={month}");
            let card = server.get(&card).json();
            assert_eq!(
                (&card["since"], &card["change"]),
                (&cell["since"], &cell["change"]),
                "{card}"
            );
        }
    }
}
