//! A registry of each released format is opened, brought forward, and shows what was in it.

use std::sync::Arc;

use parkpulse::access::Principal;
use parkpulse::calendar::{Clock, ClockAt, Moment};
use parkpulse::park::GatewayNo;
use parkpulse::store::registry::{HoldingFilter, Registry, Settings};

/// Every released format, as SQL.
const RELEASED: &[&str] = &[include_str!("../data/registry-1.sql")];

async fn brought_forward(directory: &std::path::Path, released: &str) -> Registry {
    let file = rusqlite::Connection::open(directory.join("registry.db")).unwrap();
    file.execute_batch(released).unwrap();
    drop(file);
    let now: Moment = "2026-11-22T13:00:00+08:00".parse().unwrap();
    let clock = Arc::new(ClockAt::new(now)) as Arc<dyn Clock>;
    let settings = Settings::of(directory.to_owned());
    Registry::open(settings, clock).await.unwrap()
}

#[tokio::test]
async fn every_released_format_is_brought_forward_with_all_that_is_in_it() {
    for released in RELEASED {
        let directory = tempfile::tempdir().unwrap();
        let registry = brought_forward(directory.path(), released).await;
        let who = Principal::local();
        let at: Moment = "2026-11-22T13:00:00+08:00".parse().unwrap();
        let before = at.plus_ms(-86_400_000);
        let name = |parks: Vec<parkpulse::park::Park>| parks[0].name.to_string();
        let now = registry.list_parks(&who, at, None, 9).await.unwrap();
        let then = registry.list_parks(&who, before, None, 9).await.unwrap();
        let names = (name(then.entries), name(now.entries));
        assert_eq!(names, ("老名字".into(), "一号园".into()));
        let parcels = registry
            .list_parcels(&who, at, None, None, 9)
            .await
            .unwrap();
        assert_eq!(
            parcels.entries[0].outline.area().get().to_string(),
            "47.46072"
        );
        let holdings = registry.list_holdings(&who, HoldingFilter::default(), None, 9);
        assert_eq!(holdings.await.unwrap().entries.len(), 1);
        let roster = registry.directory().current();
        let meter = roster.find_meter("E-01").unwrap();
        assert_eq!((meter.number.get(), meter.channels.len()), (7, 1));
        let history = registry
            .find_meter_history(&who, &meter.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(history.rows[0].multiplier.to_string(), "60");
        assert_eq!(history.replacements.len(), 1);
        let gateway = roster.find_gateway("gw-1").unwrap().number;
        assert_eq!(gateway, GatewayNo::new(3));
        let kept = registry.resume_session(gateway, "gw-1", at).await.unwrap();
        assert_eq!(kept.unwrap()[0].qos, 1);
        assert_eq!(
            registry
                .list_audit(&who, None, 9)
                .await
                .unwrap()
                .entries
                .len(),
            1
        );
    }
}

/// What an older release kept of a register says of its newest row as if it had always been.
#[tokio::test]
async fn a_register_that_an_older_release_walked_is_expected_as_it_said() {
    let directory = tempfile::tempdir().unwrap();
    let registry = brought_forward(directory.path(), RELEASED[0]).await;
    let file = rusqlite::Connection::open(directory.path().join("registry.db")).unwrap();
    let kept = "INSERT INTO ledger_series
        (meter, indicator, interval_ms, valid_from, valid_to, terms) VALUES (7, 1, 900000, 1000, 5000, 'x')";
    file.execute_batch(kept).unwrap();
    let (key, series) = registry.list_series().await.unwrap().pop_first().unwrap();
    let expected = &series.expectation;
    assert_eq!(expected.valid_from(), Moment::from_unix_ms(1000));
    assert_eq!(expected.valid_to(), Some(Moment::from_unix_ms(5000)));
    assert_eq!(
        (expected.terms().len(), expected.newest_interval_ms()),
        (1, 900_000)
    );
    // Once it is walked anew it says so row by row.
    registry
        .save_series(&[(key, series.clone())].into())
        .await
        .unwrap();
    assert_eq!(registry.list_series().await.unwrap()[&key], series);
    let text: String = file
        .query_row("SELECT expected FROM ledger_series", [], |row| row.get(0))
        .unwrap();
    assert_eq!(text, "1000 5000 900000");
}
