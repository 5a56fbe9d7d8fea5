//! Rounds of messages on their way: gathered from one socket read, handed in at once, answered in
//! the order in which they came (MQTT 5, 4.6).

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::ingest::{Message, Pending, Synced};
use crate::reading::Taken;
use crate::store::AppendRefused;

use super::answers::Answer;

/// What goes out once a round is on disk.
#[derive(Debug, Default)]
pub(super) struct Reply {
    /// In the order of the messages.
    pub(super) answers: Vec<Answer>,
    /// What `…/refusals` says.
    pub(super) refusals: Vec<Arc<str>>,
    /// Whether a message had a number, so that the receipt may have moved.
    pub(super) counted: bool,
    /// Messages of the round.
    pub(super) messages: usize,
    /// Bytes of their payloads.
    pub(super) bytes: usize,
}

impl Reply {
    /// Places of the window that it takes: an answer without a message, as a PUBCOMP, waits for
    /// the disk as well and takes one.
    pub(super) fn places(&self) -> usize {
        self.messages.max(self.answers.len())
    }
}

/// The messages of one socket read.
#[derive(Debug, Default)]
pub(super) struct Round {
    pub(super) taken: Vec<Taken>,
    pub(super) reply: Reply,
}

impl Round {
    pub(super) fn is_empty(&self) -> bool {
        self.taken.is_empty() && self.reply.answers.is_empty()
    }

    /// Adds a message of `bytes`, without its answer.
    pub(super) fn add(&mut self, message: Message, bytes: usize) {
        self.reply.counted |= message.taken.epoch.is_some() && message.taken.seq.is_some();
        self.reply.refusals.extend(message.refusals);
        self.reply.messages += 1;
        self.reply.bytes += bytes;
        self.taken.push(message.taken);
    }
}

type Awaited = Pin<Box<dyn Future<Output = Result<Synced<Reply>, AppendRefused>> + Send>>;

/// Rounds that wait for the disk, oldest first.
#[derive(Default)]
pub(super) struct Queue {
    waiting: VecDeque<Awaited>,
    /// Places of the window in it.
    pub(super) places: usize,
    /// Payload bytes in it.
    pub(super) bytes: usize,
}

impl Queue {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Notes what a round holds, before it has its place in the store's queue.
    pub(super) fn hold(&mut self, reply: &Reply) {
        self.places += reply.places();
        self.bytes += reply.bytes;
    }

    /// Lets a round wait.
    pub(super) fn push(&mut self, pending: Pending<Reply>) {
        self.waiting.push_back(Box::pin(pending.synced()));
    }

    /// Moves every round at the front that is on disk to `ready`. Pending until one is.
    pub(super) fn poll_ready(
        &mut self,
        context: &mut Context<'_>,
        ready: &mut Vec<Reply>,
    ) -> Poll<Result<(), AppendRefused>> {
        let mut any = false;
        while let Some(front) = self.waiting.front_mut() {
            match front.as_mut().poll(context) {
                Poll::Pending => break,
                Poll::Ready(synced) => {
                    self.waiting.pop_front();
                    let reply = synced?.into_answers();
                    self.places = self.places.saturating_sub(reply.places());
                    self.bytes = self.bytes.saturating_sub(reply.bytes);
                    ready.push(reply);
                    any = true;
                }
            }
        }
        if any {
            Poll::Ready(Ok(()))
        } else {
            Poll::Pending
        }
    }
}
