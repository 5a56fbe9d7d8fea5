//! The inside end of an open connection: others leave word here, its task reads it.
//!
//! Bounded: one ending, one mark "a receipt is due", and at most so many refusals
//! (contract.md C4; a slow subscriber loses the oldest, which is counted).

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::store::registry::Admission;

/// Why an open connection is told to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The same client id connected anew.
    TakenOver,
    /// Its credential was revoked or has expired.
    Revoked,
    /// The platform stops.
    Stopping,
}

/// What a connection wants to hear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wants {
    /// `…/receipts`.
    pub(crate) receipts: bool,
    /// `…/refusals`.
    pub(crate) refusals: bool,
}

/// Word that was left.
#[derive(Debug, Default)]
pub(crate) struct Word {
    pub(crate) ending: Option<Ending>,
    pub(crate) receipt_due: bool,
    pub(crate) refusals: VecDeque<Arc<str>>,
}

#[derive(Debug, Default)]
struct Desk {
    wants: Wants,
    word: Word,
}

/// An open connection, as others see it.
#[derive(Debug)]
pub(crate) struct Line {
    /// Its client id.
    pub(crate) client_id: String,
    /// By which credential it came in.
    pub(crate) admission: Admission,
    desk: Mutex<Desk>,
    bell: Notify,
    ended: CancellationToken,
}

impl Line {
    pub(crate) fn new(client_id: String, admission: Admission) -> Self {
        Self {
            client_id,
            admission,
            desk: Mutex::default(),
            bell: Notify::new(),
            ended: CancellationToken::new(),
        }
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the connection to end; the first reason stays.
    pub(crate) fn end(&self, ending: Ending) {
        self.desk().word.ending.get_or_insert(ending);
        self.ended.cancel();
        self.bell.notify_one();
    }

    /// Waits until the connection is told to end.
    pub(crate) async fn ended(&self) {
        self.ended.cancelled().await;
    }

    /// Sets what the connection wants to hear; a new wish for receipts makes the last one due.
    pub(crate) fn want(&self, wants: Wants) {
        let mut desk = self.desk();
        desk.word.receipt_due |= wants.receipts;
        desk.wants = wants;
        drop(desk);
        self.bell.notify_one();
    }

    /// Says that the gateway's receipt may have moved.
    pub(crate) fn receipt_moved(&self) {
        let mut desk = self.desk();
        if desk.wants.receipts {
            desk.word.receipt_due = true;
            drop(desk);
            self.bell.notify_one();
        }
    }

    /// Leaves a refusal, if it is wanted; says how many older ones had to go.
    pub(crate) fn leave_refusal(&self, refusal: &Arc<str>, waiting_max: usize) -> usize {
        let mut desk = self.desk();
        if !desk.wants.refusals {
            return 0;
        }
        let mut dropped = 0;
        while desk.word.refusals.len() >= waiting_max.max(1) {
            desk.word.refusals.pop_front();
            dropped += 1;
        }
        desk.word.refusals.push_back(Arc::clone(refusal));
        drop(desk);
        self.bell.notify_one();
        dropped
    }

    /// Waits until word is left. Cancel safe.
    pub(crate) async fn rung(&self) {
        self.bell.notified().await;
    }

    /// Takes the word that was left, with at most `refusals_max` refusals.
    pub(crate) fn hear(&self, refusals_max: usize) -> Word {
        let mut desk = self.desk();
        let count = desk.word.refusals.len().min(refusals_max);
        if count > 0 && count < desk.word.refusals.len() {
            // The rest goes after these were written: at QoS 0 nothing else would call for it.
            self.bell.notify_one();
        }
        Word {
            ending: desk.word.ending,
            receipt_due: std::mem::take(&mut desk.word.receipt_due),
            refusals: desk.word.refusals.drain(..count).collect(),
        }
    }
}
