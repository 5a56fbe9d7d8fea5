//! The pages of enterprise, operator, bureau and public on a demo as `parkpulse demo` lays it, and
//! the ledger of a month against the accounts it is made of.

use std::time::Duration;

use serde_json::{Value, json};

use parkpulse::calendar::Month;
use parkpulse::units::Exact;

use crate::pages_browser::run_node;
use crate::pages_park::now;
use crate::pages_rights::{cookie, text};
use crate::stage::{Server, Stage, parkpulse, until};

/// The newest closed month whole, whatever the day of the month, and some of the one before.
const DAYS: &str = "70";

struct Demo {
    _stage: Stage,
    server: Server,
    park: String,
    own: String,
    other: String,
    year: String,
    month: String,
}

impl Demo {
    /// A park that lives: with its simulator, a rated year and closed months.
    fn open() -> Self {
        let stage = Stage::new();
        let mut command = parkpulse(&stage.data_dir());
        command.args(["demo", "--scale", "park", "--days", DAYS]);
        let (data_dir, log) = (stage.data_dir(), stage.path("demo.log"));
        let server = Server::start_within(Duration::from_mins(4), command, &data_dir, &log);
        let year = until(Duration::from_mins(4), "a rated year", || {
            let rated = server.get("/api/v1/ratings").json();
            rated["items"][0]["year"].as_str().map(str::to_owned)
        });
        // Months are closed one after the other: the newest that is due comes last.
        let month = Month::of(now().plus_ms(-3 * 86_400_000))
            .previous()
            .to_string();
        until(
            Duration::from_mins(4),
            "the newest month that is due",
            || {
                let accounts = server.get(&format!("/api/v1/accounts?limit=1&period={month}"));
                (accounts.json()["closed"] == true).then_some(())
            },
        );
        let choices = server.get("/api/v1/session").json();
        let (own, other) = pick(&server, &year, &month);
        Self {
            park: text(&choices["parks"][0]["park"]),
            own,
            other,
            year,
            month,
            server,
            _stage: stage,
        }
    }

    fn as_role(&self, choice: &Value, path: &str) -> crate::stage::Answer {
        let cookie = cookie(&self.server, choice);
        self.server.send("GET", path, &[&cookie], b"")
    }

    fn as_own(&self, path: &str) -> Value {
        let answer = self.as_role(&json!({"role": "enterprise", "enterprise": self.own}), path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }
}

/// Two enterprises of the park that are rated, those with the most figures in their ledger.
fn pick(server: &Server, year: &str, month: &str) -> (String, String) {
    let accounts = server.get(&format!("/api/v1/accounts?limit=1000&period={month}"));
    let accounts = accounts.json();
    let count = |code: &str| {
        let mut all = accounts["items"].as_array().unwrap().iter();
        let own = all.find(|one| one["key"] == code);
        own.map_or(0, |own| own["figures"].as_array().unwrap().len())
    };
    let rated = server
        .get(&format!("/api/v1/ratings/{year}?limit=1000"))
        .json();
    let items = rated["items"].as_array().unwrap().iter();
    let mut codes: Vec<String> = items
        .filter(|one| one["grade"] != "T")
        .map(|one| text(&one["enterprise"]))
        .collect();
    codes.sort_by_key(|code| std::cmp::Reverse(count(code)));
    (codes[0].clone(), codes[1].clone())
}

/// All of it on one demo, which takes a while to lay.
#[test]
fn a_demo_shows_each_role_real_figures_and_a_ledger_that_can_be_recomputed() {
    let demo = Demo::open();
    the_ledger_is_what_the_accounts_say(&demo);
    nobody_else_finds_the_ledger(&demo);
    what_was_set_aside_is_shown_to_its_own_alone(&demo);
    run_node(
        "tests/browser/city.test.mjs",
        &[
            ("PARKPULSE_URL", format!("http://{}", demo.server.http)),
            ("PARKPULSE_PARK", demo.park.clone()),
            (
                "PARKPULSE_CITY",
                json!({"own": demo.own, "year": demo.year, "month": demo.month}).to_string(),
            ),
        ],
    );
}

fn decimal(value: &Value) -> Exact {
    Exact::decimal(value.as_str().unwrap()).unwrap()
}

fn the_ledger_is_what_the_accounts_say(demo: &Demo) {
    let (own, month) = (&demo.own, &demo.month);
    let ledger = demo.as_own(&format!("/api/v1/ledgers/{own}"));
    assert_eq!(ledger["period"], month.as_str(), "the newest closed month");
    let account = demo.as_own(&format!("/api/v1/accounts/{own}?period={month}"));
    let figures = account["account"]["figures"].as_array().unwrap();
    let figure = |figures: &[Value], id: &Value| {
        let mut all = figures.iter();
        all.find(|one| one["id"] == *id)
            .unwrap_or_else(|| panic!("{id}"))
            .clone()
    };
    let rows = ledger["rows"].as_array().unwrap();
    assert!(rows.len() >= 4, "{ledger}");
    let mut coal = Exact::zero();
    for row in rows {
        let same = figure(figures, &row["id"]);
        for field in ["kind", "value", "unit", "known_share"] {
            assert_eq!(row[field], same[field], "{field} {row}");
        }
        if row["tce"].is_string() {
            coal += &decimal(&row["tce"]);
        }
        the_comparison_is_with_the_other_month(demo, row);
    }
    let total = rows.iter().find(|row| row["kind"] == "tce_equal").unwrap();
    // Each part was rounded to 4 places.
    let off = &decimal(&total["value"]) - &coal;
    let most = Exact::decimal("0.0005").unwrap();
    let is_rounding = (&off + &most).is_within(&(&most + &most));
    assert!(is_rounding, "{coal:?} {total}");
    let land = &ledger["land"];
    assert_eq!(land["value"], figure(figures, &land["id"])["value"]);
    assert!(!land["parcels"].as_array().unwrap().is_empty());
    let months = ledger["months"].as_array().unwrap();
    assert!(
        months
            .iter()
            .any(|one| one["month"] == month.as_str() && one["value"] == total["value"])
    );
    for (query, status) in [
        ("?month=2026-13", 400),
        ("?month=2025", 400),
        ("?v=99", 404),
        ("?days=3", 400),
    ] {
        let choice = json!({"role": "enterprise", "enterprise": own});
        let answer = demo.as_role(&choice, &format!("/api/v1/ledgers/{own}{query}"));
        assert_eq!(answer.status, status, "{query}: {}", answer.text());
    }
    let open = demo.as_own(&format!("/api/v1/ledgers/{own}?month=1999-01"));
    assert_eq!(
        (&open["closed"], &open["rows"]),
        (&json!(false), &json!([]))
    );
}

fn the_comparison_is_with_the_other_month(demo: &Demo, row: &Value) {
    let before = &row["month_before"];
    if before.is_null() {
        return;
    }
    let period = text(&before["period"]);
    let account = demo.as_own(&format!("/api/v1/accounts/{}?period={period}", demo.own));
    let figures = account["account"]["figures"].as_array().unwrap();
    let then = figures
        .iter()
        .find(|one| one["kind"] == row["kind"])
        .unwrap();
    assert_eq!(
        (&before["id"], &before["value"]),
        (&then["id"], &then["value"])
    );
    let base = decimal(&then["value"]);
    // A demo whose history begins inside the month before has no whole one to compare with.
    let is_partial = !before["begun"].as_object().unwrap().is_empty();
    assert_eq!(before["unlike"] == "partial_then", is_partial, "{row}");
    if !base.is_positive() || is_partial {
        assert!(before["change"].is_null(), "{row}");
        return;
    }
    let rise = (&decimal(&row["value"]) - &base).over(&base).unwrap();
    let percent = &rise * &Exact::whole(100);
    assert_eq!(before["change"], percent.rounded(1).as_str(), "{row}");
}

fn nobody_else_finds_the_ledger(demo: &Demo) {
    let own = &demo.own;
    let absent = demo.server.get("/api/v1/parcels/NONE/card").json();
    let enterprise = |code: &str| json!({"role": "enterprise", "enterprise": code});
    let rows = [
        (json!({"role": "public"}), 404),
        (enterprise(&demo.other), 404),
        (enterprise(own), 200),
        (json!({"role": "operator", "park": demo.park}), 200),
        (json!({"role": "bureau"}), 200),
    ];
    for (choice, status) in rows {
        for path in ["", "/table.csv"] {
            let answer = demo.as_role(&choice, &format!("/api/v1/ledgers/{own}{path}"));
            assert_eq!(answer.status, status, "{choice} {path}: {}", answer.text());
            if status == 404 {
                assert_eq!(answer.json()["detail"], absent["detail"]);
            }
        }
    }
}

/// The demo has a gateway or two with something in quarantine.
fn what_was_set_aside_is_shown_to_its_own_alone(demo: &Demo) {
    let gateways = demo.server.get("/api/v1/gateways?limit=1000").json();
    let list = demo.server.get("/api/v1/quarantine?limit=1000").json();
    let Some(item) = list["items"].as_array().unwrap().first() else {
        panic!("the demo has nothing in quarantine: {list}");
    };
    let mut gateways = gateways["items"].as_array().unwrap().iter();
    let owner = gateways
        .find(|one| one["gateway"] == item["gateway"])
        .unwrap();
    let owner = text(&owner["enterprise"]);
    let path = format!("/api/v1/quarantine/{}", item["number"]);
    let whole = demo
        .as_role(&json!({"role": "enterprise", "enterprise": owner}), &path)
        .json();
    assert_eq!(whole["digest"], item["digest"]);
    assert_eq!(whole["raw"].is_string(), item["kept"] == true, "{whole}");
    let others = [
        json!({"role": "public"}),
        json!({"role": "enterprise", "enterprise": demo.another_than(&owner)}),
    ];
    for choice in others {
        assert_eq!(demo.as_role(&choice, &path).status, 404, "{choice}");
    }
    for absent in ["/api/v1/quarantine/999999999", "/api/v1/quarantine/x"] {
        assert_eq!(demo.server.get(absent).status, 404, "{absent}");
    }
}

impl Demo {
    fn another_than(&self, code: &str) -> &str {
        if self.own == code {
            &self.other
        } else {
            &self.own
        }
    }
}
