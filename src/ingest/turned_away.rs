//! What was turned away of a gateway of late, in memory: for whoever tries a new one and wonders why
//! nothing arrives. The counts of contract.md C2 are kept elsewhere.

use std::collections::VecDeque;

use crate::calendar::Moment;

/// So many are remembered of each gateway.
const KEPT: usize = 20;

/// One message or connection that was not let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnedAway {
    /// When, by our clock.
    pub at: Moment,
    /// Why: a code of contract.md 4 for a message, the name of an MQTT reason for a connection.
    pub why: &'static str,
    /// What exactly, in English; of a connection, from where.
    pub detail: String,
    /// Whether it was a connection.
    pub is_connection: bool,
}

/// The newest of one gateway.
#[derive(Debug, Default)]
pub(crate) struct Recent(VecDeque<TurnedAway>);

impl Recent {
    pub(crate) fn add(&mut self, one: TurnedAway) {
        if self.0.len() >= KEPT {
            self.0.pop_front();
        }
        self.0.push_back(one);
    }

    /// All of them, oldest first.
    pub(crate) fn all(&self) -> Vec<TurnedAway> {
        self.0.iter().cloned().collect()
    }
}
