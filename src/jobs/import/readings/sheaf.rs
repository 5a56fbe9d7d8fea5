//! Lines bound into messages again, and messages into submissions of bounded size.

use std::collections::VecDeque;

use crate::calendar::Moment;
use crate::park::GatewayNo;
use crate::reading::Purpose;
use crate::reading::Reading;
use crate::reading::Taken;
use crate::store::{Append, AppendRefused, Commit};

use super::line::Line;

/// Most readings of one message (contract.md 2, "Limits").
const READINGS_MAX: usize = 1_000;
/// Most values of one submission.
const VALUES_MAX: u64 = 10_000;
/// Most submissions under way.
const UNDER_WAY_MAX: usize = 4;

/// Readings on their way into the store.
pub(super) struct Sheaf<'a> {
    append: &'a dyn Append,
    messages: Vec<Taken>,
    values: u64,
    under_way: VecDeque<Commit>,
    handed_over: u64,
}

impl<'a> Sheaf<'a> {
    pub(super) const fn new(append: &'a dyn Append) -> Self {
        Self {
            append,
            messages: Vec::new(),
            values: 0,
            under_way: VecDeque::new(),
            handed_over: 0,
        }
    }

    /// Adds a line; waits while too much is under way.
    pub(super) async fn add(&mut self, line: Line) -> Result<(), AppendRefused> {
        let key = Key::of(&line);
        match self.messages.last_mut() {
            Some(last) if Key::of_message(last) == key && last.readings.len() < READINGS_MAX => {
                join(last, &line);
            }
            _ => {
                if self.values >= VALUES_MAX {
                    self.submit().await?;
                }
                self.messages.push(key.message(&line));
            }
        }
        self.values += 1;
        Ok(())
    }

    /// Hands over the rest and waits until all of it is on disk; the number of values.
    pub(super) async fn finish(mut self) -> Result<u64, AppendRefused> {
        self.submit().await?;
        while let Some(commit) = self.under_way.pop_front() {
            commit.synced().await?;
        }
        Ok(self.handed_over)
    }

    async fn submit(&mut self) -> Result<(), AppendRefused> {
        if self.messages.is_empty() {
            return Ok(());
        }
        if self.under_way.len() >= UNDER_WAY_MAX
            && let Some(commit) = self.under_way.pop_front()
        {
            commit.synced().await?;
        }
        let messages = std::mem::take(&mut self.messages);
        self.under_way
            .push_back(self.append.submit(messages).await?);
        self.handed_over += self.values;
        self.values = 0;
        Ok(())
    }
}

/// What the lines of one message share.
#[derive(PartialEq, Eq)]
struct Key {
    gateway: GatewayNo,
    epoch: Option<u64>,
    seq: Option<u64>,
    received_at: Moment,
}

impl Key {
    const fn of(line: &Line) -> Self {
        Self {
            gateway: line.gateway,
            epoch: line.epoch,
            seq: line.seq,
            received_at: line.received_at,
        }
    }

    const fn of_message(message: &Taken) -> Self {
        Self {
            gateway: message.gateway,
            epoch: message.epoch,
            seq: message.seq,
            received_at: message.received_at,
        }
    }

    fn message(self, line: &Line) -> Taken {
        Taken {
            gateway: self.gateway,
            epoch: self.epoch,
            seq: self.seq,
            received_at: self.received_at,
            purpose: Purpose::Ledger,
            readings: vec![reading(line)],
            set_aside: Vec::new(),
            refused: 0,
            unpromised: false,
        }
    }
}

/// Adds a value to the last reading of its message, or begins another reading.
fn join(message: &mut Taken, line: &Line) {
    match message.readings.last_mut() {
        Some(last)
            if last.meter == line.meter
                && last.at == line.at
                && last.quality == line.quality
                && last.flags == line.flags
                && last
                    .values
                    .iter()
                    .all(|value| value.indicator != line.value.indicator) =>
        {
            last.values.push(line.value);
        }
        _ => message.readings.push(reading(line)),
    }
}

fn reading(line: &Line) -> Reading {
    Reading {
        meter: line.meter,
        at: line.at,
        values: vec![line.value],
        quality: line.quality,
        flags: line.flags,
    }
}
