//! The last beats of the live line, kept in memory within bounds (contract.md 3, "Live").
//!
//! A reader asks for what came after the batch it knows. What is no longer here is missed, and
//! the reader is told so; nobody waits for anybody.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::calendar::Moment;
use crate::park::{EnterpriseCode, GatewayId, MeterId, ParkId};

/// Most values kept over all beats.
const VALUES_MAX: usize = 20_000;

/// The newest first value of a series, as a batch brought it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct News {
    /// Whose meter.
    pub(super) enterprise: EnterpriseCode,
    /// In which park they are registered, if that is known.
    pub(super) park: Option<ParkId>,
    /// Which meter.
    pub(super) meter: MeterId,
    /// Which indicator, by its code.
    pub(super) indicator: String,
    /// The indicator's unit, as printed.
    pub(super) unit: String,
    /// When it was measured.
    pub(super) at: Moment,
    /// When it came.
    pub(super) received_at: Moment,
    /// How much, in that unit.
    pub(super) number: f64,
}

/// A gateway of which something was set aside, or that sent a test message.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stir {
    /// Whose.
    pub(super) enterprise: EnterpriseCode,
    /// In which park they are registered, if that is known.
    pub(super) park: Option<ParkId>,
    /// Which gateway.
    pub(super) gateway: GatewayId,
}

/// What came to light at once: the batches after `after` up to `number`.
#[derive(Debug)]
pub(super) struct Beat {
    /// The last batch that was told before.
    pub(super) after: u64,
    /// The last batch in it.
    pub(super) number: u64,
    /// The newest values.
    pub(super) news: Vec<News>,
    /// Gateways that somebody may want to look at.
    pub(super) stirs: Vec<Stir>,
    /// More was touched than is told: who shows figures must read them again.
    pub(super) partly: bool,
}

impl Beat {
    fn size(&self) -> usize {
        self.news.len().saturating_add(self.stirs.len())
    }
}

/// What a reader gets.
#[derive(Debug)]
pub(super) enum Heard {
    /// The beats after the batch it knows, oldest first; none if nothing came.
    Beats(Vec<Arc<Beat>>),
    /// Some beats are gone, or the number is none of ours; go on from this batch.
    Missed(u64),
}

/// The kept beats.
#[derive(Debug)]
pub(super) struct Ring {
    beats: VecDeque<Arc<Beat>>,
    /// Most beats kept.
    beats_max: usize,
    values: usize,
    /// The last batch told, also before the first beat.
    newest: u64,
}

impl Ring {
    /// A ring of at most `beats_max` beats that begins after batch `newest`.
    pub(super) const fn new(newest: u64, beats_max: usize) -> Self {
        Self {
            beats: VecDeque::new(),
            beats_max,
            values: 0,
            newest,
        }
    }

    /// Forgets everything and begins again after batch `newest`.
    pub(super) fn begin(&mut self, newest: u64) {
        *self = Self::new(newest, self.beats_max);
    }

    /// Adds a beat and lets the oldest go where there are too many.
    pub(super) fn push(&mut self, beat: Beat) {
        self.newest = beat.number;
        self.values = self.values.saturating_add(beat.size());
        self.beats.push_back(Arc::new(beat));
        while self.beats.len() > self.beats_max || self.values > VALUES_MAX {
            let Some(gone) = self.beats.pop_front() else {
                return;
            };
            self.values = self.values.saturating_sub(gone.size());
        }
    }

    /// What came after batch `known`.
    pub(super) fn after(&self, known: u64) -> Heard {
        let floor = self.beats.front().map_or(self.newest, |beat| beat.after);
        if known < floor || known > self.newest {
            return Heard::Missed(self.newest);
        }
        let newer = self.beats.iter().filter(|beat| beat.number > known);
        Heard::Beats(newer.cloned().collect())
    }
}
