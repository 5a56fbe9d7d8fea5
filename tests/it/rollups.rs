//! Roll-ups: the growth of a figure and the leading part, by hand; a half-year made of what was stated
//! for it; and the page's answer by park, district, zone, area, industry and group.

use std::collections::BTreeMap;

use parkpulse::ledger::figure::{AccountPeriod, Figure, Formula, Input};
use parkpulse::ledger::holder::{NoGrowth, growth, leading};
use parkpulse::units::Exact;
use serde_json::Value;

use crate::accounts_api::PURPOSE;
use crate::import::code;
use crate::ledger_check::program;
use crate::map_whole::registered;
use crate::stage::{Server, Stage};

fn figure(value: &str) -> Figure {
    let value = (!value.is_empty()).then(|| value.to_owned());
    let inputs = vec![Input::plain("x", value, "万元")];
    Figure::of("output_value", ("万元", 2), Formula::Sum, inputs, &[])
}

#[test]
fn growth_is_of_the_printed_figures_and_says_why_there_is_none() {
    for (now, before, told) in [
        // (120 - 100) / 100 = 20 %.
        ("120.00", "100.00", Ok("20.00")),
        // (2 - 3) / 3 = -33.333… %.
        ("2.00", "3.00", Ok("-33.33")),
        // (1.005 - 1) / 1 = 0.5 % of what is printed: 1.01 and 1.00 make 1 %.
        ("1.005", "1.00", Ok("1.00")),
        ("-5.00", "10.00", Ok("-150.00")),
        ("", "10.00", Err(NoGrowth::NotKnown)),
        ("10.00", "", Err(NoGrowth::NoBase)),
        ("10.00", "0.00", Err(NoGrowth::BaseNotAboveZero)),
        ("10.00", "-4.00", Err(NoGrowth::BaseNotAboveZero)),
    ] {
        let found = growth(Some(&figure(now)), Some(&figure(before)));
        assert_eq!(found, told.map(str::to_owned), "{now} after {before}");
    }
    assert_eq!(growth(None, Some(&figure("1"))), Err(NoGrowth::NotKnown));
    assert_eq!(growth(Some(&figure("1")), None), Err(NoGrowth::NoBase));
}

#[test]
fn the_largest_part_leads_by_its_share_of_all() {
    let parts = |all: &[(&str, i64)]| -> BTreeMap<String, Exact> {
        let part = |(name, value): &(&str, i64)| ((*name).to_owned(), Exact::whole(*value));
        all.iter().map(part).collect()
    };
    for (all, led) in [
        // 60 of 100.
        (parts(&[("C34", 40), ("C39", 60)]), Some(("C39", "60.00"))),
        // Equal ones: the first by name; 1 of 3.
        (
            parts(&[("C39", 1), ("C34", 1), ("C38", 1)]),
            Some(("C34", "33.33")),
        ),
        (parts(&[("C39", 0)]), None),
        (parts(&[]), None),
    ] {
        let found = leading(&all);
        let found = found.as_ref().map(|(name, share)| (*name, share.as_str()));
        assert_eq!(found, led, "{all:?}");
    }
}

#[test]
fn a_half_year_is_a_period_with_its_months_and_the_year_before() {
    for (text, first, months, before) in [
        ("2025-H1", "2025-01", 6, "2024-H1"),
        ("2025-H2", "2025-07", 6, "2024-H2"),
        ("2025", "2025-01", 12, "2024"),
        ("2024-02", "2024-02", 1, "2023-02"),
    ] {
        let period: AccountPeriod = text.parse().unwrap();
        assert_eq!(period.to_string(), text);
        assert_eq!(period.months().len(), months);
        assert_eq!(period.months()[0].to_string(), first);
        assert_eq!(period.year_before().unwrap().to_string(), before);
        let [start, end] = [period.months()[0], period.months()[months - 1]];
        assert_eq!(period.period().from(), start.first_day().start());
        assert_eq!(period.period().to(), end.next().first_day().start());
    }
    for text in ["2025-H3", "2025-H0", "2025-Q1", "2025-h1", "25-H1"] {
        assert!(text.parse::<AccountPeriod>().is_err(), "{text}");
    }
}

/// Two halves of two years: one firm of each way to state them.
const STATED: [(u32, &str, &str); 7] = [
    // 50 + 70 = 120 after 100.
    (6, "2025-Q1", "50"),
    (6, "2025-Q2", "70"),
    (6, "2024-H1", "100"),
    (7, "2025-H1", "80"),
    // Six months are asked for: one alone makes no half-year.
    (7, "2024-03", "10"),
    (8, "2025-H1", "60"),
    (8, "2024-H1", "40"),
];

fn rows(server: &Server, bureau: &str, by: &str) -> BTreeMap<String, Value> {
    let path = format!("/api/v1/rollups?by={by}&period=2025-H1&k=output_value");
    let answer = server.send("GET", &path, &[bureau], b"");
    assert_eq!(answer.status, 200, "{by}: {}", answer.text());
    let answer = answer.json();
    assert_eq!(answer["before"]["period"], "2024-H1");
    let rows = answer["rows"].as_array().unwrap().iter();
    rows.map(|row| (row["key"].as_str().unwrap().to_owned(), row.clone()))
        .collect()
}

#[test]
fn a_half_year_is_rolled_up_beside_the_one_before() {
    let stage = Stage::new();
    let _token = registered(&stage);
    let mut enterprises =
        "enterprise,name,park,area,industry,scale,established,group,capital_origin\n".to_owned();
    for (number, park, industry, group) in [
        (6, "p1", "C39", "甲乙"),
        (7, "p1", "C34", "甲乙"),
        (8, "p2", "C3912", ""),
    ] {
        let line = format!(
            "{},厂{number},{park},,{industry},above,2015-01-01,{group},\n",
            code(number)
        );
        enterprises.push_str(&line);
    }
    stage.import("enterprises", "firms.csv", &enterprises);
    let mut stated = "enterprise,period,indicator,value,unit,source\n".to_owned();
    for (firm, period, value) in STATED {
        let line = format!("{},{period},output_value,{value},万元,统计\n", code(firm));
        stated.push_str(&line);
    }
    stage.import("statements", "stated.csv", &stated);
    let zones = "双园 = p1 p2,单园 = p2";
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_CITY__ZONES", zones);
    });
    let bureau = program(&stage, "office", "bureau", "");
    let bureau = format!("{bureau}\r\n{PURPOSE}");
    let output = |row: &Value| {
        let figure = &row["figures"][0];
        assert_eq!(figure["kind"], "output_value", "{row}");
        let text = |key: &str| figure[key].as_str().unwrap_or("-").to_owned();
        [
            text("value"),
            text("before"),
            text("growth_percent"),
            text("no_growth"),
        ]
    };
    let parks = rows(&server, &bureau, "park");
    // 120 + 80 after 100, whose second member has no half-year then: it says that one lacked it.
    assert_eq!(output(&parks["p1"]), ["200.00", "100.00", "100.00", "-"]);
    assert_ne!(parks["p1"]["figures"][0]["lacking_before"], 0);
    // 60 after 40.
    assert_eq!(output(&parks["p2"]), ["60.00", "40.00", "50.00", "-"]);
    // 120 of 200.
    assert_eq!(parks["p1"]["leading"]["industry"], "C39");
    assert_eq!(parks["p1"]["leading"]["percent"], "60.00");
    let zones = rows(&server, &bureau, "zone");
    // 260 after 140.
    assert_eq!(output(&zones["双园"]), ["260.00", "140.00", "85.71", "-"]);
    assert_eq!(zones["单园"]["members"], parks["p2"]["members"]);
    let industries = rows(&server, &bureau, "industry");
    // 120 + 60 after 100 + 40, the second by the first two digits of its industry.
    assert_eq!(
        output(&industries["C39"]),
        ["180.00", "140.00", "28.57", "-"]
    );
    assert_eq!(output(&industries["C34"]), ["80.00", "-", "-", "no_base"]);
    let groups = rows(&server, &bureau, "group");
    assert_eq!(groups.len(), 1);
    assert_eq!(groups["甲乙"]["members"], 2);
    let city = rows(&server, &bureau, "city");
    assert_eq!(output(&city["city"]), ["260.00", "140.00", "85.71", "-"]);
    assert_eq!(rows(&server, &bureau, "area").len(), 2);
    files(&server, &bureau);
    let other = program(&stage, "runner", "operator", "p1");
    let not_there = server.send("GET", "/api/v1/rollups?by=park", &[&other], b"");
    assert_eq!(not_there.status, 404);
    server.stop();
}

/// The same as files; what cannot be asked.
fn files(server: &Server, bureau: &str) {
    let path = "/api/v1/rollups?by=park&period=2025-H1&form=csv";
    let table = server.send("GET", path, &[bureau], b"");
    let table = table.text();
    assert!(table.starts_with("\u{feff}by,key,name,period,"), "{table}");
    assert!(table.contains(",200.00,"), "{table}");
    let path = "/api/v1/rollups?by=park&period=2025-H1&form=xlsx";
    let book = server.send("GET", path, &[bureau], b"");
    assert!(book.body.starts_with(b"PK"));
    for query in ["by=street", "form=pdf", "period=2025-Q1"] {
        let refused = server.send("GET", &format!("/api/v1/rollups?{query}"), &[bureau], b"");
        assert_eq!(refused.status, 400, "{query}");
    }
}
