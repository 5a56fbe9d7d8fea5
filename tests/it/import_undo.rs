//! Taking an import back: what it replaced counts again, nothing is overwritten, and what was built
//! on it is named in words.

use std::time::Duration;

use parkpulse::access::{Principal, Role};
use parkpulse::calendar::{ClockAt, Moment};
use parkpulse::jobs::import::Kind;
use parkpulse::store::registry::{HoldingFilter, Imported, Mode, Undo, Undone};

use crate::import::{Town, code};
use crate::stage::Stage;

/// How long after its end a period is closed.
const CLOSE_AFTER: Duration = Duration::from_hours(72);

fn statement(value: &str) -> String {
    let one = code(1);
    format!(
        "enterprise,period,indicator,value,unit,source\n{one},2026,output_value,{value},万元,统计\n"
    )
}

fn land(m2: &str, from: &str, to: &str) -> String {
    let one = code(1);
    format!("enterprise,parcel,kind,m2,valid_from,valid_to\n{one},L-1,owned,{m2},{from},{to}\n")
}

/// Each change an hour after the one before, as people make them.
fn later(town: &Town) {
    let clock: &ClockAt = &town.clock;
    clock.set(Moment::from_unix_ms(town.now().unix_ms() + 3_600_000));
}

async fn takes(town: &Town, kind: Kind, text: &str) -> i64 {
    later(town);
    town.takes(kind, text).await;
    imports(town).await[0].number
}

async fn imports(town: &Town) -> Vec<Imported> {
    let who = Principal::local();
    let page = town.registry.list_imports(&who, None, 100).await;
    page.unwrap().entries
}

async fn undo(town: &Town, number: i64, mode: Mode) -> Undo {
    later(town);
    let who = Principal::local();
    town.registry
        .undo_import(&who, number, CLOSE_AFTER, mode)
        .await
        .unwrap()
}

async fn refused(town: &Town, number: i64) -> String {
    match undo(town, number, Mode::Apply).await {
        Undo::Refused(why) => why.to_string(),
        other => panic!("{other:?}"),
    }
}

async fn stated(town: &Town) -> Vec<String> {
    let who = Principal::local();
    let periods = ["2026".parse().unwrap()];
    let found = town.registry.stated_for(&who, &periods).await.unwrap();
    found.iter().map(|one| one.value.to_string()).collect()
}

fn sql(town: &Town, text: &str) -> Vec<i64> {
    let file = town.directory.path().join("registry.db");
    let connection = rusqlite::Connection::open(file).unwrap();
    let mut statement = connection.prepare(text).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[tokio::test]
async fn what_it_replaced_counts_again_and_nothing_is_overwritten() {
    let town = Town::settled().await;
    let first = takes(&town, Kind::Statements, &statement("100")).await;
    let second = takes(&town, Kind::Statements, &statement("120")).await;
    assert_eq!(stated(&town).await, ["120"]);
    let why = refused(&town, first).await;
    assert!(
        why.starts_with(&format!("import {second} changed 1 of its rows")),
        "{why}"
    );
    let expected = Undone {
        number: second + 1,
        removed: 1,
        restored: 1,
    };
    assert_eq!(
        undo(&town, second, Mode::DryRun).await,
        Undo::Done(expected)
    );
    assert_eq!(stated(&town).await, ["120"], "a dry run changed something");
    assert_eq!(undo(&town, second, Mode::Apply).await, Undo::Done(expected));
    assert_eq!(stated(&town).await, ["100"]);
    assert_eq!(
        sql(&town, "SELECT COUNT(*) FROM statement"),
        [3],
        "something was overwritten"
    );
    let why = refused(&town, second).await;
    assert_eq!(why, format!("import {} took it back already", second + 1));
    let why = refused(&town, second + 1).await;
    assert!(why.contains("itself the taking back"), "{why}");
    assert_eq!(undo(&town, 999, Mode::Apply).await, Undo::NotThere);

    let all = imports(&town).await;
    assert_eq!(
        (all[0].undoes, all[1].undone_by),
        (Some(second), Some(second + 1))
    );
    assert_eq!(
        (all[1].file.as_str(), all[1].rows, all[1].changed),
        ("x.csv", 1, 1)
    );
    assert_eq!(all[1].digest.len(), 64);
    let log = town
        .registry
        .list_audit(&Principal::local(), None, 1)
        .await
        .unwrap();
    let said = (
        log.entries[0].action.as_str(),
        log.entries[0].object.clone(),
    );
    assert_eq!(said, ("import.undo", format!("statements {second}")));
    let clerk = Principal {
        name: "clerk".into(),
        role: Role::Enterprise(code(1)),
    };
    let hidden = town
        .registry
        .undo_import(&clerk, first, CLOSE_AFTER, Mode::Apply)
        .await
        .unwrap();
    assert_eq!(hidden, Undo::NotThere);
}

#[tokio::test]
async fn land_goes_back_to_the_row_that_was_ended() {
    let town = Town::settled().await;
    let first = takes(&town, Kind::Land, &land("100", "2020-01-01", "")).await;
    let second = takes(&town, Kind::Land, &land("200", "2024-01-01", "2025-01-01")).await;
    let third = takes(&town, Kind::Land, &land("300", "2025-01-01", "")).await;
    let why = refused(&town, second).await;
    assert!(
        why.starts_with(&format!("import {third} goes on from its rows")),
        "{why}"
    );
    assert!(
        refused(&town, first)
            .await
            .contains(&format!("import {second} changed 1 of"))
    );
    for number in [third, second] {
        assert!(matches!(
            undo(&town, number, Mode::Apply).await,
            Undo::Done(_)
        ));
    }
    let who = Principal::local();
    let held = town
        .registry
        .list_holdings(&who, HoldingFilter::default(), None, 10)
        .await;
    let held = held.unwrap().entries;
    assert_eq!(held.len(), 1);
    assert_eq!(
        held[0].validity.to(),
        None,
        "the first holding is not open again"
    );
    let parks = imports(&town)
        .await
        .into_iter()
        .find(|one| one.kind == "parks")
        .unwrap();
    assert!(
        refused(&town, parks.number)
            .await
            .contains("an import of parks is not taken back")
    );
}

#[tokio::test]
async fn what_a_closing_or_a_rating_used_stays() {
    let town = Town::settled().await;
    let rows = [
        (
            "account_close VALUES ('2026', 1, {}, 1, 'x', 1)",
            "the accounts of 2026 were closed with it",
        ),
        (
            "assessment VALUES (2026, 1, {}, 1, 'x', 's', 't', 'f', 'l', 'd')",
            "the rating of 2026 was computed with it",
        ),
    ];
    for (row, expected) in rows {
        let number = takes(
            &town,
            Kind::Statements,
            &statement(&format!("{}", row.len())),
        )
        .await;
        let at = town.now().unix_ms();
        let file = town.directory.path().join("registry.db");
        let connection = rusqlite::Connection::open(file).unwrap();
        let insert = |at: i64| {
            let text = format!("INSERT INTO {}", row.replace("{}", &at.to_string()));
            connection.execute(&text, []).unwrap();
        };
        insert(at + 1);
        let why = refused(&town, number).await;
        assert!(why.contains(expected), "{why}");
        let table = row.split(' ').next().unwrap();
        connection
            .execute(&format!("DELETE FROM {table}"), [])
            .unwrap();
        // What was there before goes on without it.
        insert(at - 1);
        assert!(matches!(
            undo(&town, number, Mode::DryRun).await,
            Undo::Done(_)
        ));
        connection
            .execute(&format!("DELETE FROM {table}"), [])
            .unwrap();
    }
}

#[test]
fn the_command_lists_reports_and_takes_back() {
    let stage = Stage::new();
    stage.register_park();
    let file = stage.path("conduct.csv");
    let head = "enterprise,kind,code,source,valid_from";
    let row = format!(
        "{},honour,high_tech,科技,2025-01-01",
        crate::stage::ENTERPRISE
    );
    std::fs::write(&file, format!("{head}\n{row}\n")).unwrap();
    stage.ok(&["import", "conduct", file.to_str().unwrap()]);
    let listed = stage.ok(&["imports", "list"]);
    let first = listed.lines().next().unwrap();
    assert!(
        first.contains("conduct.csv: 1 added, 0 changed"),
        "{listed}"
    );
    let number = first.split(' ').next().unwrap();
    let report = stage.ok(&["imports", "report", number]);
    assert!(report.contains("1 rows, csv_utf8, SHA-256 "), "{report}");
    let tried = stage.ok(&["imports", "undo", number, "--dry-run"]);
    assert!(tried.contains("would be taken back"), "{tried}");
    let done = stage.ok(&["imports", "undo", number]);
    assert!(
        done.contains(": 1 rows count no longer, 0 count again"),
        "{done}"
    );
    let again = stage.run(&["imports", "undo", number]);
    assert_eq!(again.status.code(), Some(1));
    let said = String::from_utf8(again.stderr).unwrap();
    assert!(said.contains("took it back already"), "{said}");
    let listed = stage.ok(&["imports", "list", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed[0]["undoes"].to_string(), number);
}
