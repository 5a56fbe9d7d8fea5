//! A start with much log. The rows are written into the stopped server's file as the writer would
//! have written them, in the format that the store's own codec makes: as a ledger leaves them that
//! stands still, which keeps the log from being shortened, with both heads full. More than that is
//! never without its place in a day chunk, because then nothing more is taken.

use std::time::Instant;

use parkpulse::calendar::Moment;
use parkpulse::indicator::IndicatorNo;
use parkpulse::park::{GatewayNo, MeterNo};
use parkpulse::reading::{Flags, Quality, Reading, Value};
use parkpulse::store::embedded::READINGS_FILE;
use parkpulse::store::embedded::codec::batch::{Entry, Head, Writing};
use parkpulse::store::embedded::codec::chunk::Origin;
use rusqlite::{Connection, params};

use super::Extent;
use super::figure::{Goal, Report};
use super::flood::unix_ms;
use super::ground::{GATEWAYS, Ground, INDICATORS, METERS};
use super::server::Server;

/// Messages of one row, as under load.
const MESSAGES: i64 = 8_000;
/// Messages that both heads hold, as configured.
const UNFOLDED: i64 = 2 * 400_000;

pub(crate) fn measure(ground: &Ground, extent: &Extent, report: &mut Report) {
    let (bytes, values) = write(ground, extent.log_bytes);
    let mib = bytes as f64 / f64::from(1 << 20);
    report.note(&format!(
        "{mib:.0} MiB of log with {:.0} million values, {UNFOLDED} messages not folded",
        values as f64 / 1e6
    ));
    let began = Instant::now();
    let server = Server::start(ground);
    let seconds = began.elapsed().as_secs_f64();
    report.figure(
        &format!("start with {mib:.0} MiB of log"),
        seconds,
        "s",
        Goal::AtMost(10.0),
    );
    report.note(&format!(
        "its processor time until then: {}",
        server.cpu().parts()
    ));
    report.memory("after that start", &server);
    server.kill();
}

/// Writes at least `wanted` bytes of log; how many, and with how many values.
fn write(ground: &Ground, wanted: u64) -> (u64, u64) {
    let mut file = Connection::open(ground.data_dir.join(READINGS_FILE)).unwrap();
    let newest = "SELECT max(coalesce((SELECT max(id) FROM batch), 0), coalesce((SELECT v FROM meta WHERE k = 'folded'), 0))";
    let newest: i64 = file.query_row(newest, [], |row| row.get(0)).unwrap();
    let now_s = unix_ms() / 1_000;
    let (mut bytes, mut values, mut seq) = (0, 0, 0);
    let mut number = newest;
    let step = file.transaction().unwrap();
    while bytes < wanted {
        number += 1;
        let mut writing = Writing::default();
        for _ in 0..MESSAGES {
            seq += 1;
            let (head, reading) = message(seq, now_s);
            values += 9;
            writing.entry(&head, &[reading]);
        }
        let row = writing.done(number.cast_unsigned());
        bytes += row.len() as u64;
        step.execute(
            "INSERT INTO batch (id, n, d) VALUES (?1, ?2, ?3)",
            params![number, MESSAGES, row],
        )
        .unwrap();
    }
    let folded = (number - UNFOLDED / MESSAGES).max(newest);
    step.execute(
        "INSERT OR REPLACE INTO meta (k, v) VALUES ('folded', ?1)",
        [folded],
    )
    .unwrap();
    step.commit().unwrap();
    (bytes, values)
}

/// The message with the number `seq`: each meter in turn, a tenth of a second on each time.
fn message(seq: u64, now_s: i64) -> (Head, Reading) {
    let meters = GATEWAYS * METERS;
    let place = usize::try_from(seq).unwrap() % meters;
    let round = i64::try_from(seq).unwrap() / i64::try_from(meters).unwrap();
    let gateway = u32::try_from(place / METERS + 1).unwrap();
    let head = Head {
        entry: Entry::Message,
        origin: Origin {
            gateway: GatewayNo::new(gateway),
            epoch: Some(1_790_000_000),
            seq: Some(seq),
            received_s: now_s,
            quality: Quality::Good,
            flags: Flags::default(),
        },
        received: 9,
        quarantined: 0,
        refused: 0,
        unpromised: 0,
    };
    let shown = u32::try_from(round * 7 % 100_000 + 123_456).unwrap();
    let values = INDICATORS
        .iter()
        .zip([100.0, 100.0, 100.0, 100.0, 10.0, 10.0, 1_000.0, 1.0, 10.0]);
    let reading = Reading {
        meter: MeterNo::new(u32::try_from(place + 1).unwrap()),
        at: Moment::from_unix_ms(now_s * 1_000 - 7_200_000 + round * 100),
        values: values
            .map(|((_, indicator, _), scale)| Value {
                indicator: IndicatorNo::new(*indicator),
                number: f64::from(shown) / scale,
            })
            .collect(),
        quality: Quality::Good,
        flags: Flags::default(),
    };
    (head, reading)
}
