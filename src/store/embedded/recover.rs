//! After a start: what the tables say, then the log on top of it (contract C5).

use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::{Connection, Error, Transaction};

use crate::calendar::Moment;
use crate::indicator::IndicatorNo;
use crate::park::{GatewayNo, MeterNo};

use crate::store::receipt::{Arrivals, Arrived};
use crate::store::{BatchNo, Counts, Overflow, Row, StoreFault};

use super::codec::batch::{self, Entry, Take};
use super::codec::chunk::Origin;
use super::codec::latest::decode_latest;
use super::head::Head;
use super::open::unreadable;
use super::queries::{list_batches, list_overflows};
use super::shared::Shared;
use super::slice::Damage;
use super::tables;

/// Log rows read at once.
const ROWS_AT_ONCE: usize = 64;

/// What the writer knows when it starts.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) folded: u64,
    pub(super) next: u64,
    pub(super) latest: BTreeMap<(MeterNo, IndicatorNo), Row>,
    pub(super) quarantine_next: u64,
    pub(super) usage: BTreeMap<GatewayNo, Overflow>,
    pub(super) cursors: BTreeMap<String, u64>,
    pub(super) damaged: u64,
    pub(super) counted: BTreeMap<GatewayNo, Counts>,
}

/// Reads the tables. Rows of the log and of `latest` that are damaged are put aside at once.
pub(super) fn look(on: &mut Connection) -> Result<Found, StoreFault> {
    let fault = unreadable("looking through readings.db at start");
    let step = on.transaction().map_err(&fault)?;
    let found = look_within(&step).map_err(&fault)?;
    step.commit().map_err(&fault)?;
    Ok(found)
}

fn look_within(on: &Transaction<'_>) -> Result<Found, Error> {
    let folded = tables::meta(on, "folded")?.unwrap_or(0).cast_unsigned();
    let latest = latest(on)?;
    check_log(on, folded)?;
    let newest: Option<i64> = on.query_row("SELECT max(id) FROM batch", [], |row| row.get(0))?;
    let newest = newest.unwrap_or(0).cast_unsigned().max(folded);
    // A damaged row that was put aside had a number, too.
    let gone: Option<i64> = on.query_row(
        "SELECT max(k) FROM damaged WHERE kind = 'batch'",
        [],
        |row| row.get(0),
    )?;
    let newest = newest.max(gone.unwrap_or(0).cast_unsigned());
    let items: Option<i64> =
        on.query_row("SELECT max(id) FROM quarantine", [], |row| row.get(0))?;
    let damaged: i64 = on.query_row("SELECT count(*) FROM damaged", [], |row| row.get(0))?;
    Ok(Found {
        folded,
        next: newest + 1,
        latest,
        quarantine_next: items.unwrap_or(0).cast_unsigned() + 1,
        usage: list_overflows(on)?
            .into_iter()
            .map(|usage| (usage.gateway, usage))
            .collect(),
        cursors: cursors(on)?,
        damaged: damaged.cast_unsigned(),
        counted: super::counted::totals(on)?,
    })
}

fn latest(on: &Connection) -> Result<BTreeMap<(MeterNo, IndicatorNo), Row>, Error> {
    let mut latest = BTreeMap::new();
    let mut damages = Vec::new();
    let mut query = on.prepare("SELECT k, d FROM latest ORDER BY k")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let (key, bytes): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let read = decode_latest(&bytes, key, |row| {
            latest.insert((row.meter, row.indicator), row);
        });
        if let Err(broken) = read {
            damages.push(Damage {
                kind: "latest",
                key,
                why: broken.0,
            });
        }
    }
    drop(rows);
    for damage in &damages {
        tables::put_aside(on, damage)?;
    }
    Ok(latest)
}

/// Puts rows of the log aside that cannot be read: what they held is lost, and said so.
fn check_log(on: &Connection, folded: u64) -> Result<(), Error> {
    let mut after = folded;
    loop {
        let rows = list_batches(on, after, ROWS_AT_ONCE)?;
        let Some((last, _)) = rows.last() else {
            return Ok(());
        };
        after = *last;
        for (number, bytes) in &rows {
            let Err(broken) = batch::check(bytes, *number) else {
                continue;
            };
            tracing::error!(batch = number, why = broken.0, "damaged batch put aside");
            let damage = Damage {
                kind: "batch",
                key: number.cast_signed(),
                why: broken.0,
            };
            tables::put_aside(on, &damage)?;
        }
    }
}

fn cursors(on: &Connection) -> Result<BTreeMap<String, u64>, Error> {
    let mut query = on.prepare("SELECT name, at FROM cursor")?;
    let rows = query.query_map([], |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned()))
    })?;
    rows.collect()
}

/// Reads the receipts of folded batches; the log brings the newer ones.
pub(super) fn receipts(on: &Connection, arrivals: &mut Arrivals) -> Result<(), Error> {
    let mut query = on.prepare("SELECT gateway, epoch, ranges FROM receipt")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let gateway = GatewayNo::new(row.get(0)?);
        let epoch = row.get::<_, i64>(1)?.cast_unsigned();
        let ranges: Vec<u8> = row.get(2)?;
        let mut arrived = Arrived::default();
        for pair in ranges.as_chunks::<16>().0 {
            let [from, to] = pair.as_chunks::<8>().0 else {
                continue;
            };
            arrived.restore(u64::from_le_bytes(*from), u64::from_le_bytes(*to));
        }
        arrivals.restore(gateway, epoch, arrived);
    }
    Ok(())
}

/// Hands a batch of the log to the head, and its numbers to the receipts.
struct IntoHead<'a> {
    head: &'a mut Head,
    arrivals: &'a mut Arrivals,
    number: u64,
    counts: bool,
}

impl Take for IntoHead<'_> {
    fn head(&mut self, head: &batch::Head) {
        self.counts = head.entry != Entry::Decision;
        if !self.counts {
            return;
        }
        self.head.message(self.number, head);
        if let (Some(epoch), Some(seq)) = (head.origin.epoch, head.origin.seq) {
            self.arrivals.note(head.origin.gateway, epoch, seq);
        }
    }

    fn reading(
        &mut self,
        meter: MeterNo,
        at: Moment,
        origin: &Origin,
        indicators: &[IndicatorNo],
        values: &[f64],
    ) {
        if self.counts {
            self.head.reading(meter, at, origin, indicators, values);
        }
    }
}

/// Brings the log into the heads; where they are full, folding makes room.
pub(super) fn replay_log(shared: &Shared) -> Result<(), StoreFault> {
    let mut after = shared.heads().folded;
    loop {
        let rows = shared.pool.read(|on| list_batches(on, after, ROWS_AT_ONCE));
        let rows = rows.map_err(unreadable("reading the log at start"))?;
        if rows.is_empty() {
            return Ok(());
        }
        for (number, bytes) in &rows {
            make_room(shared)?;
            replay_row(shared, *number, bytes);
            after = *number;
        }
    }
}

fn replay_row(shared: &Shared, number: u64, bytes: &[u8]) {
    let mut heads = shared.heads_mut();
    let mut arrivals = shared.arrivals();
    let mut into = IntoHead {
        head: &mut heads.active,
        arrivals: &mut arrivals,
        number,
        counts: false,
    };
    // `look` checked the sum of each of these rows: what is damaged is not here any more.
    let _sound = batch::decode(bytes, number, &mut into);
    heads.active.batch(number);
    shared.newest.send_replace(BatchNo::new(number));
}

fn make_room(shared: &Shared) -> Result<(), StoreFault> {
    loop {
        if let Some(fault) = shared.ended() {
            return Err(fault);
        }
        {
            let mut heads = shared.heads_mut();
            if !heads.active.is_full(shared.settings.head_messages) {
                return Ok(());
            }
            heads.swap();
        }
        shared.ring_fold();
        shared.await_fold(Duration::from_millis(100), || {
            shared.heads().folding.is_none()
        });
    }
}
