//! The ledger over a log that was set back, and where a register is expected no more.

use std::sync::Arc;

use parkpulse::access::Principal;
use parkpulse::calendar::Month;
use parkpulse::jobs::{LedgerKeeper, add_up};
use parkpulse::park::{MeterRow, Validity};
use parkpulse::store::registry::Entries;

use super::keeper_ground::{DAY_MS, Ground, begin, days, over_every_engine};

over_every_engine! {
    in_memory: Kept::InMemory, embedded: Kept::Embedded;
    [
        an_older_log_is_followed_from_where_it_is,
        an_older_log_may_overtake_the_ledger_before_it_is_asked,
        what_is_expected_no_more_is_taken_back,
    ]
}

/// 10 an hour from `from` to `to`, both included.
#[expect(clippy::cast_precision_loss, reason = "small whole numbers")]
fn steady(from: i64, to: i64) -> Vec<(i64, f64)> {
    (from..=to).map(|hour| (hour, (hour * 10) as f64)).collect()
}

/// The ledger of `ground` has passed three days; the log behind it was then set back to the first of
/// them.
async fn set_back(ground: &Ground) -> (Ground, LedgerKeeper) {
    ground.meters(1).await;
    for part in 0..3 {
        ground.commit(1, &steady(part * 24, part * 24 + 23)).await;
    }
    ground.pass().await;
    let restored = ground.another().await;
    restored.commit(1, &steady(0, 23)).await;
    let keeper = ground.over(Arc::clone(&restored.engine));
    (restored, keeper)
}

/// What comes after a backup was brought back is taken in, though its batches have numbers that the
/// ledger had passed before.
async fn an_older_log_is_followed_from_where_it_is(ground: Ground) {
    let (restored, keeper) = set_back(&ground).await;
    keeper.pass().await.unwrap();
    for part in 1..4 {
        restored.commit(1, &steady(part * 24, part * 24 + 24)).await;
    }
    keeper.pass().await.unwrap();
    assert_eq!(
        ground.lines(days(0, 4)).await,
        ["E-001 960.00 1.0000 1.0000"]
    );
}

/// Gateways may have sent more than the ledger had passed before it looks at the log for the first time.
async fn an_older_log_may_overtake_the_ledger_before_it_is_asked(ground: Ground) {
    let (restored, keeper) = set_back(&ground).await;
    // As a start does before its doors open.
    let newest = *restored.engine.watch().borrow();
    keeper.registry.note_log(newest).await.unwrap();
    for (from, to) in [(24, 71), (72, 95), (96, 97)] {
        restored.commit(1, &steady(from, to)).await;
    }
    keeper.registry.note_log(newest).await.unwrap();
    keeper.pass().await.unwrap();
    let expected = ["E-001 960.00 1.0000 1.0000"];
    assert_eq!(ground.lines(days(0, 4)).await, expected);
    // And from there on as ever: the mark is gone, and the log is let go.
    let newest = *restored.engine.watch().borrow();
    let at = keeper.registry.ledger_cursor().await.unwrap();
    assert_eq!(at, Some(newest));
    restored.commit(1, &steady(98, 120)).await;
    keeper.pass().await.unwrap();
    let newest = *restored.engine.watch().borrow();
    assert_eq!(keeper.registry.ledger_cursor().await.unwrap(), Some(newest));
    assert_eq!(restored.engine.cursor("ledger").unwrap(), Some(newest));
    let expected = ["E-001 1200.00 1.0000 1.0000"];
    assert_eq!(ground.lines(days(0, 5)).await, expected);
}

async fn what_is_expected_no_more_is_taken_back(ground: Ground) {
    let from = begin().plus_ms(-31 * DAY_MS);
    let row = |to| MeterRow {
        validity: Validity::new(from, to).unwrap(),
        ..ground.row(1, 1)
    };
    ground.lay(Entries::Meters(vec![row(None)])).await;
    ground.clock.set(begin().plus_ms(40 * DAY_MS));
    ground.commit(1, &[(0, 0.0), (31 * 24, 500.0)]).await;
    ground.pass().await;
    let january: Month = "2026-01".parse().unwrap();
    let registry = &ground.keeper.registry;
    let (all, ladder) = (Principal::local(), add_up::ladder(registry).await.unwrap());
    let kwh = [ground.kwh];
    let closed = async || {
        let close = registry.find_close(january).await.unwrap().unwrap();
        let figures = add_up::closed_meters((registry, &ladder), &all, &kwh, &close);
        let figures = figures.await.unwrap().remove(0);
        let used = figures
            .iter()
            .map(|one| one.rollup.used().map(|used| used.rounded(1)));
        (close.revision, used.collect::<Vec<_>>())
    };
    assert_eq!(closed().await, (1, vec![Some("500.0".to_owned())]));

    // It had ended before: an earlier import had said that it goes on.
    ground.lay(Entries::Meters(vec![row(Some(begin()))])).await;
    ground.clock.set(begin().plus_ms(42 * DAY_MS));
    ground.pass().await;
    assert_eq!(closed().await, (2, vec![]));
    ground.clock.set(begin().plus_ms(44 * DAY_MS));
    ground.pass().await;
    assert_eq!(closed().await, (2, vec![]), "once");
}
