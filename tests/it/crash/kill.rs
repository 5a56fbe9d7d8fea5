//! kill -9, again and again, with messages on the wire; some rounds inside a fold, some inside a
//! compaction, and once at every failpoint (contract.md 8).

use std::time::{Duration, Instant};

use super::publisher::{Gateway, Publisher, Record, Sent};
use super::site::{INDICATORS, assert_kept, register};
use crate::stage::{Server, Stage};

/// Rounds in `make test`; `make crash` asks for more by `PARKPULSE_CRASH_ROUNDS`.
const ROUNDS: usize = 32;
/// Messages that must be unacknowledged when the server is killed.
const UNACKNOWLEDGED_MIN: usize = 100;
/// A writer that answers nothing for so long, with its window full, stands at its failpoint.
const SILENCE: Duration = Duration::from_millis(1500);

/// Where a round ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Anywhere,
    Fold,
    Compaction,
}

impl At {
    fn of(round: usize) -> Self {
        match round % 4 {
            1 => Self::Fold,
            3 => Self::Compaction,
            _ => Self::Anywhere,
        }
    }

    /// The failpoint that stops the writer there, so that the kill cannot miss.
    fn failpoints(self, round: usize) -> Option<String> {
        let passes = round / 4 % 3;
        match self {
            Self::Anywhere => None,
            Self::Fold => Some(format!("during_fold={passes}*off->pause")),
            Self::Compaction => Some("during_compaction=pause".to_owned()),
        }
    }
}

/// Messages with values that no other message has: 70 days ago and on, one second apart.
struct Source {
    next: i64,
    begin: i64,
}

impl Source {
    fn new() -> Self {
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap();
        let begin = i64::try_from(now.as_millis()).unwrap() - 70 * 86_400_000;
        Self {
            next: 0,
            begin: begin / 1000 * 1000,
        }
    }

    fn message(&mut self, gateway: &Gateway) -> Vec<Sent> {
        let number = self.next;
        self.next += 1;
        let meter = &gateway.meters[usize::try_from(number).unwrap() % gateway.meters.len()];
        let at = self.begin + number * 1000;
        let value = |(offset, indicator): (usize, &&'static str)| {
            let number = f64::from(i32::try_from(number).unwrap()) / 100.0;
            (
                meter.clone(),
                *indicator,
                at,
                number + [0.0, 1.0, 2.0][offset],
            )
        };
        INDICATORS.iter().enumerate().map(value).collect()
    }
}

fn serve(stage: &Stage, failpoints: Option<&str>) -> Server {
    stage.serve_with(|command| {
        command.env("PARKPULSE_STORE__FOLD_EVERY", "200 ms");
        if let Some(failpoints) = failpoints {
            command.env("FAILPOINTS", failpoints);
        }
    })
}

fn connect(server: &Server, gateway: &Gateway) -> Publisher {
    let address = server.mqtt.as_ref().unwrap().parse().unwrap();
    Publisher::connect(address, gateway).expect("a connection")
}

/// Lets the running store look for months to compact again: it does so once a day, and on the
/// first day before there is any. A writer that holds the file already is left alone.
fn forget_compaction(stage: &Stage) {
    let on = rusqlite::Connection::open(stage.data_dir().join("readings.db")).unwrap();
    on.execute_batch("PRAGMA busy_timeout = 0; PRAGMA wal_autocheckpoint = 0")
        .unwrap();
    let _busy = on.execute("DELETE FROM meta WHERE k = 'compacted_on'", []);
}

/// Publishes until the round's moment, kills the server, and gives how many were unacknowledged.
fn round(
    stage: &Stage,
    gateway: &Gateway,
    source: &mut Source,
    record: &mut Record,
    number: usize,
) -> usize {
    let at = At::of(number);
    let server = serve(stage, at.failpoints(number).as_deref());
    let mut publisher = connect(&server, gateway);
    let enough = 50 + number * 37 % 400;
    let before = record.sent.len();
    let acknowledged = |record: &Record| {
        record.acknowledged[before..]
            .iter()
            .filter(|yes| **yes)
            .count()
    };
    let begun = Instant::now();
    let mut progress = (0, Instant::now());
    let mut forgotten = Instant::now();
    loop {
        if publisher.unacknowledged() < 600 {
            publisher.publish(gateway, source.message(gateway), record);
        }
        if publisher.unacknowledged().is_multiple_of(20) || publisher.unacknowledged() >= 600 {
            publisher.take_acknowledgements(record);
        }
        let done = acknowledged(record);
        if done > progress.0 {
            progress = (done, Instant::now());
        }
        if at == At::Compaction && forgotten.elapsed() > Duration::from_millis(300) {
            forget_compaction(stage);
            forgotten = Instant::now();
        }
        let moment = match at {
            At::Anywhere => done >= enough,
            // The writer stands at the failpoint once it no longer answers a full window.
            At::Fold | At::Compaction => {
                publisher.unacknowledged() >= 600 && progress.1.elapsed() > SILENCE
            }
        };
        if moment {
            break;
        }
        assert!(
            begun.elapsed() < Duration::from_mins(1),
            "round {number} ({at:?}): its moment never came"
        );
    }
    if at == At::Anywhere {
        let burst = (0..600).map(|_| source.message(gateway)).collect();
        publisher.publish_at_once(gateway, burst, record);
    }
    server.kill();
    while publisher.take_acknowledgements(record) {}
    publisher.unacknowledged()
}

#[test]
fn kill_9_loses_nothing_that_was_acknowledged() {
    let rounds = std::env::var("PARKPULSE_CRASH_ROUNDS").ok();
    let rounds = rounds.map_or(ROUNDS, |text| text.parse().unwrap());
    let stage = Stage::new();
    let gateway = register(&stage, 20);
    let (mut source, mut record) = (Source::new(), Record::default());
    let mut inside = [0, 0];
    for number in 0..rounds {
        let unacknowledged = round(&stage, &gateway, &mut source, &mut record, number);
        assert!(
            unacknowledged >= UNACKNOWLEDGED_MIN,
            "round {number}: only {unacknowledged}"
        );
        match At::of(number) {
            At::Fold => inside[0] += 1,
            At::Compaction => inside[1] += 1,
            At::Anywhere => {}
        }
    }
    assert!(
        inside.iter().all(|count| *count >= 5),
        "inside fold and compaction: {inside:?}"
    );
    assert_kept(&stage, &record);
    let server = serve(&stage, None);
    assert_kept(&stage, &record);
    server.stop();
}

#[test]
fn a_death_at_every_failpoint_loses_nothing() {
    // Each passed a few times first; blocks of months are few.
    let places = [
        "batch_before_insert=5*off->pause",
        "batch_before_commit=5*off->pause",
        "batch_after_commit=5*off->pause",
        "before_ack=5*off->pause",
        "during_fold=2*off->pause",
        "during_compaction=pause",
    ];
    let stage = Stage::new();
    let gateway = register(&stage, 3);
    let (mut source, mut record) = (Source::new(), Record::default());
    for place in places {
        let server = serve(&stage, Some(place));
        let mut publisher = connect(&server, &gateway);
        let (begun, mut progress) = (Instant::now(), Instant::now());
        let mut forgotten = Instant::now();
        while publisher.unacknowledged() < 300 || progress.elapsed() < SILENCE {
            if publisher.unacknowledged() < 300 {
                publisher.publish(&gateway, source.message(&gateway), &mut record);
            }
            let before = publisher.unacknowledged();
            publisher.take_acknowledgements(&mut record);
            if publisher.unacknowledged() < before {
                progress = Instant::now();
            }
            if place.starts_with("during_compaction") && forgotten.elapsed() > SILENCE / 3 {
                forget_compaction(&stage);
                forgotten = Instant::now();
            }
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "never came to {place}"
            );
        }
        server.kill();
        while publisher.take_acknowledgements(&mut record) {}
        assert_kept(&stage, &record);
    }
}
