//! What is sold on to another enterprise in another park: the seller and its operator learn how much
//! it is together, not whose meter counted it; the load layer takes it away wherever the buyer stands;
//! and nobody learns from a card of land in a park that is not theirs.

use std::time::Duration;

use parkpulse::calendar::Month;
use serde_json::{Value, json};

use crate::accounts_api::PURPOSE;
use crate::import::code;
use crate::ledger_check::program;
use crate::map_whole::{post, readings, registered};
use crate::pages_park::now;
use crate::stage::{Server, Stage, until};

/// The buyer's meter, below the seller's.
const BUYERS: &str = "E-22";
const GATEWAY: &str = "gw-2";
/// What both meters count more each day.
const A_DAY: (i64, i64) = (240, 90);
/// Days of the month that the buyer's meter is read, and then no more.
const READ_DAYS: i32 = 11;

fn get(server: &Server, path: &str, who: &str) -> Value {
    let answer = server.send("GET", path, &[who], b"");
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

/// The ground of `map_whole`, with a second firm of the second park that buys from the first.
fn sells_on(stage: &Stage) -> [String; 2] {
    let seller = registered(stage);
    let (one, buyer) = (code(1), code(3));
    let enterprises = format!(
        "enterprise,name,park,area,industry,scale,established,group,capital_origin\n\
         {buyer},丙厂,p2,,C39,above,2015-01-01,,\n"
    );
    stage.import("enterprises", "more.csv", &enterprises);
    let words = ["gateway", "add", "--enterprise", buyer.as_str()];
    let printed = stage.ok(&[&words[..], &["--gateway", GATEWAY, "--json"]].concat());
    let printed: Value = serde_json::from_str(&printed).unwrap();
    let meters = format!(
        "meter,enterprise,gateway,indicator,register_size,multiplier,max_per_hour,interval_s,jitter,parent,valid_from,valid_to\n\
         E-21,{one},gw-1,kw,,1,5000,86400,,,2025-01-01,\n\
         {BUYERS},{buyer},{GATEWAY},kwh_register,1000000,1,5000,86400,,E-21,2025-01-01,\n\
         {BUYERS},{buyer},{GATEWAY},kw,,1,5000,86400,,E-21,2025-01-01,\n"
    );
    stage.import("meters", "more-meters.csv", &meters);
    [seller, printed["token"].as_str().unwrap().to_owned()]
}

#[test]
fn a_seller_learns_how_much_and_not_whose_meter_counted_it() {
    let stage = Stage::new();
    let [seller, buyer] = sells_on(&stage);
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_LEDGER__CLOSE_AFTER", "1 s");
    });
    let month = Month::of(now()).previous();
    let first = month.first_day();
    let own = readings("E-21", "kwh_register", first, 90, A_DAY.0);
    post(&server, &seller, &own);
    let days = month.next().first_day().number() - first.number();
    let mut bought = readings(BUYERS, "kwh_register", first, READ_DAYS, A_DAY.1);
    // Of the running month it is read again, so that something is known of it.
    bought.extend(readings(
        BUYERS,
        "kwh_register",
        month.next().first_day(),
        40,
        0,
    ));
    post(&server, &buyer, &bought);
    let (one, three) = (code(1), code(3));
    let bureau = program(&stage, "office", "bureau", "");
    let bureau = format!("{bureau}\r\n{PURPOSE}");
    let path = format!("/api/v1/accounts/{one}?period={month}");
    let account = until(Duration::from_mins(1), "the month is closed", || {
        let answer = get(&server, &path, &bureau);
        answer["closed"].as_bool().unwrap().then_some(answer)
    });
    assert!(days >= 28);
    let revision = &account["revision"];
    let source = format!("/api/v1/sources/electricity_kwh:{one}:{month}:{revision}");
    let ledger = format!("/api/v1/ledgers/{one}?month={month}");
    let clerk = program(&stage, "clerk", "enterprise", one.as_str());
    let runner = program(&stage, "runner", "operator", "p1");
    let names = |path: &str, who: &str| get(&server, path, who).to_string().contains(BUYERS);
    for path in [&path, &source] {
        assert!(names(path, &bureau), "{path}");
    }
    for path in [&path, &source, &ledger] {
        for who in [&clerk, &runner] {
            assert!(!names(path, who), "{path}: {}", get(&server, path, who));
        }
    }
    let (seen, whole) = (
        get(&server, &source, &clerk),
        get(&server, &source, &bureau),
    );
    assert_eq!(seen["value"], whole["value"]);
    let sold = |answer: &Value| {
        let mut inputs = answer["inputs"].as_array().unwrap().iter();
        inputs.find(|one| one["sign"] == "-").cloned().unwrap()
    };
    assert_eq!(sold(&seen)["what"], "sold_on");
    assert_eq!(sold(&seen)["figure"], Value::Null);
    assert_eq!(sold(&seen)["value"], sold(&whole)["value"]);
    // The buyer finds its own register of the open month, though the seller has it among its inputs.
    let running = Month::of(now());
    let open = format!("/api/v1/sources/kwh_register:{BUYERS}:{running}:0");
    let owner = program(&stage, "owner", "enterprise", three.as_str());
    assert_eq!(server.send("GET", &open, &[&owner], b"").status, 200);
    assert_eq!(server.send("GET", &open, &[&clerk], b"").status, 404);
    no_balance_names_the_buyer(&server, [&clerk, &runner, &bureau], month);
    days_stand_against_the_closed_month(&server, [&clerk, &bureau], month);
    land_elsewhere_is_not_told(&server, [&clerk, &runner, &bureau], month);
    no_total_leads_to_what_is_not_there(&server, [&runner, &bureau], month);
    server.stop();
}

/// What a meter is held against says that something of others is not whole, not whose.
fn no_balance_names_the_buyer(server: &Server, [clerk, runner, bureau]: [&str; 3], month: Month) {
    let path = format!("/api/v1/balances?enterprise={}&month={month}", code(1));
    assert!(get(server, &path, bureau).to_string().contains(BUYERS));
    for who in [clerk, runner] {
        let answer = get(server, &path, who);
        assert!(!answer.to_string().contains(BUYERS), "{answer}");
        let one = &answer["items"][0];
        assert_eq!(
            (&one["state"], &one["lacks"][0]["meter"]),
            (&json!("unknown"), &Value::Null),
            "{answer}"
        );
    }
}

/// E-21 was read every day, and its days are the month; of the buyer's a part did not come, which the
/// seller does not learn.
fn days_stand_against_the_closed_month(server: &Server, [clerk, bureau]: [&str; 2], month: Month) {
    let path = format!("/api/v1/quality?month={month}");
    let all = get(server, &path, bureau);
    assert!(!all["revision"].is_null(), "{all}");
    let of = |meter: &str| {
        let mut items = all["items"].as_array().unwrap().iter();
        let found = items.find(|one| one["meter"] == meter && one["indicator"] == "kwh_register");
        found.unwrap_or_else(|| panic!("{meter}: {all}")).clone()
    };
    let (own, bought) = (of("E-21"), of(BUYERS));
    assert_eq!(
        (
            &own["completeness"],
            &own["days_lacking"],
            &own["difference"],
            &own["percent"]
        ),
        (
            &json!("1.0000"),
            &json!(0),
            &json!("0.0000"),
            &json!("0.00")
        ),
        "{own}"
    );
    assert_eq!(own["by_days"], own["closed"]);
    let came: f64 = bought["completeness"].as_str().unwrap().parse().unwrap();
    assert!(came < 0.5, "{bought}");
    let seen = get(server, &path, clerk);
    assert!(!seen.to_string().contains(BUYERS), "{seen}");
}

fn land_elsewhere_is_not_told(server: &Server, roles: [&str; 3], month: Month) {
    let path = format!("/api/v1/parcels/L-1/card?park=p1&k=kwh_per_mu&p={month}");
    let all = [json!("0.45"), Value::Null, json!("0.45")];
    for (who, total) in roles.into_iter().zip(all) {
        let card = get(server, &path, who);
        let mut firms = card["enterprises"].as_array().into_iter().flatten();
        let firm = firms.find(|firm| firm["enterprise"] == code(1).as_str());
        // A clerk sees no parcel on which somebody else stands too.
        if let Some(firm) = firm {
            assert_eq!(firm["mu_total"], total, "{who} {card}");
        }
        assert!(firm.is_some() || total != Value::Null, "{card}");
        // Nor does its account tell of it, in the sum or in what is divided by it.
        let path = format!("/api/v1/accounts/{}?period={month}", code(1).as_str());
        let account = get(server, &path, who);
        let has = |kind: &str| {
            let figures = &account["account"]["figures"];
            let mut figures = figures.as_array().unwrap().iter();
            figures.any(|figure| figure["kind"] == kind)
        };
        assert!(has("electricity_kwh"), "{account}");
        let revision = &account["revision"];
        for kind in ["land_mu", "kwh_per_mu"] {
            assert_eq!(has(kind), total != Value::Null, "{who} {kind}");
            let source = format!(
                "/api/v1/sources/{kind}:{}:{month}:{revision}",
                code(1).as_str()
            );
            let status = server.send("GET", &source, &[who], b"").status;
            assert_eq!(status == 200, total != Value::Null, "{who} {source}");
        }
    }
}

/// A total's source tells whose figure does not open, and never leads to what is not there.
fn no_total_leads_to_what_is_not_there(server: &Server, roles: [&str; 2], month: Month) {
    for (who, is_told) in roles.into_iter().zip([true, false]) {
        let map = get(
            server,
            &format!("/api/v1/map?k=kwh_per_mu&park=p1&p={month}"),
            who,
        );
        let id = map["total"]["figure"].as_str().unwrap();
        let source = get(server, &format!("/api/v1/sources/{id}"), who);
        let mut added = source["added"].as_array().unwrap().iter();
        let own = added.find(|one| one["enterprise"] == code(1).as_str());
        assert_eq!(own.unwrap()["land_elsewhere"], is_told, "{source}");
        for one in source["added"].as_array().unwrap() {
            let Some(figure) = one["figure"].as_str() else {
                assert!(is_told, "{source}");
                continue;
            };
            let path = format!("/api/v1/sources/{figure}");
            assert_eq!(server.send("GET", &path, &[who], b"").status, 200, "{path}");
        }
    }
}

#[test]
fn the_load_of_a_buyer_elsewhere_is_taken_away() {
    let stage = Stage::new();
    let [seller, buyer] = sells_on(&stage);
    let server = stage.serve();
    let at = now().unix_ms() / 1000 - 60;
    for (token, meter, kw) in [(&seller, "E-21", 12), (&buyer, BUYERS, 3)] {
        let one = json!({"meter": meter, "at": at, "values": {"kw": kw}});
        post(&server, token, &[one]);
    }
    let map = server.get("/api/v1/map?k=load_per_mu&park=p1").json();
    let mut cells = map["cells"].as_array().unwrap().iter();
    let cell = cells.find(|cell| cell["parcel"] == "L-1").unwrap();
    // 9 kW on 0.45 mu, of which two thirds lie here.
    assert_eq!(cell["value"], "20.00", "{map}");
    server.stop();
}
