//! What a client says after its CONNECT, and what it means: no socket, no waiting.
//!
//! Each packet adds to the [`Round`] that is being gathered, to the outbox, or asks for a
//! [`Deed`] that needs the registry's disk.

use std::sync::Arc;

use crate::ingest::door::Refusal;
use crate::ingest::event::GatewaySaid;
use crate::ingest::line::Wants;
use crate::ingest::roll::{Circle, Said};
use crate::ingest::{Door, Fault, Message};
use crate::park::Gateway;
use crate::park::Roster;
use crate::reading::Code;
use crate::reading::Purpose;
use crate::store::registry::Subscription;

use super::aliases::Aliases;
use super::answers::{self, Answer, AnswerKind};
use super::codec::{self, Packet, Publish, Wish};
use super::frame::{Frame, Reason, Version};
use super::packet_ids::PacketIds;
use super::queue::Round;
use super::topic::{Own, Target};

/// What a packet asks for beyond the round and the outbox.
#[derive(Debug)]
pub(super) enum Deed {
    /// Nothing.
    None,
    /// Keep the subscriptions as they are now, then say this.
    Keep(Vec<u8>),
    /// The client goes.
    Leave {
        /// Whether its will is to be published.
        with_will: bool,
        /// A new expiry of its session, in seconds.
        expiry_s: Option<u32>,
    },
    /// One of our messages has arrived.
    Arrived(u16),
}

/// One client's side of the protocol.
pub(super) struct Conversation {
    pub(super) door: Arc<Door>,
    pub(super) version: Version,
    pub(super) gateway: Gateway,
    pub(super) circle: Arc<Circle>,
    pub(super) own: Own,
    pub(super) subscriptions: Vec<Subscription>,
    aliases: Aliases,
    /// QoS 2 ids between PUBLISH and PUBREL.
    open: PacketIds,
    /// Messages that will free their place in the window when their answer leaves.
    unanswered: usize,
}

impl Conversation {
    pub(super) fn new(
        door: Arc<Door>,
        version: Version,
        own: Own,
        gateway: Gateway,
        circle: Arc<Circle>,
        subscriptions: Vec<Subscription>,
    ) -> Self {
        Self {
            door,
            version,
            gateway,
            circle,
            own,
            subscriptions,
            aliases: Aliases::default(),
            open: PacketIds::default(),
            unanswered: 0,
        }
    }

    fn faulty(&self, fault: Fault) -> bool {
        self.door.settings().faults.has(fault)
    }

    /// Takes one packet.
    ///
    /// # Errors
    /// Why the connection must end; what is in the round already is still committed and answered.
    pub(super) fn hear(
        &mut self,
        frame: &Frame<'_>,
        roster: &Roster,
        round: &mut Round,
        outbox: &mut Vec<u8>,
    ) -> Result<Deed, Reason> {
        match codec::read(self.version, frame)? {
            Packet::Publish(publish) => self.publish(&publish, roster, round)?,
            Packet::Release(id) => self.release(id, round),
            Packet::Acknowledged(id) => return Ok(Deed::Arrived(id)),
            Packet::Subscribe {
                id,
                wishes,
                numbered,
            } => return self.subscribe(id, wishes, numbered),
            Packet::Unsubscribe { id, filters } => return self.unsubscribe(id, &filters),
            Packet::Ping => outbox.extend_from_slice(&answers::PONG),
            Packet::Goodbye {
                with_will,
                expiry_s,
            } => {
                return Ok(Deed::Leave {
                    with_will,
                    expiry_s,
                });
            }
            Packet::Connect if self.faulty(Fault::ConnectTwice) => {}
            Packet::Connect | Packet::Auth => return Err(Reason::Protocol),
        }
        Ok(Deed::None)
    }

    /// Frees the places of the window that `answers` held.
    pub(super) fn answered(&mut self, answers: &[Answer]) {
        let freed = answers.iter().filter(|answer| answer.frees()).count();
        self.unanswered = self.unanswered.saturating_sub(freed);
    }

    /// What the client's subscriptions catch of our two down topics.
    pub(super) fn wants(&self) -> Wants {
        let catches = |name| {
            let mut filters = self.subscriptions.iter().map(|kept| kept.filter.as_str());
            filters.any(|filter| self.own.catches(filter, name))
        };
        Wants {
            receipts: catches("receipts"),
            refusals: catches("refusals"),
        }
    }

    /// At which QoS the down topic `name` goes to this client; `None` if it did not ask.
    pub(super) fn qos_of(&self, name: &str) -> Option<u8> {
        let caught = self.subscriptions.iter();
        caught
            .filter(|kept| self.own.catches(&kept.filter, name))
            .map(|kept| kept.qos)
            .max()
    }

    /// Publishes the last will.
    pub(super) fn publish_will(&self, payload: &[u8]) {
        self.say(payload);
    }

    fn publish(
        &mut self,
        publish: &Publish<'_>,
        roster: &Roster,
        round: &mut Round,
    ) -> Result<(), Reason> {
        self.admit_id(publish)?;
        if publish.qos == 2 && self.open.has(publish.id) && !self.faulty(Fault::TwiceTaken) {
            round.reply.answers.push(Answer {
                kind: AnswerKind::Receive,
                id: publish.id,
                reason: Reason::Success,
            });
            return Ok(());
        }
        let target = self
            .aliases
            .resolve(&self.own, publish.topic, publish.alias)?;
        if publish.payload.len() > self.door.parts.limits.message_bytes {
            self.refuse_too_large(publish.qos == 0, round);
            return Err(Reason::TooLarge);
        }
        let code = self.take(target, publish, roster, round);
        let reason = self.reason(code);
        let ends = matches!(reason, Reason::NotAuthorized | Reason::QuotaExceeded);
        if ends && self.version == Version::V3 {
            // 3.1.1 knows no refusal in its answers (contract.md 2, "Answers").
            return Err(reason);
        }
        self.answer(publish, reason, round);
        Ok(())
    }

    /// Holds the packet id and the window.
    fn admit_id(&self, publish: &Publish<'_>) -> Result<(), Reason> {
        if publish.qos == 0 {
            return Ok(());
        }
        if publish.id == 0 && !self.faulty(Fault::IdZero) {
            return Err(Reason::Malformed);
        }
        let repeated = publish.qos == 2 && self.open.has(publish.id);
        let used = self.unanswered + self.open.count();
        let full = used >= usize::from(self.door.settings().window);
        if full && !repeated && self.version == Version::V5 && !self.faulty(Fault::WindowOpen) {
            return Err(Reason::WindowExceeded);
        }
        Ok(())
    }

    /// Takes the payload to its target; the code of a message of which nothing was taken.
    fn take(
        &self,
        target: Target,
        publish: &Publish<'_>,
        roster: &Roster,
        round: &mut Round,
    ) -> Option<Code> {
        let unpromised = publish.qos == 0;
        let message = match target {
            Target::Status if self.say(publish.payload) => return None,
            Target::Foreign => self.refuse_foreign(publish, unpromised),
            Target::Readings | Target::Status => {
                self.read(Purpose::Ledger, publish, roster, unpromised)
            }
            Target::Trial => self.read(Purpose::Trial, publish, roster, unpromised),
        };
        let code = message.refused_whole;
        round.add(message, publish.payload.len());
        code
    }

    fn read(
        &self,
        purpose: Purpose,
        publish: &Publish<'_>,
        roster: &Roster,
        unpromised: bool,
    ) -> Message {
        let gateway = roster
            .gateway_numbered(self.gateway.number)
            .unwrap_or(&self.gateway);
        let message = self
            .door
            .take(gateway, roster, purpose, publish.payload, unpromised);
        self.door.within_day(&self.circle, gateway, message)
    }

    fn refuse_foreign(&self, publish: &Publish<'_>, unpromised: bool) -> Message {
        let shown: String = publish.topic.chars().take(80).collect();
        self.door.refuse(
            &self.gateway,
            Refusal {
                code: Code::ForeignTopic,
                detail: format!("`{shown}` is not {}", self.own.allowed()),
                values: 1,
                counter: (None, None),
                unpromised,
            },
        )
    }

    /// Counts a message that is larger than a limit; nothing of it is read, so it counts 1 and has
    /// no number.
    pub(super) fn refuse_too_large(&self, unpromised: bool, round: &mut Round) {
        let limit = self.door.parts.limits.message_bytes;
        let refusal = Refusal {
            code: Code::TooLarge,
            detail: format!("{limit} bytes a message are the limit; send it in several"),
            values: 1,
            counter: (None, None),
            unpromised,
        };
        round.add(self.door.refuse(&self.gateway, refusal), 0);
    }

    /// Keeps a status; `false` if it is neither `online` nor `offline`.
    fn say(&self, payload: &[u8]) -> bool {
        let status = match payload {
            b"online" => "online",
            b"offline" => "offline",
            _ => return false,
        };
        let parts = &self.door.parts;
        self.circle.say(Said {
            online: status == "online",
            at: parts.clock.now(),
        });
        let gateway = self.gateway.id.as_str();
        parts.vitals.record(&GatewaySaid { gateway, status });
        true
    }

    fn reason(&self, code: Option<Code>) -> Reason {
        match code {
            None => Reason::Success,
            Some(Code::ForeignTopic) if self.faulty(Fault::ForeignAcked) => Reason::Success,
            Some(Code::ForeignTopic) => Reason::NotAuthorized,
            Some(Code::QuotaExceeded) => Reason::QuotaExceeded,
            Some(_) if self.faulty(Fault::UnreadableHidden) => Reason::Success,
            Some(_) => Reason::PayloadUnreadable,
        }
    }

    fn answer(&mut self, publish: &Publish<'_>, reason: Reason, round: &mut Round) {
        let kind = match publish.qos {
            0 => return,
            1 => AnswerKind::Acknowledge,
            _ => AnswerKind::Receive,
        };
        let answer = Answer {
            kind,
            id: publish.id,
            // 3.1.1 cannot say it, so the id stays open until its PUBREL.
            reason: if self.version == Version::V3 {
                Reason::Success
            } else {
                reason
            },
        };
        if answer.frees() {
            self.unanswered += 1;
        } else {
            self.open.open(publish.id);
        }
        round.reply.answers.push(answer);
    }

    fn release(&mut self, id: u16, round: &mut Round) {
        let known = self.open.close(id);
        if known || !self.faulty(Fault::ReleaseUnheard) {
            round.reply.answers.push(Answer {
                kind: AnswerKind::Complete,
                id,
                reason: Reason::Success,
            });
        }
    }

    fn subscribe(&mut self, id: u16, wishes: Vec<Wish>, numbered: bool) -> Result<Deed, Reason> {
        if id == 0 && !self.faulty(Fault::IdZero) {
            return Err(Reason::Malformed);
        }
        if numbered {
            return Err(Reason::SubscriptionIdRefused);
        }
        let mut codes = Vec::with_capacity(wishes.len());
        for wish in wishes {
            let code = self.own.grant(&wish.filter, wish.qos)?;
            if code < 0x80 {
                codes.push(self.subscribe_to(wish.filter, code));
            } else {
                codes.push(if self.version == Version::V5 {
                    code
                } else {
                    0x80
                });
            }
        }
        Ok(Deed::Keep(answers::codes(self.version, 0x90, id, &codes)))
    }

    /// Adds or changes a granted subscription, while the session has room.
    fn subscribe_to(&mut self, filter: String, qos: u8) -> u8 {
        let filters_max = self.door.settings().filters_max;
        let known = self.subscriptions.iter_mut();
        if let Some(known) = known.into_iter().find(|known| known.filter == filter) {
            known.qos = qos;
        } else if self.subscriptions.len() < filters_max {
            self.subscriptions.push(Subscription { filter, qos });
        } else {
            return match self.version {
                Version::V5 => Reason::QuotaExceeded.byte(),
                Version::V3 => 0x80,
            };
        }
        qos
    }

    fn unsubscribe(&mut self, id: u16, filters: &[String]) -> Result<Deed, Reason> {
        if id == 0 && !self.faulty(Fault::IdZero) {
            return Err(Reason::Malformed);
        }
        let mut codes = Vec::new();
        for filter in filters {
            let before = self.subscriptions.len();
            self.subscriptions.retain(|kept| kept.filter != *filter);
            if self.version == Version::V5 {
                // 0x11: no subscription existed.
                codes.push(if self.subscriptions.len() < before {
                    0
                } else {
                    0x11
                });
            }
        }
        Ok(Deed::Keep(answers::codes(self.version, 0xB0, id, &codes)))
    }
}
