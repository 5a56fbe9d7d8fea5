//! What waits for the writer: messages, orders and slices of a fold.
//!
//! Bounded: messages by the permits of `Shared`, orders by the threads that wait for them, slices
//! by the one fold, which waits for each answer.

use std::collections::VecDeque;
use std::mem;
use std::sync::mpsc::SyncSender;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::reading::Taken;

use crate::store::{AppendRefused, BatchNo, Decision, Replay, StoreFault};

use super::slice::Slice;

/// Messages of one socket read, and who waits for them.
#[derive(Debug)]
pub(super) struct Submission {
    pub(super) taken: Vec<Taken>,
    pub(super) answer: oneshot::Sender<Result<BatchNo, AppendRefused>>,
    /// Their place in the queue, given back when they are committed.
    pub(super) _place: OwnedSemaphorePermit,
}

/// What somebody waits for who is not a door.
#[derive(Debug)]
pub(super) enum Wish {
    /// Take in a quarantined item.
    Replay(Replay),
    /// Keep a decision.
    Decide(Decision),
    /// Keep a cursor.
    SaveCursor(String, BatchNo),
    /// Forget a cursor.
    DropCursor(String),
}

/// A wish, and where its answer goes.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) wish: Wish,
    pub(super) answer: SyncSender<Result<BatchNo, StoreFault>>,
}

/// A piece of a fold, and where its answer goes.
#[derive(Debug)]
pub(super) struct SliceOrder {
    pub(super) slice: Slice,
    pub(super) answer: SyncSender<Result<(), StoreFault>>,
}

/// Everything that one transaction takes.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) submissions: Vec<Submission>,
    pub(super) orders: Vec<Order>,
    pub(super) slice: Option<SliceOrder>,
    /// Nothing more will come.
    pub(super) last: bool,
}

impl Work {
    pub(super) const fn is_empty(&self) -> bool {
        self.submissions.is_empty() && self.orders.is_empty() && self.slice.is_none()
    }
}

#[derive(Debug, Default)]
struct Waiting {
    submissions: VecDeque<Submission>,
    messages: usize,
    orders: VecDeque<Order>,
    slices: VecDeque<SliceOrder>,
    closed: bool,
    ended: bool,
}

/// The writer's inbox.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    waiting: Mutex<Waiting>,
    bell: Condvar,
}

/// From so many messages on the writer waits for no more.
const COMPANY: usize = 256;

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands over messages; back if nothing is taken any more.
    pub(super) fn submit(&self, submission: Submission) -> Result<(), Submission> {
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(submission);
        }
        waiting.messages += submission.taken.len().max(1);
        waiting.submissions.push_back(submission);
        self.bell.notify_one();
        Ok(())
    }

    /// Hands over an order; `false` if nothing is taken any more.
    pub(super) fn order(&self, order: Order) -> bool {
        let mut waiting = self.lock();
        if waiting.closed {
            return false;
        }
        waiting.orders.push_back(order);
        self.bell.notify_one();
        true
    }

    /// Hands over a slice; `false` if nothing is taken any more.
    pub(super) fn slice(&self, order: SliceOrder) -> bool {
        let mut waiting = self.lock();
        if waiting.ended {
            return false;
        }
        waiting.slices.push_back(order);
        self.bell.notify_one();
        true
    }

    /// Takes nothing more; what waits is still worked off.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.bell.notify_one();
    }

    /// The writer is gone: slices that wait are dropped, which tells the fold.
    pub(super) fn end(&self) {
        let mut waiting = self.lock();
        waiting.closed = true;
        waiting.ended = true;
        waiting.slices.clear();
    }

    /// Whether the writer is gone.
    pub(super) fn has_ended(&self) -> bool {
        self.lock().ended
    }

    /// How many messages wait.
    pub(super) fn messages(&self) -> usize {
        self.lock().messages
    }

    /// Wakes the writer, because something it waits for may have changed.
    pub(super) fn wake(&self) {
        self.bell.notify_one();
    }

    /// What there is to do, after waiting up to `patience` for the first of it and then up to
    /// `gather_for` for company. `messages` is how many the heads have room for.
    pub(super) fn take(&self, messages: usize, gather_for: Duration, patience: Duration) -> Work {
        let mut waiting = self.lock();
        let over = waiting.closed && waiting.submissions.is_empty();
        if !waiting.has_work(messages) && !over {
            let woken = self.bell.wait_timeout(waiting, patience);
            waiting = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        if waiting.messages > 0 && messages > 0 && waiting.slices.is_empty() {
            waiting = self.gather(waiting, gather_for);
        }
        let mut work = Work {
            slice: waiting.slices.pop_front(),
            orders: mem::take(&mut waiting.orders).into(),
            ..Work::default()
        };
        let mut room = messages;
        while let Some(submission) = waiting.submissions.front() {
            let count = submission.taken.len().max(1);
            if room == 0 || (count > room && room < messages) {
                break;
            }
            room = room.saturating_sub(count);
            waiting.messages = waiting.messages.saturating_sub(count);
            work.submissions.extend(waiting.submissions.pop_front());
        }
        work.last = waiting.closed && waiting.submissions.is_empty() && waiting.slices.is_empty();
        work
    }

    fn gather<'a>(
        &self,
        mut waiting: MutexGuard<'a, Waiting>,
        gather_for: Duration,
    ) -> MutexGuard<'a, Waiting> {
        let until = Instant::now() + gather_for;
        while waiting.messages < COMPANY && !waiting.closed {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let woken = self.bell.wait_timeout(waiting, left);
            waiting = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        waiting
    }
}

impl Waiting {
    fn has_work(&self, messages: usize) -> bool {
        (messages > 0 && self.messages > 0) || !self.orders.is_empty() || !self.slices.is_empty()
    }
}
