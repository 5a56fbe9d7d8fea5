//! The meters behind one gateway: what it measures now, and what of it goes wrong on the way.

use crate::calendar::Moment;
use crate::demo::{Course, Dice, Reader, Replacement, SLOT_MS, Shown, payload, reading, slot_of};

use super::Instrument;
use super::fault::{Fault, bad_payload};
use super::outbox::Letter;

/// How old a late reading is: past the hour from which on it counts as late.
const LATE_MS: i64 = 90 * 60_000;

/// One meter as it is read.
#[derive(Debug)]
struct Meter {
    id: String,
    channels: Vec<Channel>,
}

/// One indicator of a meter.
#[derive(Debug)]
struct Channel {
    indicator: String,
    course: Course,
    reader: Reader,
}

impl Meter {
    fn new(instrument: Instrument) -> Self {
        let channels = instrument.channels.into_iter();
        let channels = channels.map(|(indicator, course)| Channel {
            indicator,
            course,
            reader: Reader::new(course),
        });
        Self {
            id: instrument.meter,
            channels: channels.collect(),
        }
    }
}

/// All meters of a gateway.
#[derive(Debug)]
pub(super) struct Instruments {
    meters: Vec<Meter>,
    faults: Vec<Fault>,
    dice: Dice,
    epoch: u64,
    seq: u64,
    /// Messages measured so far.
    number: u64,
    /// Messages that are still kept back by an outage.
    silent_for: u64,
    kept: Vec<Letter>,
}

impl Instruments {
    pub(super) fn new(
        instruments: Vec<Instrument>,
        faults: Vec<Fault>,
        dice: Dice,
        epoch: u64,
    ) -> Self {
        Self {
            meters: instruments.into_iter().map(Meter::new).collect(),
            faults,
            dice,
            epoch,
            seq: 0,
            number: 0,
            silent_for: 0,
            kept: Vec::new(),
        }
    }

    /// The gateway's counter as the messages carry it.
    pub(super) const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The messages of this moment: one, unless something goes wrong.
    pub(super) fn measure(&mut self, at: Moment) -> Vec<Letter> {
        self.number += 1;
        self.disturb_registers(at);
        let readings: Vec<String> = self.readings(at);
        let mut letters = vec![self.letter(&readings)];
        if self.strikes(Fault::Duplicate) {
            letters.extend(letters.first().cloned());
        }
        if self.strikes(Fault::Conflict) {
            let changed = self.contradiction(at);
            letters.push(self.letter(&changed));
        }
        if self.strikes(Fault::Late) {
            let late = self.late(at.plus_ms(-LATE_MS));
            letters.push(self.letter(&late));
        }
        if self.strikes(Fault::Bad) {
            let mut bad = self.letter(&readings);
            bad.payload = bad_payload(&bad.payload, self.number);
            letters.push(bad);
        }
        self.hold_back(letters)
    }

    fn strikes(&self, fault: Fault) -> bool {
        self.faults.contains(&fault) && fault.strikes(self.dice, self.number)
    }

    /// During an outage letters are kept; the first after it brings them all.
    fn hold_back(&mut self, letters: Vec<Letter>) -> Vec<Letter> {
        if self.silent_for == 0 && self.strikes(Fault::Outage) {
            self.silent_for = self.dice.of(8).between(self.number, 3, 9);
        }
        self.kept.extend(letters);
        if self.silent_for > 0 {
            self.silent_for -= 1;
            return Vec::new();
        }
        std::mem::take(&mut self.kept)
    }

    fn letter(&mut self, readings: &[String]) -> Letter {
        self.seq += 1;
        Letter {
            seq: self.seq,
            payload: payload(self.epoch, self.seq, readings),
        }
    }

    fn readings(&mut self, at: Moment) -> Vec<String> {
        let meters = self.meters.iter_mut().map(|meter| {
            let values = meter.channels.iter_mut();
            let values = values.map(|one| (one.indicator.as_str(), one.reader.read(at)));
            reading(&meter.id, at, values, None)
        });
        meters.collect()
    }

    /// What the meters showed at an earlier moment.
    fn late(&self, at: Moment) -> Vec<String> {
        let meters = self.meters.iter().map(|meter| {
            let values = meter.channels.iter().map(|channel| {
                let mut reader = Reader::new(channel.course);
                (channel.indicator.as_str(), reader.read(at))
            });
            reading(&meter.id, at, values, None)
        });
        meters.collect()
    }

    /// The first channel again, with another value.
    fn contradiction(&mut self, at: Moment) -> Vec<String> {
        let first = self.meters.first_mut().and_then(|meter| {
            let channel = meter.channels.first_mut()?;
            let other = match channel.reader.read(at) {
                Shown::Hundredths(steps) => Shown::Hundredths(steps + 100),
                Shown::Thousandths(milli) => Shown::Thousandths(milli + 100),
                Shown::Switch(on) => Shown::Switch(!on),
            };
            Some(reading(
                &meter.id,
                at,
                [(channel.indicator.as_str(), other)],
                None,
            ))
        });
        first.into_iter().collect()
    }

    /// Brings the first register to its end, or puts another in its place.
    fn disturb_registers(&mut self, at: Moment) {
        let (wrap, replace) = (
            self.strikes(Fault::Rollover),
            self.strikes(Fault::Replacement),
        );
        if !wrap && !replace {
            return;
        }
        let channels = self.meters.iter_mut().flat_map(|meter| &mut meter.channels);
        for channel in channels {
            let Course::Register(mut register) = channel.course else {
                continue;
            };
            if wrap && let Shown::Hundredths(shown) = channel.reader.read(at) {
                // One step before the end: the next one wraps.
                let last = u64::from(register.size) * 100 - 1;
                register.start += last.saturating_sub(shown);
            }
            if replace {
                let now = Moment::from_unix_ms(slot_of(at) * SLOT_MS);
                register.replaced = Some(Replacement {
                    at: now,
                    new_start: 0,
                });
            }
            channel.course = Course::Register(register);
            channel.reader = Reader::new(channel.course);
            return;
        }
    }
}
