//! The keeper of the book: months and years are closed from the closed ledger, late data and
//! statements make the next revision, and what changes nothing makes none.

use std::sync::Arc;
use std::time::Duration;

use parkpulse::access::{Principal, Role};
use parkpulse::jobs::import::Kind;
use parkpulse::jobs::{PROVISIONAL, ProvisionalAccounts};
use parkpulse::ledger::figure::AccountPeriod;
use parkpulse::ledger::holder::GapCode;
use parkpulse::store::registry::Holder;
use tokio_util::sync::CancellationToken;

use crate::accounts::is_reproduced;
use crate::import::code;

use crate::book_ground::{Books, moment};

#[tokio::test]
async fn a_month_is_closed_once_and_again_when_late_data_change_it() {
    let books = Books::open().await;
    let one = code(1).to_string();
    // Behind a transformer of 40.
    books
        .reads(&[
            ("2026-01-01", 0.0),
            ("2026-01-31", 300.0),
            ("2026-02-02", 340.0),
        ])
        .await;
    books.pass("2026-02-03").await;
    assert_eq!(books.revisions("2026-01").await, 0, "not due yet");
    books.pass("2026-02-05").await;
    assert_eq!(books.revisions("2026-01").await, 1);
    assert_eq!(
        books.value("2026-01", 1, &one, "electricity_kwh").await,
        "12800.0000"
    );
    assert_eq!(books.value("2026-01", 1, &one, "tce_equal").await, "3.8400");
    assert_eq!(
        books.value("2026-01", 1, &one, "kwh_per_mu").await,
        "426.6667"
    );
    books.pass("2026-02-05T01:00:00+08:00").await;
    assert_eq!(books.revisions("2026-01").await, 1, "nothing changed");

    // What comes late changes how much of it lies before the border.
    books.reads(&[("2026-02-01", 330.0)]).await;
    books.pass("2026-02-09").await;
    assert_eq!(books.revisions("2026-01").await, 2);
    assert_eq!(
        books.value("2026-01", 1, &one, "electricity_kwh").await,
        "12800.0000"
    );
    assert_eq!(
        books.value("2026-01", 2, &one, "electricity_kwh").await,
        "13200.0000"
    );
    let kept = books.accounts("2026-01", 2).await;
    assert_eq!(kept[&one].account.revision, 2);
    // Whoever it did not touch keeps the account of the first closing.
    assert_eq!(kept[code(2).as_str()].account.revision, 1);
    let input = &kept[&one].account.find("electricity_kwh").unwrap().inputs[0];
    assert_eq!(
        input.figure.as_ref().unwrap().to_string(),
        "kwh_register:E-01:2026-01:2"
    );
    for one in kept.values() {
        one.account.figures.iter().for_each(is_reproduced);
    }
}

#[tokio::test]
async fn a_month_in_which_a_meter_is_first_read_says_since_when() {
    let books = Books::open().await;
    let one = code(1).to_string();
    books
        .reads(&[
            ("2026-01-12", 0.0),
            ("2026-02-01", 200.0),
            ("2026-03-01", 590.0),
            ("2026-03-02", 600.0),
        ])
        .await;
    books.pass("2026-03-05").await;
    let begun = async |month: &str, revision: u32, kind: &str| {
        let accounts = books.accounts(month, revision).await;
        let gaps = accounts[&one].account.begun(kind).into_iter();
        gaps.map(|gap| format!("{} {}", gap.what, gap.detail))
            .collect::<Vec<_>>()
    };
    for kind in ["electricity_kwh", "tce_equal", "kwh_per_mu"] {
        assert_eq!(begun("2026-01", 1, kind).await, ["E-01 2026-01-12"]);
        assert_eq!(begun("2026-02", 1, kind).await, Vec::<String>::new());
    }
    assert!(begun("2026-01", 1, "land_mu").await.is_empty());
    // What came late before it: it was read on the first day, and the month is whole.
    books.reads(&[("2026-01-01", 0.0)]).await;
    books.pass("2026-03-09").await;
    let revision = u32::try_from(books.revisions("2026-01").await).unwrap();
    assert_eq!(revision, 2);
    assert!(begun("2026-01", 2, "tce_equal").await.is_empty());
}

#[tokio::test]
async fn a_statement_that_comes_late_is_the_next_revision_of_its_periods_alone() {
    let books = Books::open().await;
    let one = code(1).to_string();
    books
        .reads(&[
            ("2026-01-01", 0.0),
            ("2026-03-01", 590.0),
            ("2026-03-02", 600.0),
        ])
        .await;
    books.pass("2026-03-05").await;
    books.states(&[("2026-01", "output_value", "500")]).await;
    books.pass("2026-03-05T01:00:00+08:00").await;
    assert_eq!(books.revisions("2026-01").await, 2);
    assert_eq!(books.revisions("2026-02").await, 1);
    assert_eq!(books.value("2026-01", 1, &one, "output_per_mu").await, "-");
    assert_eq!(
        books.value("2026-01", 2, &one, "output_per_mu").await,
        "16.6667"
    );
    assert_eq!(
        books.value("2026-01", 2, "P1", "output_per_mu").await,
        "11.1111"
    );
    assert_eq!(
        books.value("2026-01", 2, "city", "output_value").await,
        "500.00"
    );
    // The same file again changes nothing, and a pass over nothing new keeps nothing.
    books.states(&[("2026-01", "output_value", "500")]).await;
    books.pass("2026-03-05T02:00:00+08:00").await;
    assert_eq!(books.revisions("2026-01").await, 2);
}

#[tokio::test]
async fn a_year_is_closed_when_its_months_are_and_follows_their_revisions() {
    let books = Books::open().await;
    let one = code(1).to_string();
    let mut readings = vec![("2026-01-01", 0.0)];
    // A span is settled by the reading after it: until then it closes no month.
    readings.push(("2027-01-01", 36_500.0));
    readings.push(("2027-01-02", 36_600.0));
    books.reads(&readings).await;
    books
        .states(&[
            ("2026", "tax_net_inbound", "90"),
            ("2025", "tax_net_inbound", "60"),
        ])
        .await;
    books.pass("2027-01-03").await;
    assert_eq!(books.revisions("2026").await, 0, "December is not closed");
    // A year of which only statements are known is over, too.
    assert_eq!(books.value("2025", 1, &one, "tax_per_mu").await, "2.0000");
    books.pass("2027-01-04").await;
    assert_eq!(
        books.value("2026", 1, &one, "electricity_kwh").await,
        "1460000.0000"
    );
    assert_eq!(books.value("2026", 1, &one, "tce_equal").await, "438.0000");
    assert_eq!(books.value("2026", 1, &one, "tax_per_tce").await, "0.2055");
    let account = &books.accounts("2026", 1).await[&one].account;
    let figure = account.find("electricity_kwh").unwrap();
    assert_eq!(figure.inputs.len(), 12);
    assert_eq!(figure.known_share.as_deref(), Some("1.0000"));
    // Months are rounded once each, and the year adds up what is printed of them.
    books.reads(&[("2026-07-01", 18_000.0)]).await;
    books.pass("2027-01-08").await;
    assert_eq!(books.revisions("2026").await, 2);
    assert_eq!(
        books.value("2026", 2, &one, "electricity_kwh").await,
        "1459999.9998"
    );
    let account = &books.accounts("2026", 2).await[&one].account;
    let of_july = &account.find("electricity_kwh").unwrap().inputs[6];
    assert_eq!(of_july.figure.as_ref().unwrap().revision, 2);
}

#[tokio::test]
async fn a_year_of_statements_alone_closes_three_days_after_its_end() {
    let books = Books::open().await;
    books.states(&[("2026", "tax_net_inbound", "60")]).await;
    for (now, revisions) in [
        ("2026-12-31", 0),
        ("2027-01-03T23:59:59+08:00", 0),
        ("2027-01-04", 1),
        ("2027-02-01", 1),
    ] {
        books.pass(now).await;
        assert_eq!(books.revisions("2026").await, revisions, "{now}");
    }
}

/// Which of two sources counts is a rule in data; the other stands beside it, whoever came first.
#[tokio::test]
async fn the_department_counts_though_the_enterprise_stated_first() {
    let books = Books::open().await;
    let one = code(1).to_string();
    let states = async |value: &str, source: &str| {
        let text = format!(
            "enterprise,period,indicator,value,unit,source\n{one},2026,output_value,{value},万元,{source}\n"
        );
        books.town.takes(Kind::Statements, &text).await;
    };
    states("90", "企业申报").await;
    states("100", "统计局").await;
    states("95", "工信").await;
    books.pass("2027-01-04").await;
    assert_eq!(books.value("2026", 1, &one, "output_value").await, "100.00");
    let kept = books.accounts("2026", 1).await;
    let gaps = kept[&one].account.gaps.iter();
    let beside: Vec<&str> = gaps
        .filter(|gap| gap.code == GapCode::StatedTwice)
        .map(|gap| gap.detail.as_str())
        .collect();
    assert_eq!(beside, ["工信 95", "企业申报 90"]);
}

/// A year that is stated and metered must not be closed from its statements alone while its
/// readings are still being taken in: the first thing anybody saw would be a revision.
#[tokio::test]
async fn nothing_is_closed_while_the_ledger_settles() {
    let books = Books::open().await;
    books.states(&[("2025", "tax_net_inbound", "12")]).await;
    let begin = moment("2025-01-01");
    for day in 0_u32..300 {
        let at = begin.plus_ms(i64::from(day) * 86_400_000).to_string();
        books.reads(&[(&at, f64::from(day))]).await;
    }
    books.town.clock.set(moment("2026-02-05"));
    let settling = Arc::clone(&books.ledger.settling);
    let stop = CancellationToken::new();
    let keeps = async {
        while settling.percent().is_none() {
            tokio::task::yield_now().await;
        }
        Arc::clone(&books.book).run(stop.clone()).await;
    };
    tokio::select! {
        biased;
        () = keeps => panic!("nobody stopped it"),
        done = books.ledger.pass() => done.unwrap(),
    }
    assert_eq!(
        books.revisions("2025").await,
        0,
        "closed from half a ledger"
    );
    let closed = async {
        while books.revisions("2025").await == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = Arc::clone(&books.book).run(stop.clone()) => panic!("nobody stopped it"),
        closed = tokio::time::timeout(Duration::from_secs(30), closed) => closed.unwrap(),
    }
    assert_eq!(books.revisions("2025-10").await, 1);
}

#[tokio::test]
async fn whoever_asks_finds_the_accounts_that_are_theirs() {
    let books = Books::open().await;
    books
        .reads(&[("2026-01-01", 0.0), ("2026-02-01", 300.0)])
        .await;
    books.pass("2026-02-05").await;
    let roles: [(Role, usize, usize); 9] = [
        (Role::Public, 0, 0),
        (Role::Enterprise(code(1)), 1, 2),
        (Role::Enterprise(code(9)), 0, 2),
        (Role::Operator(vec!["P1".parse().unwrap()]), 2, 2),
        (Role::Operator(vec!["P2".parse().unwrap()]), 0, 2),
        (Role::Kiosk("P1".parse().unwrap()), 2, 2),
        (Role::Bureau, 2, 2),
        (Role::AdminSystem, 0, 0),
        (Role::AdminAudit, 0, 0),
    ];
    let period: AccountPeriod = "2026-01".parse().unwrap();
    for (role, own, sums) in roles {
        let who = Principal {
            name: "somebody".into(),
            role,
        };
        let registry = &books.town.registry;
        let page = registry
            .list_accounts(&who, period, 1, None, None, 100)
            .await
            .unwrap();
        assert_eq!(page.entries.len(), own, "{:?}", who.role);
        let totals = registry.list_totals(&who, period, 1).await.unwrap();
        assert_eq!(totals.len(), sums, "{:?}", who.role);
        assert!(sums == 0 || totals.last().unwrap().holder == Holder::City);
    }
}

#[tokio::test]
async fn an_open_period_has_provisional_accounts_and_a_closed_one_none() {
    let books = Books::open().await;
    let one = code(1).to_string();
    books
        .reads(&[
            ("2026-01-01", 0.0),
            ("2026-01-11", 100.0),
            ("2026-02-02", 340.0),
            ("2026-02-06", 350.0),
        ])
        .await;
    let open = async |period: &str| {
        books
            .book
            .provisional(period.parse().unwrap())
            .await
            .unwrap()
    };
    let value = |all: &ProvisionalAccounts, key: &str, kind: &str| {
        let mut kept = all.accounts.iter();
        let kept = kept.find(|kept| kept.holder.key() == key).unwrap();
        assert_eq!(kept.account.revision, PROVISIONAL);
        let figure = kept.account.find(kind).unwrap();
        is_reproduced(figure);
        figure.value.clone().unwrap_or_else(|| "-".into())
    };
    books.pass("2026-02-03").await;
    let january = open("2026-01").await.unwrap();
    assert_eq!(january.as_of, moment("2026-02-03"));
    let so_far = value(&january, &one, "electricity_kwh");
    assert_eq!(value(&january, "P1", "electricity_kwh"), so_far);
    assert_eq!(value(&january, "city", "electricity_kwh"), so_far);
    assert_eq!(books.revisions("2026-01").await, 0, "nothing is kept");
    // Within seconds the same answer is given again; then a new one.
    books.town.clock.set(moment("2026-02-03T00:00:05+08:00"));
    assert!(Arc::ptr_eq(&open("2026-01").await.unwrap(), &january));
    books.town.clock.set(moment("2026-02-03T00:01:00+08:00"));
    assert!(!Arc::ptr_eq(&open("2026-01").await.unwrap(), &january));
    // Closed: the provisional one is gone, and what it said was what was closed.
    books.pass("2026-02-07").await;
    assert!(open("2026-01").await.is_none());
    let closed = books.value("2026-01", 1, &one, "electricity_kwh").await;
    assert_eq!(
        (so_far.as_str(), closed.as_str()),
        ("13163.6364", "13163.6364")
    );
    // A year is made of closed months and of what is known of the open one.
    let year = open("2026").await.unwrap();
    assert_eq!(value(&year, &one, "electricity_kwh"), "14000.0000");
    let kept = year
        .accounts
        .iter()
        .find(|kept| kept.holder.key() == one)
        .unwrap();
    let inputs = &kept.account.find("electricity_kwh").unwrap().inputs;
    let ids: Vec<String> = inputs
        .iter()
        .map(|one| one.figure.as_ref().unwrap().to_string())
        .collect();
    let id = |month: &str| format!("electricity_kwh:{one}:{month}");
    assert_eq!(ids, [id("2026-01:1"), id("2026-02:0")]);
    assert!(
        kept.account
            .gaps
            .iter()
            .all(|gap| gap.code != GapCode::MonthMissing)
    );
    for never in ["2026-03", "2027", "2025", "2025-12"] {
        assert!(open(never).await.is_none(), "{never}");
    }
}
