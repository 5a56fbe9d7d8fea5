//! What one gateway has not been told to be safe: bounded, in order, sent again on a new line.

use std::collections::{BTreeMap, VecDeque};

/// Messages a gateway keeps at most while its line is down; the oldest go first, and are counted.
pub const OUTBOX_MAX: usize = 2_000;
/// Messages on the way at most; below the 100 packet ids that the client turns over.
const WINDOW: usize = 50;

/// A message and its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) seq: u64,
    pub(super) payload: String,
}

/// The letters of one gateway.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: VecDeque<Letter>,
    /// Handed to the client, which has not given them a packet id yet.
    handed: VecDeque<Letter>,
    /// On the way, by packet id.
    flying: BTreeMap<u16, Letter>,
}

impl Outbox {
    /// Puts `letter` last; whether an older one had to go for it.
    pub(super) fn push(&mut self, letter: Letter) -> bool {
        let full = self.waiting.len() >= OUTBOX_MAX;
        if full {
            self.waiting.pop_front();
        }
        self.waiting.push_back(letter);
        full
    }

    /// The next letter for the client, if the window has room.
    pub(super) fn hand(&mut self) -> Option<Letter> {
        if self.handed.len() + self.flying.len() >= WINDOW {
            return None;
        }
        let letter = self.waiting.pop_front()?;
        self.handed.push_back(letter.clone());
        Some(letter)
    }

    /// The client did not take the letter that was handed to it last.
    pub(super) fn take_back(&mut self) {
        if let Some(letter) = self.handed.pop_back() {
            self.waiting.push_front(letter);
        }
    }

    /// The client wrote the letter that it was handed first under `packet`.
    pub(super) fn written(&mut self, packet: u16) -> Option<&Letter> {
        let letter = self.handed.pop_front()?;
        self.flying.insert(packet, letter);
        self.flying.get(&packet)
    }

    /// The platform acknowledged `packet`.
    pub(super) fn acknowledged(&mut self, packet: u16) -> Option<Letter> {
        self.flying.remove(&packet)
    }

    /// The line broke: whatever was not acknowledged waits again, oldest first.
    pub(super) fn line_broke(&mut self) {
        let mut again: Vec<Letter> = std::mem::take(&mut self.flying).into_values().collect();
        again.extend(self.handed.drain(..));
        again.sort_by_key(|letter| letter.seq);
        for letter in again.into_iter().rev() {
            self.waiting.push_front(letter);
        }
    }

    /// Whether everything was acknowledged.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.handed.is_empty() && self.flying.is_empty()
    }
}
