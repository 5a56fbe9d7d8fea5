//! Enterprises that move: a closed period counts each where it was registered at the period's end,
//! whatever is registered of it later.

use parkpulse::jobs::import::Kind;
use parkpulse::store::registry::Holder;

use crate::book_ground::{Books, moment};
use crate::import::{code, enterprises};

/// Registers everybody in the other park, from now on.
async fn all_move(books: &Books) {
    let moved = enterprises().replace(",P1,A1,", ",P2,,");
    let moved = moved.replace(",P1,", ",P2,");
    books.town.takes(Kind::Enterprises, &moved).await;
}

async fn park_of(books: &Books, period: &str, revision: u32) -> Option<String> {
    let accounts = books.accounts(period, revision).await;
    match &accounts[code(1).as_str()].holder {
        Holder::Enterprise(_, park) => Some(park.to_string()),
        _ => None,
    }
}

#[tokio::test]
async fn a_closed_period_keeps_the_park_in_which_a_firm_was_at_its_end() {
    let books = Books::open().await;
    books.town.clock.set(moment("2026-02-05"));
    books
        .reads(&[
            ("2026-01-01", 0.0),
            ("2026-02-01", 100.0),
            ("2026-03-01", 300.0),
            ("2026-03-02", 310.0),
        ])
        .await;
    books.states(&[("2025", "tax_net_inbound", "60")]).await;
    books.pass("2026-02-05").await;
    books.town.clock.set(moment("2026-02-20"));
    all_move(&books).await;
    books.pass("2026-03-05").await;
    for closed in ["2026-01", "2025"] {
        assert_eq!(books.revisions(closed).await, 1, "{closed}");
        assert_eq!(park_of(&books, closed, 9).await.as_deref(), Some("P1"));
    }
    let kwh = "electricity_kwh";
    assert_eq!(books.value("2026-01", 9, "P1", kwh).await, "4000.0000");
    assert_eq!(park_of(&books, "2026-02", 9).await.as_deref(), Some("P2"));
    assert_eq!(books.value("2026-02", 9, "P2", kwh).await, "8000.0000");
}

/// A total that nobody adds to any more is not left standing beside that of the other park.
#[tokio::test]
async fn a_park_without_an_enterprise_any_more_has_an_empty_total() {
    let books = Books::open().await;
    books
        .reads(&[("2026-01-01", 0.0), ("2026-02-01", 100.0)])
        .await;
    books.pass("2026-02-05").await;
    let kwh = "electricity_kwh";
    assert_eq!(books.value("2026-01", 9, "P1", kwh).await, "4000.0000");
    // Registered while the month still ran.
    books.town.clock.set(moment("2026-01-20"));
    all_move(&books).await;
    books.pass("2026-02-06").await;
    assert_eq!(books.revisions("2026-01").await, 2);
    assert_eq!(books.value("2026-01", 9, "P1", kwh).await, "-");
    assert_eq!(books.value("2026-01", 9, "P2", kwh).await, "4000.0000");
    assert_eq!(books.value("2026-01", 9, "city", kwh).await, "4000.0000");
}
