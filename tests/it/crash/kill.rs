//! kill -9, again and again, with messages on the wire; some rounds inside a fold, some inside a
//! compaction, and once at every failpoint (contract.md 8). `deliver_before` and `deliver_after` are
//! not among them: they stand around deliveries to an outside store, and there is none yet.

use std::time::{Duration, Instant};

use super::publisher::{Gateway, Publisher, Record, Sent};
use super::site::{INDICATORS, assert_kept, register};
use crate::stage::{Server, Stage};

/// Rounds in `make test`; `make crash` asks for more by `CRASH_ROUNDS`.
const ROUNDS: usize = 32;
/// Messages that must be unacknowledged when the server is killed.
const UNACKNOWLEDGED_MIN: usize = 100;
/// How often the store is made to look for months to compact.
const FORGET_EVERY: Duration = Duration::from_millis(300);

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

    /// The place where the writer stops in that round, so that the kill cannot miss.
    fn place(self, round: usize) -> Option<Place> {
        match self {
            Self::Anywhere => None,
            Self::Fold => Some(Place {
                name: "during_fold",
                passes: round / 4 % 3,
            }),
            Self::Compaction => Some(COMPACTION),
        }
    }
}

/// A failpoint that is passed a few times and then holds whoever comes.
#[derive(Clone, Copy, Debug)]
struct Place {
    name: &'static str,
    passes: usize,
}

/// Blocks of months are few: the first is the one.
const COMPACTION: Place = Place {
    name: "during_compaction",
    passes: 0,
};

impl Place {
    fn failpoints(self) -> String {
        match self.passes {
            0 => format!("{}=pause", self.name),
            passes => format!("{}={passes}*off->pause", self.name),
        }
    }

    /// Whether somebody stands there: the server says each time that the place is reached, and the
    /// last time it does not go on.
    fn is_held(self, server: &Server) -> bool {
        let reached = format!("failpoint reached: {}", self.name);
        let lines = server.log();
        let times = lines.lines().filter(|line| line.ends_with(&reached));
        times.count() > self.passes
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
            // Not above 2,000: beyond it a temperature is set aside, and a long run counts far.
            let number = f64::from(i32::try_from(number % 190_000).unwrap()) / 100.0;
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

/// Publishes until the round's moment and kills the server. How many were unacknowledged, and
/// whether the server said before its death that it was inside what the round is about.
fn round(
    stage: &Stage,
    gateway: &Gateway,
    source: &mut Source,
    record: &mut Record,
    number: usize,
) -> (usize, bool) {
    let place = At::of(number).place(number);
    let server = serve(stage, place.map(Place::failpoints).as_deref());
    let mut publisher = connect(&server, gateway);
    let enough = 50 + number * 37 % 400;
    let before = record.sent.len();
    let (begun, mut forgotten) = (Instant::now(), Instant::now());
    loop {
        if publisher.unacknowledged() < 600 {
            publisher.publish(gateway, source.message(gateway), record);
        }
        if publisher.unacknowledged().is_multiple_of(20) || publisher.unacknowledged() >= 600 {
            publisher.take_acknowledgements(record);
        }
        if At::of(number) == At::Compaction && forgotten.elapsed() > FORGET_EVERY {
            forget_compaction(stage);
            forgotten = Instant::now();
        }
        let moment = match place {
            None => {
                let answered = record.acknowledged[before..].iter().filter(|yes| **yes);
                answered.count() >= enough
            }
            Some(place) => publisher.unacknowledged() >= 600 && place.is_held(&server),
        };
        if moment {
            break;
        }
        assert!(
            begun.elapsed() < Duration::from_mins(1),
            "round {number} ({place:?}): its moment never came"
        );
    }
    if place.is_none() {
        let burst = (0..600).map(|_| source.message(gateway)).collect();
        publisher.publish_at_once(gateway, burst, record);
    }
    let inside = place.is_some_and(|place| place.is_held(&server));
    server.kill();
    while publisher.take_acknowledgements(record) {}
    (publisher.unacknowledged(), inside)
}

#[test]
fn kill_9_loses_nothing_that_was_acknowledged() {
    let rounds = std::env::var("CRASH_ROUNDS").ok();
    let rounds = rounds.map_or(ROUNDS, |text| text.parse().unwrap());
    let stage = Stage::new();
    let gateway = register(&stage, 20);
    let (mut source, mut record) = (Source::new(), Record::default());
    let mut inside = [0, 0];
    for number in 0..rounds {
        let (unacknowledged, seen) = round(&stage, &gateway, &mut source, &mut record, number);
        assert!(
            unacknowledged >= UNACKNOWLEDGED_MIN,
            "round {number}: only {unacknowledged}"
        );
        match At::of(number) {
            At::Fold => inside[0] += usize::from(seen),
            At::Compaction => inside[1] += usize::from(seen),
            At::Anywhere => {}
        }
    }
    assert!(
        inside.iter().all(|count| *count >= 5),
        "inside fold and compaction: {inside:?}"
    );
    println!(
        "{rounds} rounds; killed inside a fold {}, inside a compaction {}",
        inside[0], inside[1]
    );
    assert_kept(&stage, &record);
    let server = serve(&stage, None);
    assert_kept(&stage, &record);
    server.stop();
}

#[test]
fn a_death_at_every_failpoint_loses_nothing() {
    let after = |passes, name| Place { name, passes };
    let places = [
        after(5, "batch_before_insert"),
        after(5, "batch_before_commit"),
        after(5, "batch_after_commit"),
        after(5, "before_ack"),
        after(2, "during_fold"),
        COMPACTION,
    ];
    let stage = Stage::new();
    let gateway = register(&stage, 3);
    let (mut source, mut record) = (Source::new(), Record::default());
    for place in places {
        let server = serve(&stage, Some(&place.failpoints()));
        let mut publisher = connect(&server, &gateway);
        let (begun, mut forgotten) = (Instant::now(), Instant::now());
        while publisher.unacknowledged() < 300 || !place.is_held(&server) {
            if publisher.unacknowledged() < 300 {
                publisher.publish(&gateway, source.message(&gateway), &mut record);
            }
            publisher.take_acknowledgements(&mut record);
            if place.name == COMPACTION.name && forgotten.elapsed() > FORGET_EVERY {
                forget_compaction(&stage);
                forgotten = Instant::now();
            }
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "never came to {place:?}"
            );
        }
        server.kill();
        while publisher.take_acknowledgements(&mut record) {}
        assert_kept(&stage, &record);
    }
}
