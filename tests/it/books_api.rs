//! Statements side by side, the enterprise's own declaration, and its land line by line, over HTTP.

use serde_json::{Value, json};

use crate::ledger_check::program;
use crate::stage::{Answer, ENTERPRISE, Server, Stage};

const PARCELS: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"parcel":"L-1","park":"p1"},"geometry":{"type":"Polygon","coordinates":[[[120.98,31.38],[120.982,31.38],[120.982,31.3815],[120.98,31.3815],[120.98,31.38]]]}}]}"#;

fn served(stage: &Stage) -> Server {
    stage.register_park();
    let path = stage.path("parcels.geojson");
    std::fs::write(&path, PARCELS).unwrap();
    let path = path.to_str().unwrap();
    stage.ok(&["import", "parcels", path, "--crs", "EPSG:4326"]);
    let land = format!(
        "enterprise,parcel,kind,m2,floor_m2,far,counterparty,valid_from,valid_to\n\
         {ENTERPRISE},L-1,owned,20000,,,,2020-01-01,\n\
         {ENTERPRISE},L-1,leased_out,3650,,,某商贸公司,2023-01-01,2025-03-02\n"
    );
    stage.import("land", "land.csv", &land);
    let statements = format!(
        "enterprise,period,indicator,value,unit,source\n\
         {ENTERPRISE},2024,output_value,5210.4,万元,统计\n\
         {ENTERPRISE},2025,output_value,5300,万元,统计\n\
         {ENTERPRISE},2025,electricity_stated,1200,kWh,供电\n\
         {ENTERPRISE},2025,tax_net_inbound,410,万元,税务\n"
    );
    stage.import("statements", "统计-2025.csv", &statements);
    stage.serve()
}

fn declare(server: &Server, who: &str, body: &Value) -> Answer {
    let path = format!("/api/v1/statements/{ENTERPRISE}");
    let headers = ["Content-Type: application/json", who];
    server.send("POST", &path, &headers, body.to_string().as_bytes())
}

fn told(server: &Server, headers: &[&str]) -> Value {
    let path = format!("/api/v1/statements/{ENTERPRISE}?year=2025");
    let answer = server.get_as(&path, headers);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn item<'a>(told: &'a Value, indicator: &str) -> Option<&'a Value> {
    let mut all = told["items"].as_array().unwrap().iter();
    all.find(|one| one["indicator"] == indicator)
}

#[test]
fn what_is_stated_and_held_is_told_line_by_line() {
    let stage = Stage::new();
    let server = served(&stage);
    let own = program(&stage, "clerk", "enterprise", ENTERPRISE);
    a_declaration_is_asked_about_before_it_is_kept(&server, &own);
    each_sees_what_is_theirs(&stage, &server, &own);
    the_tables_say_the_same(&server, &own);
    what_cannot_be_declared_is_refused(&server, &own);
    land_is_told_line_by_line(&server, &own);
    server.stop();
}

fn a_declaration_is_asked_about_before_it_is_kept(server: &Server, own: &str) {
    let before = told(server, &[own]);
    assert!(before["declares"].as_array().unwrap().len() > 4, "{before}");
    // 53,104,000 元 written as 万元: 53104000 / 5210.4 = 10191.9..., and nothing is kept.
    let mut body = json!({"period": "2025", "unit": "万元", "figures": [{"indicator": "output_value", "value": "53104000"}]});
    let asked = declare(server, own, &body);
    assert_eq!(asked.status, 409, "{}", asked.text());
    let params = asked.json()["params"].clone();
    assert_eq!(
        [
            &params["asks"],
            &params["indicator"],
            &params["likely"],
            &params["ratio"],
            &params["source"]
        ],
        ["unit", "output_value", "元", "10192", "统计"]
    );
    assert_eq!(told(server, &[own])["items"], before["items"]);
    // In the right unit it is kept as 5310.4 万元 and stands beside the department's, which counts.
    body["unit"] = json!("元");
    let kept = declare(server, own, &body);
    assert_eq!(
        (kept.status, kept.json()["added"].as_u64()),
        (200, Some(1)),
        "{}",
        kept.text()
    );
    // Again is nothing new; another figure asks for the reason, and the earlier one stays.
    assert_eq!(declare(server, own, &body).json()["unchanged"], 1);
    body["figures"][0]["value"] = json!("53004000");
    let asked = declare(server, own, &body);
    assert_eq!(
        (asked.status, &asked.json()["params"]["asks"]),
        (409, &json!("reason"))
    );
    body["reason"] = json!("补报四季度");
    assert_eq!(declare(server, own, &body).json()["changed"], 1);
    let now = told(server, &[own]);
    let output = item(&now, "output_value").unwrap();
    let figures = output["figures"].as_array().unwrap();
    assert_eq!(
        (figures[0]["source"].as_str(), &figures[0]["counts"]),
        (Some("统计"), &json!(true))
    );
    assert_eq!(figures[0]["origin"]["file"], "统计-2025.csv");
    assert_eq!(figures[0]["origin"]["row"], 3);
    let second = &figures[1];
    assert_eq!(
        [
            &second["source"],
            &second["value"],
            &second["difference"],
            &second["percent"]
        ],
        ["企业自报", "5300.4", "0.4", "0.01"]
    );
    assert_eq!(second["rule"]["code"], "declared");
    assert_eq!(
        [&second["origin"]["who"], &second["origin"]["reason"]],
        ["clerk", "补报四季度"]
    );
    assert_eq!(second["earlier"][0]["value"], "5310.4");
}

fn each_sees_what_is_theirs(stage: &Stage, server: &Server, own: &str) {
    let duty = program(stage, "duty", "operator", "p1");
    let seen = told(server, &[&duty]);
    assert_eq!(seen["hidden"], json!(["output", "tax"]));
    assert!(item(&seen, "output_value").is_none() && item(&seen, "electricity_stated").is_some());
    assert_eq!(seen["declares"], json!([]));
    let text = seen.to_string();
    assert!(!text.contains("5300") && !text.contains("410"), "{text}");
    let bureau = program(stage, "office", "bureau", "");
    let path = format!("/api/v1/statements/{ENTERPRISE}?year=2025");
    let silent = server.get_as(&path, &[&bureau]);
    assert_eq!(
        (silent.status, silent.json()["code"].as_str()),
        (400, Some("purpose_needed"))
    );
    let seen = told(server, &[&bureau, "X-Purpose: %E5%A4%8D%E6%A0%B8"]);
    assert!(item(&seen, "tax_net_inbound").is_some());
    assert_eq!(seen["declares"], json!([]), "the bureau hands over files");
    let body = json!({"period": "2025", "unit": "元", "figures": [{"indicator": "output_value", "value": "1"}]});
    for who in [&duty, &bureau] {
        assert_eq!(declare(server, who, &body).status, 404);
    }
    assert_eq!(told(server, &[own])["hidden"], json!([]));
}

fn the_tables_say_the_same(server: &Server, own: &str) {
    let path = format!("/api/v1/statements/{ENTERPRISE}/table.csv?year=2025");
    let csv = server.get_as(&path, &[own]).text().to_owned();
    let rows: Vec<&str> = csv.lines().collect();
    // Header, electricity, output of two sources, the earlier declaration, tax.
    assert_eq!(rows.len(), 6, "{csv}");
    let earlier = rows.iter().find(|row| row.contains(",5310.4,")).unwrap();
    assert!(
        earlier.contains("企业自报") && earlier.contains("typed"),
        "{earlier}"
    );
    for base in ["statements", "land"] {
        let path = format!("/api/v1/{base}/{ENTERPRISE}/table.xlsx?year=2025");
        let book = server.get_as(&path, &[own]);
        assert_eq!((book.status, &book.body[..2]), (200, b"PK".as_slice()));
    }
}

fn what_cannot_be_declared_is_refused(server: &Server, own: &str) {
    let before = told(server, &[own])["items"].clone();
    let good = json!({"period": "2025", "unit": "元", "figures": [{"indicator": "output_value", "value": "1"}]});
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    let one = |indicator: &str, value: &str| {
        with("figures", json!([{"indicator": indicator, "value": value}]))
    };
    let two =
        json!([{"indicator": "revenue", "value": "1"}, {"indicator": "revenue", "value": "2"}]);
    for body in [
        with("period", json!("2099")),
        with("period", json!("2025-13")),
        with("unit", json!("美元")),
        with("figures", json!([])),
        with("figures", two),
        with("reason", json!("a\u{202e}b")),
        one("tax_net_inbound", "1"),
        one("electricity_stated", "1"),
        one("no_such", "1"),
        one("output_value", "4,5万"),
        one("output_value", "1e400"),
        one("staff_average", "-3"),
    ] {
        let answer = declare(server, own, &body);
        assert_eq!(answer.status, 400, "{body}: {}", answer.text());
    }
    assert_eq!(told(server, &[own])["items"], before);
}

/// 20000 m² all of 2025; 3650 m² leased out on 60 of its days (31 + 28 + 1): -3650 x 60 / 365 = -600. So
/// 19400 m² or 29.1 mu in the ledger; the tenant is not registered, so by domain.md 2.8 the owner keeps
/// all 20000 m².
fn land_is_told_line_by_line(server: &Server, own: &str) {
    let path = format!("/api/v1/land/{ENTERPRISE}?year=2025");
    let land = server.get_as(&path, &[own]).json();
    let lines = land["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 2, "{land}");
    let out = lines
        .iter()
        .find(|line| line["kind"] == "leased_out")
        .unwrap();
    assert_eq!(
        [&out["days"], &out["weighted_m2"], &out["borne_by"]],
        ["60", "-600", "owner"]
    );
    assert_eq!(
        [&land["m2"], &land["mu"], &land["by_rule_m2"]],
        ["19400", "29.1", "20000"]
    );
    assert_eq!(land["agrees"], false);
    let parcel = &land["parcels"][0];
    // About 190 m x 166 m.
    assert_eq!(
        (&parcel["held_m2"], &parcel["over"]),
        (&json!("20000"), &json!(false)),
        "{parcel}"
    );
    assert_eq!(parcel["all_holders"], false);
    let account = server.get_as(
        &format!("/api/v1/accounts/{ENTERPRISE}?period=2025&k=land_mu"),
        &[own],
    );
    let figures = account.json()["account"]["figures"].clone();
    assert_eq!(
        figures[0]["value"], "29.1000",
        "the ledger counts the same: {figures}"
    );
    let csv = format!("/api/v1/land/{ENTERPRISE}/table.csv?year=2025");
    let csv = server.get_as(&csv, &[own]).text().to_owned();
    assert!(
        csv.lines().last().unwrap().contains(",19400,29.1,"),
        "{csv}"
    );
}
