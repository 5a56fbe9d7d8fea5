//! Accounts over HTTP, the rest: periods that still run, what the audit log says of a look at tax, and
//! that a total tells of nobody beside the totals of its parks.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::Value;

use parkpulse::calendar::{Moment, Month};

use crate::accounts_api::Rated;
use crate::accounts_sources::recomputed;
use crate::import::code;
use crate::pages_rights::{cookie, text};
use crate::sign_in_office::status_and_code;
use crate::stage::until;

pub(crate) fn a_running_period_is_provisional_and_says_so(rated: &Rated) {
    let now = Moment::from_unix_ms(jiff::Timestamp::now().as_millisecond());
    let month = Month::of(now);
    for period in [month.to_string(), month.year().to_string()] {
        each_role_hears_that_it_runs(rated, now, &period);
        let path = format!("/api/v1/accounts/{{own}}?period={period}");
        let account = rated.json("own", &path);
        for figure in account["account"]["figures"].as_array().unwrap() {
            let id = text(&figure["id"]);
            let source = rated.json("own", &format!("/api/v1/sources/{id}"));
            assert_eq!(
                (&source["id"], &source["provisional"]),
                (&figure["id"], &true.into()),
                "{source}"
            );
            // Between two requests more may have come in, but never what the inputs do not give.
            assert_eq!(
                recomputed(&source),
                source["value"].as_str().map(str::to_owned),
                "{source}"
            );
        }
        let list = rated.json(
            "bureau",
            &format!("/api/v1/accounts?period={period}&limit=1000"),
        );
        let items = list["items"].as_array().unwrap();
        assert!(items.len() == 150 && items.iter().all(|one| one["provisional"] == true));
        let totals = list["totals"].as_array().unwrap();
        assert!(totals.len() == 4 && totals.iter().all(|one| one["provisional"] == true));
        let own = rated.json("own", &format!("/api/v1/accounts?period={period}"));
        assert_eq!(own["items"].as_array().unwrap().len(), 1);
        let paged = rated.json(
            "bureau",
            &format!("/api/v1/accounts?period={period}&limit=40"),
        );
        assert_eq!(paged["items"].as_array().unwrap().len(), 40);
        assert!(paged["next"].is_string());
    }
    a_meter_of_it_is_provisional(rated, month);
    // What is closed has no provisional figures, and what has not begun has none either.
    for path in [
        "/api/v1/accounts/{own}?period={year}&v=0",
        "/api/v1/sources/land_mu:{own}:{year}:0",
        "/api/v1/sources/land_mu:{own}:2199:0",
        "/api/v1/sources/kwh_register:NONE:2026-10:0",
    ] {
        for (role, answer) in rated.each(path) {
            assert_eq!(answer.status, 404, "{role} {path}");
        }
    }
    let closed = rated.json("own", "/api/v1/accounts/{own}?period={year}");
    assert_eq!(
        (&closed["provisional"], &closed["closed"]),
        (&false.into(), &true.into())
    );
}

fn each_role_hears_that_it_runs(rated: &Rated, now: Moment, period: &str) {
    for (role, answer) in rated.each(&format!("/api/v1/accounts/{{own}}?period={period}")) {
        if !matches!(role, "own" | "here" | "bureau" | "local") {
            assert_eq!(answer.status, 404, "{role}");
            continue;
        }
        let account = answer.json();
        for told in [&account, &account["account"]] {
            assert_eq!(told["provisional"], true, "{role} {period}");
            assert_eq!(told["revision"], 0, "{role} {period}");
            assert_eq!(told["source"], "open_ledger_statements_land");
            let as_of: Moment = told["as_of"].as_str().unwrap().parse().unwrap();
            assert!(as_of >= now.plus_ms(-60_000), "{as_of}");
        }
        assert_eq!(
            (
                &account["closed"],
                account["revisions"].as_array().unwrap().len()
            ),
            (&false.into(), 0)
        );
        let figures = account["account"]["figures"].as_array().unwrap();
        let has_tax = figures.iter().any(|one| one["kind"] == "tax");
        assert_eq!(has_tax, matches!(role, "own" | "bureau"), "{role}");
        for figure in figures {
            let id = text(&figure["id"]);
            assert!(id.ends_with(&format!(":{period}:0")), "{id}");
        }
    }
}

fn a_meter_of_it_is_provisional(rated: &Rated, month: Month) {
    let register = rated.json("own", &format!("/api/v1/accounts/{{own}}?period={month}"));
    let figures = register["account"]["figures"].as_array().unwrap();
    let electricity = figures
        .iter()
        .find(|one| one["kind"] == "electricity_kwh")
        .unwrap();
    let source = rated.json(
        "own",
        &format!("/api/v1/sources/{}", text(&electricity["id"])),
    );
    let meter = text(&source["inputs"][0]["figure"]);
    let source = rated.json("own", &format!("/api/v1/sources/{meter}"));
    assert_eq!(
        (&source["provisional"], &source["version"]["ledger"]),
        (&true.into(), &Value::Null)
    );
    for (role, answer) in rated.each(&format!("/api/v1/sources/{meter}")) {
        let sees = matches!(role, "own" | "here" | "bureau" | "local");
        assert_eq!(answer.status, if sees { 200 } else { 404 }, "{role}");
    }
}

/// Action, object, role and request id of the log, the newest last.
fn log(rated: &Rated) -> Vec<(String, String, String, String)> {
    let file = rated.city.stage.data_dir().join("registry.db");
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let file = rusqlite::Connection::open_with_flags(file, flags).unwrap();
    let mut asking = file
        .prepare("SELECT action, object, role, request FROM audit ORDER BY number")
        .unwrap();
    let rows = asking.query_map([], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// What the bureau asks for, as what it stands in the log, and of what.
fn looks_at_tax(rated: &Rated) -> [(String, &'static str, String); 6] {
    let (own, year) = (&rated.city.own, &rated.year);
    [
        (
            format!("/api/v1/accounts/{own}?period={year}"),
            "tax.read",
            format!("account {own} {year}"),
        ),
        (
            format!("/api/v1/accounts?period={year}&k=tax"),
            "tax.read",
            format!("accounts {year}"),
        ),
        (
            format!("/api/v1/sources/tax:{own}:{year}:1"),
            "tax.read",
            format!("source tax:{own}:{year}:1"),
        ),
        (
            format!("/api/v1/ratings/{year}/{own}"),
            "score.read",
            format!("rating {own} {year}"),
        ),
        (
            format!("/api/v1/sources/score:{own}:{year}:1"),
            "score.read",
            format!("score {own} {year}"),
        ),
        (
            format!("/api/v1/map?park={}&k=tax_per_mu&p={year}", rated.city.here),
            "tax.read",
            "map ".to_owned(),
        ),
    ]
}

pub(crate) fn what_the_bureau_looks_at_tax_for_is_in_the_log(rated: &Rated) {
    let (own, year) = (&rated.city.own, &rated.year);
    let server = &rated.city.server;
    let bureau = cookie(server, &serde_json::json!({"role": "bureau"}));
    let said = "X-Purpose: %E5%B9%B4%E5%BA%A6%E8%AF%84%E4%BB%B7%E5%A4%8D%E6%A0%B8";
    for (path, action, object) in looks_at_tax(rated) {
        // Without a purpose nothing is shown, and nothing is noted as shown.
        let before = log(rated).len();
        let silent = server.send("GET", &path, &[&bureau], b"");
        let told = status_and_code(&silent);
        assert_eq!(told, (400, "purpose_needed".into()), "{path}");
        assert_eq!(log(rated).len(), before, "{path}");
        let before = log(rated).len();
        let answer = server.send("GET", &path, &[&bureau, said], b"");
        assert_eq!(answer.status, 200, "{path}");
        let lines = log(rated);
        let new = &lines[before..];
        assert_eq!(new.len(), 1, "{path} {new:?}");
        let (did, what, role, request) = &new[0];
        assert_eq!(
            Some(request.as_str()),
            answer.header("x-request-id"),
            "{path}"
        );
        assert_eq!((did.as_str(), role.as_str()), (action, "bureau"), "{path}");
        assert!(what.starts_with(&object), "{path} {what}");
        assert!(what.ends_with("; purpose: 年度评价复核"), "{path} {what}");
        for wrong in [
            "X-Purpose: %",
            "X-Purpose: %FF",
            "X-Purpose: %0A",
            "X-Purpose:",
        ] {
            let answer = server.send("GET", &path, &[&bureau, wrong], b"");
            assert_eq!(answer.status, 400, "{path} {wrong}");
        }
    }
    // What touches no tax, and an enterprise's look at its own, are not logged.
    let own_cookie = cookie(
        server,
        &serde_json::json!({"role": "enterprise", "enterprise": own}),
    );
    let before = log(rated).len();
    for (who, path) in [
        (
            &bureau,
            format!("/api/v1/accounts/{own}?period={year}&k=land_mu"),
        ),
        (&bureau, format!("/api/v1/map?park={}", rated.city.here)),
        (&own_cookie, format!("/api/v1/accounts/{own}?period={year}")),
        (&own_cookie, format!("/api/v1/sources/tax:{own}:{year}:1")),
    ] {
        assert_eq!(server.send("GET", &path, &[who], b"").status, 200, "{path}");
    }
    assert_eq!(log(rated).len(), before);
}

/// A park of two enterprises beside those of the city: its own total may not be shown, and so neither
/// may the total over all parks, which less the others is it.
pub(crate) fn a_total_tells_nobody_of_a_small_park(rated: &Rated) {
    let year = &rated.year;
    let total = |role: &str, park: &str| {
        let map = rated.json(role, &format!("/api/v1/map?k=output_per_mu&p={year}{park}"));
        map["total"]["value"].clone()
    };
    let here = format!("&park={}", rated.city.here);
    for (role, park) in [("local", ""), ("local", here.as_str()), ("bureau", "")] {
        assert!(total(role, park).is_string(), "{role} {park}");
    }
    let import = |kind: &str, text: &str| {
        let path = rated.city.stage.path(&format!("small-{kind}"));
        std::fs::write(&path, text).unwrap();
        let line = ["import", kind, path.to_str().unwrap(), "--crs", "EPSG:4326"];
        let words = if kind == "parcels" {
            &line[..]
        } else {
            &line[..3]
        };
        rated.city.stage.ok(words);
    };
    let (mut enterprises, mut features) = (String::new(), Vec::new());
    let (mut land, mut statements) = (String::new(), String::new());
    for number in [1, 2] {
        let (code, west) = (code(number), f64::from(number).mul_add(0.01, 120.75));
        let (east, south, north) = (west + 0.002, 31.05, 31.0515);
        writeln!(
            enterprises,
            "{code},小园{number}厂,SMALL,,C39,above,2001-02-03,,"
        )
        .unwrap();
        writeln!(land, "{code},SMALL-{number},owned,20000,,,,2020-01-01,").unwrap();
        writeln!(
            statements,
            "{code},{year},output_value,{number}00,万元,统计"
        )
        .unwrap();
        features.push(format!(
            r#"{{"type":"Feature","properties":{{"parcel":"SMALL-{number}","park":"SMALL"}},"geometry":{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}"#
        ));
    }
    import("parks", "park,name,district,kind\nSMALL,小园,高新区,\n");
    import(
        "enterprises",
        &format!(
            "enterprise,name,park,area,industry,scale,established,group,capital_origin\n{enterprises}"
        ),
    );
    import(
        "parcels",
        &format!(
            r#"{{"type":"FeatureCollection","features":[{}]}}"#,
            features.join(",")
        ),
    );
    import(
        "land",
        &format!("enterprise,parcel,kind,m2,floor_m2,far,counterparty,valid_from,valid_to\n{land}"),
    );
    import(
        "statements",
        &format!("enterprise,period,indicator,value,unit,source\n{statements}"),
    );
    until(Duration::from_mins(2), "accounts of the small park", || {
        total("bureau", "&park=SMALL").is_string().then_some(())
    });
    assert_eq!(total("local", "&park=SMALL"), Value::Null);
    assert_eq!(total("local", ""), Value::Null);
    assert!(total("local", &here).is_string());
    assert!(total("bureau", "").is_string());
}
