//! What the gateways sent in the months before today, message by message in the order in which
//! it came: a reading a few seconds after it was measured, a late one when its line was back.

use std::collections::VecDeque;
use std::fmt::Write;

use crate::calendar::Moment;

use super::City;
use super::course::{Reader, Shown};
use super::load::{SLOT_MS, slot_of};
use super::metering::Gateway;
use super::trouble::{self, Trouble};

/// Readings in a message that makes up for a silence.
const READINGS_LATE: usize = 40;
/// About what a meter takes of a message.
const BYTES_A_METER: usize = 128;

/// A message as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent<'a> {
    /// Who sent it.
    pub gateway: &'a str,
    /// When it came.
    pub received_at: Moment,
    /// The payload for `…/readings`.
    pub payload: String,
}

/// The messages of a city, in the order of their receipt. Holds one slot of them at a time.
#[derive(Debug)]
pub struct History<'a> {
    senders: Vec<Sender<'a>>,
    slot: i64,
    first: i64,
    /// Days of the whole history.
    days: i32,
    until: Moment,
    waiting: VecDeque<Sent<'a>>,
}

impl City {
    /// What was sent from the first day on until `until`.
    #[must_use]
    pub fn history(&self, until: Moment) -> History<'_> {
        let first = slot_of(self.since.start());
        let epoch = self.since.start().unix_ms().unsigned_abs() / 1000;
        History {
            senders: self
                .gateways
                .iter()
                .map(|gateway| Sender::new(gateway, epoch))
                .collect(),
            slot: first,
            first,
            days: self.today.number() - self.since.number(),
            until,
            waiting: VecDeque::new(),
        }
    }
}

impl<'a> Iterator for History<'a> {
    type Item = Sent<'a>;

    fn next(&mut self) -> Option<Sent<'a>> {
        loop {
            if let Some(sent) = self.waiting.pop_front() {
                return Some(sent);
            }
            let at = Moment::from_unix_ms(self.slot * SLOT_MS);
            if at > self.until {
                return None;
            }
            let mut sent = Vec::with_capacity(self.senders.len() * 2);
            for (number, sender) in self.senders.iter_mut().enumerate() {
                if at >= sender.gateway.since.start() {
                    let slot = self.slot - self.first;
                    let trouble = trouble::of(number, slot, self.days, sender.gateway.dice);
                    sender.send(at, trouble, &mut sent);
                }
            }
            sent.sort_by_key(|sent| sent.received_at);
            self.waiting.extend(sent);
            self.slot += 1;
        }
    }
}

/// One gateway at work.
#[derive(Debug)]
struct Sender<'a> {
    gateway: &'a Gateway,
    /// By meter, by channel.
    readers: Vec<Vec<Reader>>,
    epoch: u64,
    seq: u64,
    /// Readings of a silence, to be sent when it is over.
    kept: Vec<String>,
}

impl<'a> Sender<'a> {
    fn new(gateway: &'a Gateway, epoch: u64) -> Self {
        let meters = gateway.meters.iter();
        let readers = meters.map(|meter| {
            let channels = meter.channels.iter();
            channels
                .map(|channel| Reader::new(channel.course))
                .collect()
        });
        Self {
            gateway,
            readers: readers.collect(),
            epoch,
            seq: 0,
            kept: Vec::new(),
        }
    }

    fn send(&mut self, at: Moment, trouble: Trouble, sent: &mut Vec<Sent<'a>>) {
        match trouble {
            Trouble::Lost => return,
            Trouble::Kept => return self.keep(at),
            _ => {}
        }
        let received_at = at.plus_ms(i64::try_from(self.delay_ms(at)).unwrap_or(4000));
        self.seq += 1;
        let mut text = self.message(at, trouble);
        if trouble == Trouble::CutOff {
            text.truncate(text.len() / 2);
        }
        if trouble == Trouble::Twice {
            self.push(received_at.plus_ms(1500), text.clone(), sent);
        }
        self.push(received_at, text, sent);
        if trouble == Trouble::Contradicted {
            self.seq += 1;
            let other = self.contradiction(at);
            let text = payload(self.epoch, self.seq, &other);
            self.push(received_at.plus_ms(2500), text, sent);
        }
        self.make_up(received_at, sent);
    }

    /// Sends what a silence kept back.
    fn make_up(&mut self, received_at: Moment, sent: &mut Vec<Sent<'a>>) {
        let kept = std::mem::take(&mut self.kept);
        for (readings, after) in kept.chunks(READINGS_LATE).zip(1..) {
            self.seq += 1;
            let text = payload(self.epoch, self.seq, readings);
            self.push(received_at.plus_ms(after * 200), text, sent);
        }
    }

    fn push(&self, received_at: Moment, payload: String, sent: &mut Vec<Sent<'a>>) {
        sent.push(Sent {
            gateway: &self.gateway.id,
            received_at,
            payload,
        });
    }

    /// Two to nine seconds on the way.
    fn delay_ms(&self, at: Moment) -> u64 {
        let dice = self.gateway.dice.of(5);
        dice.between(at.unix_ms().unsigned_abs(), 2_000, 9_000)
    }

    /// The message of `at`, written in one go: millions of them make a year.
    fn message(&mut self, at: Moment, trouble: Trouble) -> String {
        let written_at = match trouble {
            Trouble::EightHoursAhead => at.plus_ms(8 * 3_600_000),
            _ => at,
        };
        let quality = (trouble == Trouble::Doubtful).then_some("uncertain");
        let mut text = String::with_capacity(48 + BYTES_A_METER * self.readers.len());
        open_message(&mut text, self.epoch, self.seq);
        let shown = written_at.to_string();
        for (place, (meter, readers)) in self
            .gateway
            .meters
            .iter()
            .zip(&mut self.readers)
            .enumerate()
        {
            if place > 0 {
                text.push(',');
            }
            let channels = meter.channels.iter().zip(readers);
            let values = channels.map(|(channel, reader)| (channel.indicator, reader.read(at)));
            write_reading(&mut text, &meter.id, &shown, values, quality);
        }
        if trouble == Trouble::Stranger {
            let stranger = format!("E-{:03}-9", self.gateway.owner + 1);
            let value = ("kwh_register", Shown::Hundredths(123_456));
            text.push(',');
            write_reading(&mut text, &stranger, &shown, [value], None);
        }
        text.push_str("]}");
        text
    }

    /// Keeps what is measured at `at` for later.
    fn keep(&mut self, at: Moment) {
        for (meter, readers) in self.gateway.meters.iter().zip(&mut self.readers) {
            let channels = meter.channels.iter().zip(readers);
            let values = channels.map(|(channel, reader)| (channel.indicator, reader.read(at)));
            self.kept.push(reading(&meter.id, at, values, None));
        }
    }

    /// The first meter once more, with a register one unit off.
    fn contradiction(&mut self, at: Moment) -> Vec<String> {
        let meter = self.gateway.meters.first().zip(self.readers.first_mut());
        let wrong = meter.and_then(|(meter, readers)| {
            let (channel, reader) = meter.channels.first().zip(readers.first_mut())?;
            let Shown::Hundredths(steps) = reader.read(at) else {
                return None;
            };
            let value = (channel.indicator, Shown::Hundredths(steps + 100));
            Some(reading(&meter.id, at, [value], None))
        });
        wrong.into_iter().collect()
    }
}

/// One reading as JSON (contract.md 2, "What").
pub fn reading<'v>(
    meter: &str,
    at: Moment,
    values: impl IntoIterator<Item = (&'v str, Shown)>,
    quality: Option<&str>,
) -> String {
    let mut text = String::new();
    write_reading(&mut text, meter, &at.to_string(), values, quality);
    text
}

fn write_reading<'v>(
    text: &mut String,
    meter: &str,
    at: &str,
    values: impl IntoIterator<Item = (&'v str, Shown)>,
    quality: Option<&str>,
) {
    // Writing to a string cannot fail.
    let _written = write!(
        text,
        "{{\"meter\":\"{meter}\",\"at\":\"{at}\",\"values\":{{"
    );
    for (place, (indicator, shown)) in values.into_iter().enumerate() {
        let comma = if place > 0 { "," } else { "" };
        let _written = write!(text, "{comma}\"{indicator}\":{shown}");
    }
    text.push('}');
    if let Some(quality) = quality {
        let _written = write!(text, ",\"quality\":\"{quality}\"");
    }
    text.push('}');
}

/// A message as JSON.
#[must_use]
pub fn payload(epoch: u64, seq: u64, readings: &[String]) -> String {
    let mut text = String::new();
    open_message(&mut text, epoch, seq);
    text.push_str(&readings.join(","));
    text.push_str("]}");
    text
}

fn open_message(text: &mut String, epoch: u64, seq: u64) {
    // Writing to a string cannot fail.
    let _written = write!(text, "{{\"epoch\":{epoch},\"seq\":{seq},\"readings\":[");
}
