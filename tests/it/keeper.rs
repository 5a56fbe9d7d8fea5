//! The ledger in the server: batches become accounts, late ones change them, months are closed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use parkpulse::access::{Principal, Role};
use parkpulse::calendar::Month;
use parkpulse::jobs::add_up;
use parkpulse::ledger::on_parcels;
use parkpulse::park::{MeterNo, MeterRow, Standing, Validity, land_of};
use parkpulse::reading::Quality;
use parkpulse::store::Decision;
use parkpulse::store::registry::{Entries, SeriesKey};
use parkpulse::units::Exact;
use tokio_util::sync::CancellationToken;

use super::keeper_ground::{
    DAY_MS, Ground, HOUR_MS, begin, code, days, meter_id, over_every_engine,
};

over_every_engine! {
    in_memory: Kept::InMemory, embedded: Kept::Embedded;
    [
        batches_become_accounts,
        batches_in_any_order_come_to_the_same,
        one_late_value_in_a_year_of_400_meters_reads_two_days_of_one,
        what_comes_in_order_reads_nothing_twice,
        what_comes_again_in_one_batch_counts_once,
        a_decision_changes_the_account,
        other_terms_walk_all_days_again,
        a_log_that_was_set_back_is_looked_at_anew,
        a_month_is_closed_once_and_again_when_late_data_change_it,
        a_closed_month_stays_as_it_was_closed_until_it_is_closed_again,
        sums_count_no_meter_twice,
        who_may_not_see_a_series_gets_no_figure_of_it,
        what_is_to_come_is_not_missing,
        the_keeper_follows_until_it_is_stopped,
    ]
}

/// `per_hour` an hour from `from` to `to`, both included.
#[expect(clippy::cast_precision_loss, reason = "small whole numbers")]
fn steady(from: i64, to: i64, per_hour: i64) -> Vec<(i64, f64)> {
    (from..=to)
        .map(|hour| (hour, (hour * per_hour) as f64))
        .collect()
}

async fn batches_become_accounts(ground: Ground) {
    ground.meters(2).await;
    ground.commit(1, &steady(0, 48, 10)).await;
    ground.pass().await;
    assert_eq!(
        ground.lines(days(0, 2)).await,
        ["E-001 480.00 1.0000 1.0000", "E-002 - 0.0000 0.0000"]
    );
    assert_eq!(
        ground.lines(days(1, 3)).await[0],
        "E-001 240.00 0.5000 0.5208"
    );
    // A batch that was taken in costs nothing any more, not even after a restart.
    let read = ground.values_read();
    ground.pass().await;
    assert_eq!(ground.values_read(), read);
}

async fn batches_in_any_order_come_to_the_same(ground: Ground) {
    ground.meters(1).await;
    for part in [3, 0, 4, 1, 2] {
        let part: Vec<_> = steady(part * 20, part * 20 + 19, 10);
        ground.commit(1, &part).await;
        ground.pass().await;
    }
    // Again, and one with another value.
    ground.commit(1, &steady(30, 40, 10)).await;
    ground.commit(1, &[(50, 1.0)]).await;
    ground.pass().await;
    assert_eq!(
        ground.lines(days(0, 4)).await,
        ["E-001 960.00 1.0000 1.0000"]
    );
    let mut conflicts = 0;
    let key = SeriesKey {
        meter: MeterNo::new(1),
        indicator: ground.kwh,
    };
    let who = Principal::local();
    let registry = &ground.keeper.registry;
    registry
        .visit_sheets(&who, ground.kwh, None, days(0, 4), |one| {
            assert_eq!(one.key, key);
            conflicts = one.sheet.account(days(0, 4), DAY_MS).unwrap().conflicts;
        })
        .await
        .unwrap();
    assert_eq!(conflicts, 1);
}

async fn one_late_value_in_a_year_of_400_meters_reads_two_days_of_one(ground: Ground) {
    const QUARTER: i64 = 96;
    let every_quarter = |meter| MeterRow {
        interval_s: 900,
        ..ground.row(meter, 1)
    };
    ground
        .lay(Entries::Meters((1..=400).map(every_quarter).collect()))
        .await;
    // Before any month is due: closing reads no readings, but takes its time.
    ground.clock.set(begin());
    for meter in 1..=400 {
        let every_tenth: Vec<_> = steady(0, 365 * 24, 1).into_iter().step_by(240).collect();
        ground.commit(meter, &every_tenth).await;
    }
    // The late meter and its neighbours have every quarter of an hour of the year, but for the one
    // that comes late: 23:30 of day 200. The others are sparse, or the year would take minutes.
    let late = 201 * QUARTER - 2;
    for meter in [6, 7, 8] {
        for month in 0..12 {
            let quarters = (month * 365 / 12 * QUARTER)..((month + 1) * 365 / 12 * QUARTER);
            let kept = quarters.filter(|at| (meter, *at) != (7, late));
            ground
                .commit_quarters(meter, &kept.collect::<Vec<_>>())
                .await;
        }
    }
    ground.pass().await;
    let read = ground.values_read();
    ground.commit_quarters(7, &[late]).await;
    ground.pass().await;
    let read = ground.values_read() - read;
    let two_days = u64::try_from(2 * QUARTER).unwrap();
    assert!((2..=two_days).contains(&read), "{read} values were read");
    ground.clock.set(begin().plus_ms(202 * DAY_MS));
    let after = ground.lines(days(200, 201)).await;
    assert_eq!(after[6], "E-007 24.00 1.0000 1.0000");
}

async fn what_comes_in_order_reads_nothing_twice(ground: Ground) {
    ground.meters(1).await;
    ground.commit(1, &steady(0, 20, 10)).await;
    ground.pass().await;
    for hour in 21..=30 {
        let read = ground.values_read();
        ground.commit(1, &steady(hour, hour, 10)).await;
        ground.pass().await;
        assert_eq!(ground.values_read(), read, "at hour {hour}");
    }
    assert_eq!(
        ground.lines(days(0, 1)).await,
        ["E-001 240.00 1.0000 1.0000"]
    );
    // A late one and one in order at once, then one in order.
    ground.commit(1, &[(32, 320.0)]).await;
    ground.pass().await;
    ground.commit(1, &[(31, 310.0), (33, 330.0)]).await;
    ground.commit(1, &[(34, 340.0)]).await;
    ground.pass().await;
    assert_eq!(
        ground.lines(days(1, 2)).await[0],
        "E-001 100.00 0.4167 0.4583"
    );
}

async fn what_comes_again_in_one_batch_counts_once(ground: Ground) {
    ground.meters(1).await;
    let good = |hour: i64, number| (hour * HOUR_MS, number, Quality::Good);
    // A bad one first takes no place; another value is a conflict, however often it comes.
    let values = [
        good(0, 0.0),
        (HOUR_MS, 10.0, Quality::Bad),
        good(1, 10.0),
        good(1, 10.0),
        good(1, 12.0),
        good(1, 12.0),
        good(2, 20.0),
    ];
    ground.commit_all(1, &values).await;
    ground.pass().await;
    assert_eq!(ground.values_read(), 0, "in order");
    assert_eq!(
        ground.lines(days(0, 1)).await[0],
        "E-001 20.00 0.0833 0.1250"
    );
    let (mut conflicts, mut hours) = (0, Vec::new());
    let registry = &ground.keeper.registry;
    registry
        .visit_sheets(&Principal::local(), ground.kwh, None, days(0, 1), |one| {
            let account = one.sheet.account(days(0, 1), HOUR_MS).unwrap();
            conflicts = account.conflicts;
            let used = account.steps.iter().take(2);
            hours = used
                .map(|step| step.used.clone().unwrap().rounded(0))
                .collect();
        })
        .await
        .unwrap();
    assert_eq!(
        (conflicts, hours),
        (1, vec!["10".to_owned(), "10".to_owned()])
    );
}

async fn a_decision_changes_the_account(ground: Ground) {
    ground.meters(1).await;
    ground
        .commit(1, &[(0, 0.0), (1, 10.0), (2, 20.0), (2, 25.0)])
        .await;
    ground.pass().await;
    assert_eq!(
        ground.lines(days(0, 1)).await[0],
        "E-001 20.00 0.0833 0.1250"
    );
    let decision = Decision {
        meter: MeterNo::new(1),
        indicator: ground.kwh,
        at: begin().plus_ms(2 * HOUR_MS),
        chosen: Some(25.0),
        who: "operator".into(),
        reason: "read by hand".into(),
        decided_at: begin(),
    };
    ground.engine.decide(decision).unwrap();
    ground.pass().await;
    assert_eq!(
        ground.lines(days(0, 1)).await[0],
        "E-001 25.00 0.0833 0.1250"
    );
}

async fn other_terms_walk_all_days_again(ground: Ground) {
    ground.meters(1).await;
    ground.commit(1, &steady(0, 96, 1)).await;
    ground.pass().await;
    assert_eq!(
        ground.lines(days(0, 4)).await[0],
        "E-001 96.00 1.0000 1.0000"
    );
    let from_third_day = MeterRow {
        multiplier: 3.into(),
        validity: Validity::new(begin().plus_ms(2 * DAY_MS), None).unwrap(),
        ..ground.row(1, 1)
    };
    ground.lay(Entries::Meters(vec![from_third_day])).await;
    ground.pass().await;
    assert_eq!(
        ground.lines(days(0, 4)).await[0],
        "E-001 192.00 1.0000 1.0000"
    );
    // A replacement that is registered after the fact.
    let at = begin().plus_ms(96 * HOUR_MS + HOUR_MS / 2);
    ground.commit(1, &[(97, 5.0), (98, 6.0)]).await;
    ground.pass().await;
    assert_eq!(
        ground.lines(days(4, 5)).await[0],
        "E-001 3.00 0.0417 0.1250"
    );
    ground.replace(1, at, 97, 4).await;
    ground.pass().await;
    assert_eq!(
        ground.lines(days(4, 5)).await[0],
        "E-001 9.00 0.0833 0.1250"
    );
}

async fn a_log_that_was_set_back_is_looked_at_anew(ground: Ground) {
    ground.meters(2).await;
    ground.commit(1, &steady(0, 48, 10)).await;
    ground.commit(1, &steady(49, 72, 10)).await;
    ground.commit(2, &steady(0, 24, 1)).await;
    ground.pass().await;
    let restored = ground.another().await;
    restored.commit(1, &steady(0, 24, 10)).await;
    let keeper = ground.over(Arc::clone(&restored.engine));
    keeper.pass().await.unwrap();
    assert_eq!(
        ground.lines(days(0, 3)).await,
        ["E-001 240.00 0.3333 0.3472", "E-002 - 0.0000 0.0000"]
    );
    restored.commit(1, &steady(25, 48, 10)).await;
    keeper.pass().await.unwrap();
    assert_eq!(
        ground.lines(days(0, 2)).await[0],
        "E-001 480.00 1.0000 1.0000"
    );
}

async fn a_month_is_closed_once_and_again_when_late_data_change_it(ground: Ground) {
    ground.meters(2).await;
    let january: Month = "2026-01".parse().unwrap();
    let registry = &ground.keeper.registry;
    let revision = async || {
        let close = registry.find_close(january).await.unwrap();
        close.map(|close| (close.revision, close.entries))
    };
    ground.clock.set(begin().plus_ms(33 * DAY_MS));
    ground.commit(1, &steady(0, 31 * 24, 10)).await;
    ground.commit(2, &[(0, 0.0), (31 * 24, 74.4)]).await;
    ground.pass().await;
    assert_eq!(revision().await, None, "not before close_after");
    ground.clock.set(begin().plus_ms(34 * DAY_MS));
    ground.pass().await;
    assert_eq!(revision().await, Some((1, 2)));
    let first = registry.closed_entries(january, 1).await.unwrap();
    let used: Vec<_> = first.values().map(|entry| entry.used.as_deref()).collect();
    assert_eq!(used, [Some("7440.0000"), Some("74.4000")]);

    // A duplicate changes nothing; a late value does, but not within the hour.
    ground.clock.set(begin().plus_ms(35 * DAY_MS));
    ground.commit(1, &steady(5, 6, 10)).await;
    ground.pass().await;
    assert_eq!(revision().await, Some((1, 2)));
    ground.commit(2, &[(31 * 24 + 24, 98.4), (24, 1.0)]).await;
    ground.pass().await;
    assert_eq!(revision().await, Some((2, 1)));
    ground.commit(2, &[(48, 3.0)]).await;
    ground.pass().await;
    assert_eq!(revision().await, Some((2, 1)));
    ground.clock.set(begin().plus_ms(35 * DAY_MS + HOUR_MS));
    ground.pass().await;
    assert_eq!(revision().await, Some((3, 1)));
    let complete = async |revision| {
        let entries = registry.closed_entries(january, revision).await.unwrap();
        let all = entries
            .values()
            .map(|entry| entry.completeness.clone().unwrap());
        all.collect::<Vec<_>>()
    };
    assert_eq!(complete(1).await, ["1.0000", "0.0013"]);
    assert_eq!(complete(2).await, ["1.0000", "0.0027"]);
    assert_eq!(complete(3).await, ["1.0000", "0.0040"]);
}

async fn a_closed_month_stays_as_it_was_closed_until_it_is_closed_again(ground: Ground) {
    ground.meters(1).await;
    let january: Month = "2026-01".parse().unwrap();
    let registry = &ground.keeper.registry;
    let (all, ladder) = (Principal::local(), add_up::ladder(registry).await.unwrap());
    let kwh = [ground.kwh];
    ground.clock.set(begin().plus_ms(35 * DAY_MS));
    ground.commit(1, &[(0, 0.0), (30 * 24, 72.0)]).await;
    ground.pass().await;
    let closed = async || {
        let close = registry.find_close(january).await.unwrap().unwrap();
        let figures = add_up::closed_meters((registry, &ladder), &all, &kwh, &close);
        let figures = figures.await.unwrap().remove(0);
        let sum = &add_up::by_enterprise(&figures)[&figures[0].enterprise];
        let (used, known) = (sum.used().unwrap().rounded(1), sum.known_share().rounded(4));
        (close.revision, used, known)
    };
    let first = (1, "72.0".to_owned(), "0.9677".to_owned());
    assert_eq!(closed().await, first);

    // A late reading is in the ledger at once, and in the closed month with its next revision.
    ground.commit(1, &[(31 * 24, 80.0)]).await;
    ground.pass().await;
    let live = ground.figures(&all, january.period()).await;
    assert_eq!(live[0].rollup.used().unwrap().rounded(1), "80.0");
    assert_eq!(closed().await, first);
    ground.clock.set(begin().plus_ms(35 * DAY_MS + HOUR_MS));
    ground.pass().await;
    assert_eq!(closed().await, (2, "80.0".to_owned(), "1.0000".to_owned()));
}

async fn sums_count_no_meter_twice(ground: Ground) {
    let below_main = |meter, owner| MeterRow {
        parent: Some(meter_id(1)),
        ..ground.row(meter, owner)
    };
    let rows = vec![
        ground.row(1, 1),
        below_main(2, 1),
        below_main(3, 2),
        ground.row(4, 2),
    ];
    ground.lay(Entries::Meters(rows)).await;
    for (meter, per_hour) in [(1, 10), (2, 4), (3, 3), (4, 2)] {
        ground.commit(meter, &steady(0, 24, per_hour)).await;
    }
    ground.pass().await;
    let figures = ground.figures(&Principal::local(), days(0, 1)).await;
    let used = |rollup: &parkpulse::ledger::Rollup| rollup.used().unwrap().rounded(0);
    let by_enterprise = add_up::by_enterprise(&figures);
    let sums: Vec<_> = by_enterprise.values().map(used).collect();
    // What the other enterprise draws below the main meter is sold on to it, and in no sum twice.
    assert_eq!(sums, ["168", "120"]);
    let park: Vec<_> = add_up::by_park(&figures).values().map(used).collect();
    assert_eq!(park, ["288"]);

    let standing = |owner, land: i64| Standing {
        enterprise: code(owner),
        land_m2: Exact::whole(land),
        share: Exact::whole(1),
    };
    let standings = BTreeMap::from([
        ("L-1".parse().unwrap(), vec![standing(1, 300)]),
        (
            "L-2".parse().unwrap(),
            vec![standing(1, 100), standing(2, 50)],
        ),
        ("L-3".parse().unwrap(), vec![]),
    ]);
    let parcels = on_parcels(&by_enterprise, &standings, &land_of(&standings));
    let sums: Vec<_> = parcels
        .values()
        .map(|one| one.used().map(|used| used.rounded(0)))
        .collect();
    assert_eq!(sums, [Some("126".into()), Some("162".into()), None]);
    assert_eq!(
        parcels.values().next().unwrap().known_share().rounded(4),
        "1.0000"
    );
}

async fn who_may_not_see_a_series_gets_no_figure_of_it(ground: Ground) {
    ground
        .lay(Entries::Meters(vec![ground.row(1, 1), ground.row(2, 2)]))
        .await;
    ground.pass().await;
    let seen = async |role| {
        let who = Principal {
            name: "somebody".into(),
            role,
        };
        let figures = ground.figures(&who, days(0, 1)).await;
        figures
            .iter()
            .map(|figure| figure.meter.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(seen(Role::Enterprise(code(2))).await, ["E-002"]);
    assert_eq!(
        seen(Role::Operator(vec!["P-1".parse().unwrap()]))
            .await
            .len(),
        2
    );
    assert!(
        seen(Role::Operator(vec!["P-2".parse().unwrap()]))
            .await
            .is_empty()
    );
    assert!(seen(Role::Public).await.is_empty());
}

async fn what_is_to_come_is_not_missing(ground: Ground) {
    ground.meters(1).await;
    ground.commit(1, &steady(0, 12, 10)).await;
    ground.pass().await;
    ground.clock.set(begin().plus_ms(12 * HOUR_MS + 60_000));
    assert_eq!(
        ground.lines(days(0, 31)).await[0],
        "E-001 120.00 1.0000 1.0000"
    );
    ground.clock.set(begin().plus_ms(24 * HOUR_MS));
    assert_eq!(
        ground.lines(days(0, 31)).await[0],
        "E-001 120.00 0.5000 0.5417"
    );
}

async fn the_keeper_follows_until_it_is_stopped(ground: Ground) {
    ground.meters(1).await;
    let stop = CancellationToken::new();
    let keeper = ground.over(Arc::clone(&ground.engine));
    let task = tokio::spawn(keeper.run(stop.clone()));
    ground.commit(1, &steady(0, 24, 10)).await;
    let expected = ["E-001 240.00 1.0000 1.0000"];
    let follow = async {
        while ground.lines(days(0, 1)).await != expected {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), follow)
        .await
        .unwrap();
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(5), task)
        .await
        .unwrap()
        .unwrap();
}
