//! Gaps that are longer than a month: what lies in them is closed all the same, and again when
//! something else is known of it. 1 kWh an hour unless a test says otherwise.

use parkpulse::calendar::Month;
use parkpulse::park::{MeterNo, MeterRow, Validity};
use parkpulse::store::Decision;
use parkpulse::store::registry::Entries;

use super::keeper_ground::{DAY_MS, Ground, begin, days, over_every_engine};

over_every_engine! {
    in_memory: Kept::InMemory, embedded: Kept::Embedded;
    [
        a_span_that_ends_in_the_newest_reading_closes_every_month_it_covers,
        such_a_span_changes_months_that_were_closed_before_it_came,
        late_data_that_fill_a_gap_make_the_next_revision,
        a_reading_at_a_border_closes_the_month_before_it_once,
        a_meter_that_falls_silent_is_closed_with_what_is_missing,
        months_in_which_nobody_sends_are_closed,
        a_replacement_in_a_gap_is_in_every_month_of_it,
        another_multiplier_in_a_gap_makes_its_months_unknown,
        a_newest_reading_that_is_decided_away_takes_its_span_with_it,
        a_reading_that_waits_leaves_its_months_unknown,
        a_meter_that_is_registered_late_is_missing_in_closed_months,
        a_meter_that_ended_is_not_expected_in_closed_months,
        what_came_before_a_register_was_known_is_accounted,
        whoever_waits_hears_how_far_it_is,
        another_interval_counts_from_its_day_on,
        nothing_is_expected_between_two_rows,
    ]
}

/// Registers by days after the begin.
async fn read(ground: &Ground, meter: u32, readings: &[(i64, f64)]) {
    let hours: Vec<_> = readings.iter().map(|(day, at)| (day * 24, *at)).collect();
    ground.commit(meter, &hours).await;
}

/// A register that counted 24 a day from the begin on.
fn daily(day: i32) -> (i64, f64) {
    (day.into(), 24.0 * f64::from(day))
}

/// A pass on the day so many days after the begin.
async fn pass_on(ground: &Ground, day: i64) {
    ground.clock.set(begin().plus_ms(day * DAY_MS));
    ground.pass().await;
}

/// Each month of 2026 that is closed: its newest revision, and what each meter came to.
async fn closed(ground: &Ground) -> Vec<String> {
    let registry = &ground.keeper.registry;
    let mut lines = Vec::new();
    for number in 1..=12 {
        let month = Month::new(2026, number).unwrap();
        let Some(close) = registry.find_close(month).await.unwrap() else {
            continue;
        };
        let entries = registry
            .closed_entries(month, close.revision)
            .await
            .unwrap();
        for (key, entry) in entries {
            let used = entry.used.as_deref().unwrap_or("-");
            let (meter, revision) = (key.meter.get(), close.revision);
            let line = format!("{number}.{revision} {meter}: {used} {}", entry.known_share);
            lines.push(format!("{line} {}", entry.flags).trim_end().to_owned());
        }
    }
    lines
}

const STEADY: [&str; 3] = [
    "1.1 1: 744.0000 1.0000",
    "2.1 1: 672.0000 1.0000",
    "3.1 1: 744.0000 1.0000",
];

async fn a_span_that_ends_in_the_newest_reading_closes_every_month_it_covers(ground: Ground) {
    ground.meters(1).await;
    read(&ground, 1, &[(0, 0.0)]).await;
    read(&ground, 1, &[(100, 2400.0)]).await;
    pass_on(&ground, 110).await;
    assert_eq!(closed(&ground).await, STEADY);
    // The next reading settles the span: nothing differs.
    read(&ground, 1, &[(101, 2424.0)]).await;
    pass_on(&ground, 111).await;
    assert_eq!(closed(&ground).await, STEADY);
}

async fn such_a_span_changes_months_that_were_closed_before_it_came(ground: Ground) {
    ground.meters(1).await;
    read(&ground, 1, &[(0, 0.0)]).await;
    pass_on(&ground, 95).await;
    let nothing = ["1.1 1: - 0.0000", "2.1 1: - 0.0000", "3.1 1: - 0.0000"];
    assert_eq!(closed(&ground).await, nothing);
    read(&ground, 1, &[(100, 2400.0)]).await;
    pass_on(&ground, 110).await;
    let steady = [
        "1.2 1: 744.0000 1.0000",
        "2.2 1: 672.0000 1.0000",
        "3.2 1: 744.0000 1.0000",
    ];
    assert_eq!(closed(&ground).await, steady);
}

async fn late_data_that_fill_a_gap_make_the_next_revision(ground: Ground) {
    ground.meters(1).await;
    read(&ground, 1, &[(0, 0.0), (100, 2400.0)]).await;
    pass_on(&ground, 110).await;
    assert_eq!(closed(&ground).await, STEADY);
    // 12 a day until day 40, 32 a day after it.
    read(&ground, 1, &[(40, 480.0)]).await;
    pass_on(&ground, 111).await;
    let filled = [
        "1.2 1: 372.0000 1.0000",
        "2.2 1: 716.0000 1.0000",
        "3.2 1: 992.0000 1.0000",
    ];
    assert_eq!(closed(&ground).await, filled);
}

async fn a_reading_at_a_border_closes_the_month_before_it_once(ground: Ground) {
    ground.meters(1).await;
    read(&ground, 1, &[(0, 0.0), (31, 744.0)]).await;
    pass_on(&ground, 35).await;
    assert_eq!(closed(&ground).await, STEADY[..1]);
    read(&ground, 1, &[(59, 1416.0)]).await;
    pass_on(&ground, 63).await;
    assert_eq!(closed(&ground).await, STEADY[..2]);
    read(&ground, 1, &[(90, 2160.0)]).await;
    pass_on(&ground, 94).await;
    assert_eq!(closed(&ground).await, STEADY);
}

async fn a_meter_that_falls_silent_is_closed_with_what_is_missing(ground: Ground) {
    ground.meters(2).await;
    read(&ground, 1, &[(0, 0.0), (90, 2160.0)]).await;
    read(&ground, 2, &[(0, 0.0), (10, 240.0)]).await;
    pass_on(&ground, 100).await;
    let expected = [
        "1.1 1: 744.0000 1.0000",
        "1.1 2: 240.0000 0.3226",
        "2.1 1: 672.0000 1.0000",
        "2.1 2: - 0.0000",
        "3.1 1: 744.0000 1.0000",
        "3.1 2: - 0.0000",
    ];
    assert_eq!(closed(&ground).await, expected);
}

async fn months_in_which_nobody_sends_are_closed(ground: Ground) {
    ground.meters(1).await;
    read(&ground, 1, &[(0, 0.0), (10, 240.0)]).await;
    pass_on(&ground, 100).await;
    let silent = [
        "1.1 1: 240.0000 0.3226",
        "2.1 1: - 0.0000",
        "3.1 1: - 0.0000",
    ];
    assert_eq!(closed(&ground).await, silent);
    pass_on(&ground, 124).await;
    assert_eq!(closed(&ground).await[3..], ["4.1 1: - 0.0000"]);
}

async fn a_replacement_in_a_gap_is_in_every_month_of_it(ground: Ground) {
    ground.meters(1).await;
    read(&ground, 1, &[(0, 0.0), (90, 500.0)]).await;
    pass_on(&ground, 100).await;
    // It becomes known later: 1000 by the old meter, 500 by the new one.
    ground
        .replace(1, begin().plus_ms(45 * DAY_MS), 1000, 0)
        .await;
    pass_on(&ground, 101).await;
    let replaced = [
        "1.2 1: 516.6667 1.0000 replaced 1",
        "2.2 1: 466.6667 1.0000 replaced 1",
        "3.2 1: 516.6667 1.0000 replaced 1",
    ];
    assert_eq!(closed(&ground).await, replaced);
}

async fn another_multiplier_in_a_gap_makes_its_months_unknown(ground: Ground) {
    ground.meters(1).await;
    read(&ground, 1, &[(0, 0.0), (100, 2400.0)]).await;
    pass_on(&ground, 110).await;
    assert_eq!(closed(&ground).await, STEADY);
    let from_february = MeterRow {
        multiplier: 2.into(),
        validity: Validity::new(begin().plus_ms(45 * DAY_MS), None).unwrap(),
        ..ground.row(1, 1)
    };
    ground.lay(Entries::Meters(vec![from_february])).await;
    pass_on(&ground, 111).await;
    let unknown = [
        "1.2 1: - 0.0000 multiplier_changed 1",
        "2.2 1: - 0.0000 multiplier_changed 1",
        "3.2 1: - 0.0000 multiplier_changed 1",
    ];
    assert_eq!(closed(&ground).await, unknown);
}

async fn a_newest_reading_that_is_decided_away_takes_its_span_with_it(ground: Ground) {
    ground.meters(1).await;
    read(&ground, 1, &[(0, 0.0), (100, 2400.0)]).await;
    pass_on(&ground, 110).await;
    assert_eq!(closed(&ground).await, STEADY);
    let none = Decision {
        meter: MeterNo::new(1),
        indicator: ground.kwh,
        at: begin().plus_ms(100 * DAY_MS),
        chosen: None,
        who: "operator".into(),
        reason: "misread".into(),
        decided_at: begin(),
    };
    ground.engine.decide(none).unwrap();
    pass_on(&ground, 111).await;
    let nothing = ["1.2 1: - 0.0000", "2.2 1: - 0.0000", "3.2 1: - 0.0000"];
    assert_eq!(closed(&ground).await, nothing);
}

async fn a_reading_that_waits_leaves_its_months_unknown(ground: Ground) {
    ground.meters(1).await;
    read(&ground, 1, &[(0, 0.0), (50, 100.0), (100, 10.0)]).await;
    pass_on(&ground, 124).await;
    // 2 a day until day 50; then it fell, and nobody knows yet why.
    let waiting = [
        "1.1 1: 62.0000 1.0000",
        "2.1 1: 38.0000 0.6786",
        "3.1 1: - 0.0000",
        "4.1 1: - 0.0000 unconfirmed 1",
    ];
    assert_eq!(closed(&ground).await, waiting);
}

async fn a_meter_that_is_registered_late_is_missing_in_closed_months(ground: Ground) {
    ground.meters(1).await;
    read(&ground, 1, &[(0, 0.0), (59, 1416.0)]).await;
    pass_on(&ground, 70).await;
    assert_eq!(closed(&ground).await, STEADY[..2]);
    ground.lay(Entries::Meters(vec![ground.row(2, 2)])).await;
    pass_on(&ground, 71).await;
    let expected = [
        "1.2 1: 744.0000 1.0000",
        "1.2 2: - 0.0000",
        "2.2 1: 672.0000 1.0000",
        "2.2 2: - 0.0000",
    ];
    assert_eq!(closed(&ground).await, expected);
}

async fn a_meter_that_ended_is_not_expected_in_closed_months(ground: Ground) {
    ground.meters(1).await;
    read(&ground, 1, &[(0, 0.0), (10, 240.0)]).await;
    pass_on(&ground, 70).await;
    let silent = ["1.1 1: 240.0000 0.3226", "2.1 1: - 0.0000"];
    assert_eq!(closed(&ground).await, silent);
    let ended = MeterRow {
        validity: Validity::new(begin(), Some(begin().plus_ms(10 * DAY_MS))).unwrap(),
        ..ground.row(1, 1)
    };
    ground.lay(Entries::Meters(vec![ended])).await;
    pass_on(&ground, 71).await;
    assert_eq!(closed(&ground).await[0], "1.2 1: 240.0000 1.0000");
}

async fn what_came_before_a_register_was_known_is_accounted(ground: Ground) {
    ground.meters(1).await;
    read(&ground, 1, &[(0, 0.0), (31, 744.0)]).await;
    let second: Vec<_> = (0..=31).map(daily).collect();
    read(&ground, 2, &second).await;
    pass_on(&ground, 40).await;
    assert_eq!(closed(&ground).await, ["1.1 1: 744.0000 1.0000"]);
    ground.lay(Entries::Meters(vec![ground.row(2, 2)])).await;
    pass_on(&ground, 41).await;
    let both = ["1.2 1: 744.0000 1.0000", "1.2 2: 744.0000 1.0000"];
    assert_eq!(closed(&ground).await, both);
}

async fn whoever_waits_hears_how_far_it_is(ground: Ground) {
    ground.meters(1).await;
    for day in 0..300 {
        read(&ground, 1, &[daily(day)]).await;
    }
    let told = std::cell::RefCell::new(Vec::new());
    let settling = &ground.keeper.settling;
    let listen = async {
        loop {
            told.borrow_mut().extend(settling.percent());
            tokio::task::yield_now().await;
        }
    };
    assert_eq!(settling.percent(), None);
    tokio::select! {
        () = ground.pass() => {}
        () = listen => {}
    }
    assert_eq!(settling.percent(), None, "nothing is outstanding");
    let mut told = told.into_inner();
    assert!(
        told.is_sorted() && told.iter().all(|percent| *percent < 100),
        "{told:?}"
    );
    told.dedup();
    assert!(told.len() > 3, "{told:?}");
    // The next batch is nothing to wait for.
    read(&ground, 1, &[(300, 7200.0)]).await;
    ground.pass().await;
    assert_eq!(settling.percent(), None);
}

/// The registers of four days, hour by hour.
fn hourly() -> Vec<(i64, f64)> {
    (0..=96_u8).map(|hour| (hour.into(), hour.into())).collect()
}

async fn another_interval_counts_from_its_day_on(ground: Ground) {
    ground.meters(1).await;
    ground.commit(1, &hourly()).await;
    ground.pass().await;
    let before = ground.lines(days(0, 2)).await;
    assert_eq!(before[0], "E-001 48.00 1.0000 1.0000");
    let from_third_day = MeterRow {
        interval_s: 900,
        validity: Validity::new(begin().plus_ms(2 * DAY_MS), None).unwrap(),
        ..ground.row(1, 1)
    };
    ground.lay(Entries::Meters(vec![from_third_day])).await;
    ground.pass().await;
    assert_eq!(ground.lines(days(0, 2)).await, before);
    let rows = [
        (2, 3, "E-001 24.00 1.0000 0.2500"),
        // 48 of 48 and 48 of 192.
        (0, 4, "E-001 96.00 1.0000 0.4000"),
    ];
    for (from, to, line) in rows {
        assert_eq!(ground.lines(days(from, to)).await[0], line);
    }
}

async fn nothing_is_expected_between_two_rows(ground: Ground) {
    let row = |from: i64, to: Option<i64>| MeterRow {
        validity: Validity::new(
            begin().plus_ms(from * DAY_MS),
            to.map(|to| begin().plus_ms(to * DAY_MS)),
        )
        .unwrap(),
        ..ground.row(1, 1)
    };
    let rows = vec![row(0, Some(1)), row(3, None)];
    ground.lay(Entries::Meters(rows)).await;
    let mut read = hourly();
    read.retain(|(hour, _)| *hour <= 24 || *hour >= 72);
    ground.commit(1, &read).await;
    ground.pass().await;
    let rows = [
        (0, 1, "E-001 24.00 1.0000 1.0000"),
        (0, 4, "E-001 96.00 1.0000 1.0000"),
        (2, 4, "E-001 48.00 1.0000 1.0000"),
    ];
    for (from, to, line) in rows {
        assert_eq!(ground.lines(days(from, to)).await[0], line, "{from} {to}");
    }
}
