//! One open connection: a task that reads, hands in, waits for the disk and answers.
//!
//! All messages of one socket read make one round, one submission and one write of answers. The
//! reader goes on while rounds wait for the disk, up to the window; it stops when the store's
//! queue is full (contract.md C4).

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, Sleep, sleep, sleep_until, timeout};

use crate::ingest::event::ConnectionEnded;
use crate::ingest::line::Ending;
use crate::ingest::{Door, Fault, Pending};
use crate::store::AppendRefused;
use crate::store::Commit;
use crate::store::Submitting;

use super::answers;
use super::codec::Will;
use super::conversation::{Conversation, Deed};
use super::frame::{self, Cut, Reason, Version};
use super::greeting::Entered;
use super::inbox::Inbox;
use super::outgoing::Outgoing;
use super::queue::{Queue, Reply, Round};
use super::seat::Seat;
use super::wire;

/// How an MQTT 3.1.1 client that never speaks is told from one that has nothing to say: not at
/// all, so such a connection only ends with its socket.
const FAR: Duration = Duration::from_hours(24);

/// What a connection waited for.
enum Happened {
    Rung,
    Synced(Result<(), AppendRefused>),
    Placed(Result<Commit, AppendRefused>),
    Read(std::io::Result<usize>),
    Due,
}

/// An open connection.
pub(super) struct Connection<S> {
    stream: S,
    inbox: Inbox,
    outbox: Vec<u8>,
    door: Arc<Door>,
    seat: Seat,
    talk: Conversation,
    outgoing: Outgoing,
    round: Round,
    queue: Queue,
    ready: Vec<Reply>,
    /// What the place in the store's queue is awaited for.
    placing: Option<Reply>,
    will: Option<Will>,
    /// 1.5 keep-alives.
    silence_max: Option<Duration>,
    heard_at: Instant,
    part_since: Option<Instant>,
    part_bytes: Option<usize>,
    paused_until: Option<Instant>,
    receipt_due: bool,
    receipt_sent: Option<crate::store::Receipt>,
    ending: Option<(Reason, Instant)>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// The connection of a client that was let in.
    pub(super) fn new(stream: S, inbox: Inbox, entered: Entered, door: Arc<Door>) -> Self {
        let Entered {
            hello,
            seat,
            conversation,
        } = entered;
        let asked = Duration::from_secs(u64::from(hello.keep_alive_s));
        let max = door.settings().keep_alive_max;
        let percent = door.settings().keep_alive_percent;
        let keep_alive = match hello.version {
            Version::V5 if asked.is_zero() => Some(max),
            Version::V5 => Some(asked.min(max)),
            Version::V3 => Some(asked).filter(|asked| !asked.is_zero()),
        };
        Self {
            stream,
            inbox,
            outbox: Vec::new(),
            door,
            seat,
            talk: conversation,
            outgoing: Outgoing::new(hello.version, hello.receive_max, hello.packet_max),
            round: Round::default(),
            queue: Queue::default(),
            ready: Vec::new(),
            placing: None,
            will: hello.will,
            silence_max: keep_alive.map(|keep_alive| keep_alive * percent / 100),
            heard_at: Instant::now(),
            part_since: None,
            part_bytes: None,
            paused_until: None,
            receipt_due: false,
            receipt_sent: None,
            ending: None,
        }
    }

    /// Runs until the client goes, must go, or the platform stops.
    pub(super) async fn run(mut self) {
        let append = Arc::clone(&self.door.parts.append);
        let mut place: Option<Submitting<'_>> = None;
        let mut sleep = Box::pin(sleep_until(Instant::now()));
        loop {
            if place.is_none() {
                self.listen().await;
                if let Some(taken) = self.hand_in() {
                    place = Some(append.submit(taken));
                }
            }
            if !self.flush().await || self.is_over() {
                break;
            }
            let due = self.due();
            if due < sleep.deadline() || sleep.is_elapsed() {
                sleep.as_mut().reset(due);
            }
            match self.wait(&mut place, sleep.as_mut()).await {
                Happened::Rung => self.hear_word(),
                Happened::Synced(Ok(())) => self.acknowledge(),
                Happened::Placed(Ok(commit)) => {
                    place = None;
                    self.placed(Some(commit));
                }
                Happened::Synced(Err(_)) | Happened::Placed(Err(_)) => {
                    // Nothing of it may ever be acknowledged (contract.md C6).
                    place = None;
                    self.placing = None;
                    self.queue = Queue::default();
                    self.end(Reason::ShuttingDown);
                }
                Happened::Read(Ok(0) | Err(_)) => self.end(Reason::Success),
                Happened::Read(Ok(_)) => {}
                Happened::Due => self.tick(),
            }
        }
        self.close().await;
    }

    async fn wait(
        &mut self,
        place: &mut Option<Submitting<'_>>,
        sleep: Pin<&mut Sleep>,
    ) -> Happened {
        let may_read = self.may_read();
        if !may_read {
            // What we do not read cannot be late.
            let now = Instant::now();
            self.heard_at = now;
            self.part_since = self.part_since.map(|_| now);
        }
        let Self {
            stream,
            inbox,
            queue,
            ready,
            seat,
            part_bytes,
            ..
        } = self;
        let synced = std::future::poll_fn(|context| queue.poll_ready(context, ready));
        let placed = async {
            match place {
                Some(place) => place.await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = seat.line.rung() => Happened::Rung,
            synced = synced => Happened::Synced(synced),
            placed = placed => Happened::Placed(placed),
            read = inbox.read(stream, *part_bytes), if may_read => Happened::Read(read),
            () = sleep => Happened::Due,
        }
    }

    /// Whether more messages may be taken: not while ending, waiting for a place, paused, or at
    /// the window. MQTT 5 clients know their window and are told when they exceed it, so for them
    /// the bound only holds back floods at QoS 0.
    fn may_take(&self) -> bool {
        let window = usize::from(self.door.settings().window);
        let messages_max = match self.talk.version {
            Version::V3 => window,
            Version::V5 => 4 * window,
        };
        let bytes_max = 4 * self.door.parts.limits.message_bytes;
        self.ending.is_none()
            && self.placing.is_none()
            && self.paused_until.is_none()
            && self.queue.places + self.round.reply.places() < messages_max
            && self.queue.bytes + self.round.reply.bytes < bytes_max
    }

    fn may_read(&self) -> bool {
        self.may_take()
            && self
                .part_bytes
                .is_none_or(|whole| self.inbox.unread().len() < whole)
    }

    /// Takes every packet in the read buffer that may be taken now.
    async fn listen(&mut self) {
        let roster = self.door.roster();
        let mut packets = 0_u32;
        while self.may_take() {
            let packet_max = self.door.settings().packet_bytes_max;
            let heard = match frame::cut(self.inbox.unread(), packet_max) {
                Ok(Cut::Whole(frame)) => {
                    let heard = self
                        .talk
                        .hear(&frame, &roster, &mut self.round, &mut self.outbox);
                    let length = frame.length;
                    self.inbox.advance(length);
                    heard
                }
                Ok(Cut::Part(whole)) => {
                    self.part_bytes = whole;
                    break;
                }
                Err(reason) => {
                    let qos = frame::qos_of_message(self.inbox.unread());
                    if let Some(qos) = qos.filter(|_| reason == Reason::TooLarge) {
                        self.talk.refuse_too_large(qos == 0, &mut self.round);
                    }
                    Err(reason)
                }
            };
            packets += 1;
            (self.part_since, self.part_bytes) = (None, None);
            match heard {
                Ok(deed) => self.perform(deed).await,
                Err(reason) => self.end(reason),
            }
        }
        if self.inbox.unread().is_empty() {
            self.part_since = None;
        } else {
            self.part_since.get_or_insert_with(Instant::now);
        }
        self.spend(packets);
    }

    /// Stops reading for a while if the gateway sends above its rate.
    fn spend(&mut self, packets: u32) {
        if packets == 0 {
            return;
        }
        let now = Instant::now();
        self.heard_at = now;
        let pause = self.seat.circle.allowance().spend(packets, now.into_std());
        if let Some(pause) = pause {
            self.door.tally.pauses.increment();
            self.paused_until = Some(now + pause);
        }
    }

    async fn perform(&mut self, deed: Deed) {
        match deed {
            Deed::None => {}
            Deed::Arrived(id) => {
                self.outgoing.arrived(id);
                self.hear_word();
            }
            Deed::Keep(reply) => {
                let kept = self.seat.keep_session(&self.talk.subscriptions).await;
                if let Err(reason) = kept {
                    return self.end(reason);
                }
                self.receipt_sent = None;
                self.seat.line.want(self.talk.wants());
                self.outbox.extend_from_slice(&reply);
            }
            Deed::Leave {
                with_will,
                expiry_s,
            } => {
                if !with_will {
                    self.will = None;
                }
                if let Some(expiry_s) = expiry_s {
                    self.seat.expiry_s = Some(expiry_s);
                    self.seat.kept &= expiry_s > 0;
                }
                self.end(Reason::Success);
            }
        }
    }

    /// Closes the round: the messages to hand in, if there are any.
    fn hand_in(&mut self) -> Option<Vec<crate::reading::Taken>> {
        if self.round.is_empty() {
            return None;
        }
        let round = std::mem::take(&mut self.round);
        self.queue.hold(&round.reply);
        if round.taken.is_empty() {
            self.queue.push(Pending::new(None, round.reply));
            return None;
        }
        self.placing = Some(round.reply);
        if self.door.settings().faults.has(Fault::AckUnsynced) {
            self.placed(None);
            self.placing = Some(Reply::default());
        }
        Some(round.taken)
    }

    /// The round has its place in the store's queue.
    fn placed(&mut self, commit: Option<Commit>) {
        if let Some(reply) = self.placing.take() {
            self.queue.push(Pending::new(commit, reply));
        }
    }

    /// Answers what is on disk. The one place of this door that writes acknowledgements; they come
    /// out of [`crate::ingest::Synced`] alone.
    fn acknowledge(&mut self) {
        let tally = &self.door.tally;
        for mut reply in self.ready.drain(..) {
            if self.door.settings().faults.has(Fault::AcksReversed) {
                reply.answers.reverse();
            }
            for answer in &reply.answers {
                answer.write(self.talk.version, &mut self.outbox);
                tally.acknowledged(answer.reason.byte());
            }
            self.talk.answered(&reply.answers);
            let circle = &self.seat.circle;
            self.door.announce(circle, reply.counted, &reply.refusals);
        }
    }

    /// Reads the word that was left, as far as the client takes more messages now.
    fn hear_word(&mut self) {
        let refusals_qos = self.talk.qos_of("refusals");
        let room = refusals_qos.map_or(0, |qos| self.outgoing.room(qos));
        let word = self.seat.line.hear(room);
        self.receipt_due |= word.receipt_due;
        let topic = self.talk.own.down("refusals");
        for refusal in word.refusals {
            let (qos, payload) = (refusals_qos.unwrap_or(0), refusal.as_bytes());
            if !self
                .outgoing
                .publish(&topic, qos, payload, &mut self.outbox)
            {
                self.door.tally.refusals_dropped.increment();
            }
        }
        self.tell_receipt();
        match word.ending {
            Some(Ending::TakenOver) => {
                // At once: later it would speak over what the new connection says.
                self.publish_will();
                self.end(Reason::TakenOver);
            }
            Some(Ending::Revoked) => self.end(Reason::NotAuthorized),
            Some(Ending::Stopping) => self.end(Reason::ShuttingDown),
            None => {}
        }
    }

    fn publish_will(&mut self) {
        if let Some(will) = self.will.take() {
            self.talk.publish_will(&will.payload);
        }
    }

    fn tell_receipt(&mut self) {
        let (true, Some(qos)) = (self.receipt_due, self.talk.qos_of("receipts")) else {
            return;
        };
        if self.outgoing.room(qos) == 0 || self.door.settings().faults.has(Fault::ReceiptsWithheld)
        {
            return;
        }
        self.receipt_due = false;
        let receipt = self.door.parts.receipts.receipt(self.talk.gateway.number);
        if let Some(receipt) = receipt.filter(|receipt| self.receipt_sent != Some(*receipt)) {
            let (topic, payload) = (self.talk.own.down("receipts"), wire::receipt(receipt));
            let payload = payload.as_bytes();
            self.outgoing
                .publish(&topic, qos, payload, &mut self.outbox);
            self.receipt_sent = Some(receipt);
        }
    }

    /// Ends the connection for `reason` once what was taken is answered; the first reason stays.
    fn end(&mut self, reason: Reason) {
        let settings = self.door.settings();
        let linger_for = match reason {
            Reason::ShuttingDown => settings.stop_within,
            _ => settings.linger_for,
        };
        self.ending
            .get_or_insert_with(|| (reason, Instant::now() + linger_for));
    }

    fn is_over(&self) -> bool {
        let done = self.queue.is_empty() && self.placing.is_none() && self.round.is_empty();
        self.ending
            .is_some_and(|(_, at_last)| done || Instant::now() >= at_last)
    }

    /// When something must be looked at even if nothing happens.
    fn due(&self) -> Instant {
        let settings = self.door.settings();
        let part = self.part_since.map(|since| since + settings.packet_within);
        let silence = self.silence_max.map(|max| self.heard_at + max);
        let ending = self.ending.map(|(_, at_last)| at_last);
        let all = [part, silence, ending, self.paused_until];
        let first = all.into_iter().flatten().min();
        first.unwrap_or_else(|| Instant::now() + FAR)
    }

    fn tick(&mut self) {
        let now = Instant::now();
        if self.paused_until.is_some_and(|until| now >= until) {
            self.paused_until = None;
            self.heard_at = now;
        }
        let settings = self.door.settings();
        let slow = self
            .part_since
            .is_some_and(|since| now >= since + settings.packet_within);
        let silent = self
            .silence_max
            .is_some_and(|max| now >= self.heard_at + max);
        if self.may_read() && (slow || silent) {
            self.end(Reason::KeepAlive);
        }
    }

    /// Writes the outbox; `false` if the client is gone or reads too slowly.
    async fn flush(&mut self) -> bool {
        /// What an outbox may hold on to between writes.
        const KEPT_BYTES: usize = 4096;
        /// What a write may still take once the connection must end.
        const ENDING_WRITE: Duration = Duration::from_millis(500);
        if self.outbox.is_empty() {
            return true;
        }
        let written = async {
            self.stream.write_all(&self.outbox).await?;
            self.stream.flush().await
        };
        let written = tokio::select! {
            biased;
            written = timeout(self.door.settings().write_within, written) => written,
            // A reader so slow that it would hold up the end of its connection.
            () = async {
                self.seat.line.ended().await;
                sleep(ENDING_WRITE).await;
            } => return false,
        };
        self.outbox.clear();
        self.outbox.shrink_to(KEPT_BYTES);
        matches!(written, Ok(Ok(())))
    }

    async fn close(mut self) {
        if let Some((reason, _)) = self.ending
            && reason != Reason::Success
        {
            let client_id = self.seat.line.client_id.as_str();
            let why = reason.name();
            self.door
                .parts
                .vitals
                .record(&ConnectionEnded { client_id, why });
            answers::disconnect(self.talk.version, reason, &mut self.outbox);
            self.flush().await;
        }
        self.publish_will();
        // A client that is gone already has nothing to be told.
        drop(timeout(self.door.settings().linger_for, self.stream.shutdown()).await);
        self.seat.leave().await;
    }
}
