//! What the engine in memory keeps, and how a batch changes it.

use std::collections::BTreeMap;
use std::collections::VecDeque;

use crate::calendar::{Day, Moment};
use crate::indicator::IndicatorNo;
use crate::park::{GatewayNo, MeterNo};
use crate::reading::{Purpose, Quality, Reading, Taken, Value};

use crate::store::receipt::Arrivals;
use crate::store::touch::Gathering;
use crate::store::{BatchNo, Brought, Counts, Decision, Row, Touched};

use super::set_aside::Aside;

/// Log rows kept although no cursor holds them.
const LOG_ROWS_UNHELD: u64 = 1_024;

/// All values of one key.
#[derive(Debug, Default)]
pub(super) struct Key {
    /// `bad` values in order of arrival: they take no key.
    pub(super) bad: Vec<Row>,
    /// The first value, then conflicts in order of arrival.
    pub(super) good: Vec<Row>,
}

/// The whole state.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) series: BTreeMap<(MeterNo, Moment, IndicatorNo), Key>,
    pub(super) latest: BTreeMap<(MeterNo, IndicatorNo), Row>,
    pub(super) log: VecDeque<Logged>,
    pub(super) cursors: BTreeMap<String, BatchNo>,
    pub(super) counts: BTreeMap<(Day, GatewayNo), Counts>,
    pub(super) aside: Aside,
    pub(super) decisions: Vec<Decision>,
    pub(super) arrivals: Arrivals,
    pub(super) values_read: u64,
    pub(super) stopped: bool,
    newest: u64,
    /// What the batch in the making brought.
    bringing: Vec<Brought>,
}

/// A row of the log.
#[derive(Debug)]
pub(super) struct Logged {
    pub(super) touched: Touched,
    pub(super) brought: Vec<Brought>,
}

impl Kept {
    /// The newest batch.
    pub(super) const fn newest(&self) -> BatchNo {
        BatchNo::new(self.newest)
    }

    /// Takes the next number.
    pub(super) fn next_batch(&mut self) -> BatchNo {
        self.newest += 1;
        self.newest()
    }

    /// Keeps a batch whole.
    pub(super) fn batch(&mut self, messages: &[Taken], quarantine_bytes: u64) -> BatchNo {
        let number = self.next_batch();
        let mut gathering = Gathering::default();
        for taken in messages {
            self.message(number, taken, quarantine_bytes, &mut gathering);
        }
        self.logged(gathering.done(number));
        number
    }

    /// Puts a batch into the log; rows that every cursor has passed go.
    pub(super) fn logged(&mut self, touched: Touched) {
        let brought = std::mem::take(&mut self.bringing);
        self.log.push_back(Logged { touched, brought });
        self.forget_passed();
    }

    /// Notes what the batch in the making brought.
    pub(super) fn bring(
        &mut self,
        meter: MeterNo,
        indicator: IndicatorNo,
        at: Moment,
        value: Option<(f64, Quality)>,
    ) {
        let batch = self.newest();
        self.bringing.push(Brought {
            batch,
            meter,
            indicator,
            at,
            value,
        });
    }

    /// Drops log rows that every cursor has passed, but the newest for followers without one.
    pub(super) fn forget_passed(&mut self) {
        let unheld = BatchNo::new(self.newest.saturating_sub(LOG_ROWS_UNHELD));
        let passed = self.cursors.values().min().copied();
        let passed = passed.unwrap_or(unheld).min(unheld);
        while self
            .log
            .front()
            .is_some_and(|row| row.touched.number <= passed)
        {
            self.log.pop_front();
        }
    }

    fn message(
        &mut self,
        number: BatchNo,
        taken: &Taken,
        quarantine_bytes: u64,
        gathering: &mut Gathering,
    ) {
        if let (Some(epoch), Some(seq)) = (taken.epoch, taken.seq) {
            self.arrivals.note(taken.gateway, epoch, seq);
        }
        if taken.purpose == Purpose::Trial {
            self.aside.keep_trial(taken);
            gathering.trial(taken.gateway);
            return;
        }
        let counts = Counts::of(taken);
        gathering.message(
            taken.gateway,
            cut_to_seconds(taken.received_at),
            u32::try_from(counts.received).unwrap_or(u32::MAX),
            u32::try_from(counts.quarantined).unwrap_or(u32::MAX),
        );
        self.count(taken, &counts);
        for part in &taken.set_aside {
            self.aside.keep(number, taken, part, quarantine_bytes);
        }
        self.readings(taken, gathering);
    }

    /// Adds `counts` to the day and gateway of `taken`.
    pub(super) fn count(&mut self, taken: &Taken, counts: &Counts) {
        let day = Day::of(taken.received_at);
        self.counts
            .entry((day, taken.gateway))
            .or_default()
            .add(counts);
    }

    /// Keeps the readings of a message and moves them from `pending` to what became of them.
    pub(super) fn readings(&mut self, taken: &Taken, gathering: &mut Gathering) {
        let mut outcome = Counts::default();
        for reading in &taken.readings {
            let indicators = reading.values.iter().map(|value| value.indicator);
            gathering.reading(reading.meter, reading.at, indicators);
            for value in &reading.values {
                outcome.pending -= 1;
                let brought = Some((value.number, reading.quality));
                self.bring(reading.meter, value.indicator, reading.at, brought);
                self.value(taken, reading, value, &mut outcome);
            }
        }
        self.count(taken, &outcome);
    }

    /// Contract C3: the first value of a key stays, equal ones are duplicates, others revisions.
    fn value(&mut self, taken: &Taken, reading: &Reading, value: &Value, outcome: &mut Counts) {
        let place = (reading.meter, reading.at, value.indicator);
        let key = self.series.entry(place).or_default();
        let bad = reading.quality == Quality::Bad;
        let held = if bad { &mut key.bad } else { &mut key.good };
        let bits = value.number.to_bits();
        if held.iter().any(|row| row.number.to_bits() == bits) {
            outcome.duplicate += 1;
            return;
        }
        let place_in_key = u32::try_from(held.len()).unwrap_or(u32::MAX);
        let revision = if bad {
            0
        } else {
            place_in_key.saturating_add(1)
        };
        let row = row_of(taken, reading, value, revision);
        held.push(row);
        if revision > 1 {
            outcome.conflict += 1;
        } else {
            outcome.stored += 1;
        }
        if revision == 1 {
            let series = (reading.meter, value.indicator);
            let latest = self.latest.entry(series).or_insert(row);
            if latest.at < row.at {
                *latest = row;
            }
        }
    }
}

fn row_of(taken: &Taken, reading: &Reading, value: &Value, revision: u32) -> Row {
    Row {
        meter: reading.meter,
        indicator: value.indicator,
        at: reading.at,
        number: value.number,
        quality: reading.quality,
        flags: reading.flags,
        received_at: cut_to_seconds(taken.received_at),
        gateway: taken.gateway,
        epoch: taken.epoch,
        seq: taken.seq,
        revision,
    }
}

/// Times of receipt are kept in whole seconds (store.md: 0.4 bytes a reading instead of 1.8).
pub(super) fn cut_to_seconds(moment: Moment) -> Moment {
    Moment::from_unix_ms(moment.unix_ms().div_euclid(1_000).saturating_mul(1_000))
}
