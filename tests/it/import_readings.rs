//! Readings from a file: as exported, so taken; nothing of a faulty file; twice is once.

use std::ops::ControlFlow;

use parkpulse::access::Principal;
use parkpulse::calendar::Period;
use parkpulse::jobs::import::Kind;
use parkpulse::jobs::import::readings::{From, Way, import_readings};
use parkpulse::park::GatewayId;
use parkpulse::reading::Quality;
use parkpulse::store::memory::Memory;
use parkpulse::store::registry::Mode;
use parkpulse::store::{Row, Series};

use crate::import::{Town, code, meters};

const LINE: &str = r#"{"gateway":"GW-1","epoch":1795219200,"seq":18,"meter":"E-01","indicator":"kwh_register","at":"2026-11-01T08:15:00+08:00","value":123456.78,"quality":"good","received_at":"2026-11-01T08:15:03+08:00","revision":1,"flags":["late","manual"]}"#;

async fn metered() -> Town {
    let town = Town::settled().await;
    let smoke = format!("E-01,{},,smoke,,,,900,,,2026-01-01,\n", code(1));
    town.takes(Kind::Meters, &(meters() + &smoke)).await;
    let gateway: GatewayId = "GW-1".parse().unwrap();
    let local = Principal::local();
    let added = town.registry.add_gateway(&local, &gateway, &code(1)).await;
    added.unwrap();
    town
}

struct Taken {
    values: u64,
    faults: String,
}

async fn imported(town: &Town, store: &Memory, text: &[u8], mode: Mode) -> Taken {
    let file = town.directory.path().join("readings.ndjson");
    std::fs::write(&file, text).unwrap();
    let roster = town.registry.directory().current();
    let way = Way {
        append: store,
        roster: &roster,
        catalogue: &town.catalogue,
    };
    let report = import_readings(&way, From::File(&file), mode)
        .await
        .unwrap();
    let faults: Vec<_> = report
        .faults
        .told()
        .iter()
        .map(ToString::to_string)
        .collect();
    Taken {
        values: report.added,
        faults: faults.join("\n"),
    }
}

fn kept(town: &Town, store: &Memory) -> Vec<Row> {
    let roster = town.registry.directory().current();
    let meter = roster.find_meter("E-01").unwrap().number;
    let period = Period::new(town.now().plus_ms(-40 * 86_400_000), town.now()).unwrap();
    let mut rows = Vec::new();
    store
        .all_values(meter, None, period, &mut |row| {
            rows.push(*row);
            ControlFlow::Continue(())
        })
        .unwrap();
    rows
}

#[tokio::test]
async fn an_export_is_taken_with_its_provenance_and_only_once() {
    let town = metered().await;
    let store = Memory::new(1 << 20);
    let kw = LINE
        .replace("kwh_register", "kw")
        .replace("123456.78", "-231.5");
    let conflict = LINE
        .replace("123456.78", "0.1")
        .replace("\"seq\":18", "\"seq\":19");
    let bad = LINE
        .replace("\"good\"", "\"bad\"")
        .replace(":18,", ":null,");
    let file = format!("\u{feff}{LINE}\n{kw}\r\n\n{conflict}\n{bad}");
    let taken = imported(&town, &store, file.as_bytes(), Mode::Apply).await;
    assert_eq!((taken.values, taken.faults.as_str()), (4, ""));
    let rows = kept(&town, &store);
    assert_eq!(rows.len(), 4, "{rows:?}");
    let first = rows
        .iter()
        .find(|row| row.revision == 1 && row.number > 0.0)
        .unwrap();
    assert!((first.number - 123_456.78).abs() < f64::EPSILON);
    assert_eq!(first.epoch, Some(1_795_219_200));
    assert_eq!(first.seq, Some(18));
    assert_eq!(first.received_at.to_string(), "2026-11-01T08:15:03+08:00");
    assert_eq!(first.flags.names().collect::<Vec<_>>(), ["late", "manual"]);
    assert!(
        rows.iter()
            .any(|row| row.quality == Quality::Bad && row.seq.is_none())
    );
    imported(&town, &store, file.as_bytes(), Mode::Apply).await;
    let again = kept(&town, &store);
    let good = |rows: &[Row]| {
        rows.iter()
            .filter(|row| row.quality == Quality::Good)
            .count()
    };
    assert_eq!(good(&again), good(&rows));
}

/// What in the line becomes what, and how it is refused.
const FAULTY: &[(&str, &str, &str)] = &[
    (
        "GW-1",
        "GW-2",
        "row 2, column gateway: gateway `GW-2` is not registered",
    ),
    (
        "E-01",
        "E-77",
        "row 2, column meter: `E-77` is no meter of the gateway's enterprise",
    ),
    (
        "kwh_register",
        "kvarh",
        "row 2, column indicator: there is no indicator `kvarh`",
    ),
    (
        "kwh_register",
        "water_m3_register",
        "is not registered for water_m3_register",
    ),
    (
        "T08:15:00+08:00\",\"v",
        "T25:15:00+08:00\",\"v",
        "row 2, column at",
    ),
    (
        "123456.78",
        "\"1\"",
        "row 2, column value: is no JSON number",
    ),
    ("123456.78", "1e-400", "is no measured number (bad_number)"),
    ("123456.78", "1e16", "is no measured number (bad_number)"),
    (
        "123456.78",
        "-1",
        "is beyond what kwh_register can be (implausible)",
    ),
    ("123456.78", "true", "is no JSON number"),
    (
        "\"kwh_register\",\"at\":\"2026-11-01T08:15:00+08:00\",\"value\":123456.78",
        "\"smoke\",\"at\":\"2026-11-01T08:15:00+08:00\",\"value\":0.5",
        "is beyond what smoke can be (implausible)",
    ),
    (
        "\"good\"",
        "\"fine\"",
        "row 2, column quality: `fine` is no quality",
    ),
    (
        "\"late\"",
        "\"soon\"",
        "row 2, column flags: `soon` is no flag",
    ),
    ("\"seq\":18", "\"seq\":-1", "row 2, not a line of an export"),
    ("\"seq\":18", "\"seq\":18,\"seq\":18", "duplicate field"),
    ("\"seq\":18", "\"sequence\":18", "unknown field"),
    (LINE, "{", "row 2, not a line of an export"),
];

#[tokio::test]
async fn one_faulty_line_and_nothing_is_taken() {
    let town = metered().await;
    let store = Memory::new(1 << 20);
    let long = format!("{{\"gateway\":\"{}\"}}", "x".repeat(20_000));
    let too_long = (
        LINE,
        long.as_str(),
        "row 2, the line is longer than 16384 bytes (too_large)",
    );
    for (from, to, expected) in FAULTY.iter().chain([&too_long]) {
        let file = format!("{LINE}\n{}\n", LINE.replacen(from, to, 1));
        let taken = imported(&town, &store, file.as_bytes(), Mode::Apply).await;
        assert!(taken.faults.contains(expected), "{to}: {}", taken.faults);
        assert_eq!(taken.values, 0);
    }
    let mut encoding = format!("{LINE}\n").into_bytes();
    encoding.extend(b"\xff\xfe\n");
    let taken = imported(&town, &store, &encoding, Mode::Apply).await;
    assert!(
        taken.faults.contains("row 2, not UTF-8"),
        "{}",
        taken.faults
    );
    let dry = imported(&town, &store, LINE.as_bytes(), Mode::DryRun).await;
    assert_eq!((dry.values, dry.faults.as_str()), (0, ""));
    assert!(kept(&town, &store).is_empty());
}
