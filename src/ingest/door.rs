//! What every door shares: a message in, the commit, and only then the answer.
//!
//! Knows gateways, payloads and the way into the store; knows no protocol.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::calendar::Clock;
use crate::calendar::Day;
use crate::indicator::Catalogue;
use crate::intake;
use crate::park::Gateway;
use crate::park::GatewayNo;
use crate::park::Roster;
use crate::reading::Code;
use crate::reading::Purpose;
use crate::reading::SetAside;
use crate::reading::Taken;
use crate::store::Append;
use crate::store::AppendRefused;
use crate::store::Receipts;
use crate::store::registry::{Admission, Registry};
use crate::vitals::Vitals;

use super::event::{MessageRefused, Tally};
use super::roll::{Circle, Roll};
use super::{Pending, Presence, Settings, TooMuch, TurnedAway};

/// What a door is made of; `app` brings it.
#[derive(Debug)]
pub struct Parts {
    /// The way into the store.
    pub append: Arc<dyn Append>,
    /// How far each gateway's messages are on disk.
    pub receipts: Arc<dyn Receipts>,
    /// Who is registered, and the sessions on disk.
    pub registry: Registry,
    /// What can be measured.
    pub catalogue: Arc<Catalogue>,
    /// The limits of one message.
    pub limits: intake::Limits,
    /// The limits of the doors.
    pub settings: Settings,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where events are counted.
    pub vitals: Arc<Vitals>,
}

/// The doors' common room. One a process.
#[derive(Debug)]
pub struct Door {
    pub(crate) parts: Parts,
    pub(crate) tally: Tally,
    pub(crate) roll: Roll,
}

/// A message, taken apart, on its way to the store.
#[derive(Debug)]
pub struct Message {
    /// What the store keeps of it.
    pub taken: Taken,
    /// Why nothing of it was taken: refused, or quarantined whole.
    pub refused_whole: Option<Code>,
    /// What `…/refusals` says of what was set aside, in as many messages as that takes.
    pub refusals: Vec<Arc<str>>,
}

/// Why a message is refused without being kept.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) code: Code,
    pub(crate) detail: String,
    /// How many values it counts as (contract.md C2).
    pub(crate) values: u32,
    /// Its epoch and number, for the sender.
    pub(crate) counter: (Option<u64>, Option<u64>),
    pub(crate) unpromised: bool,
}

/// What became of a message that came by request and answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Posted {
    /// Values that came, a message that cannot be read counts 1.
    pub received: u64,
    /// Values kept.
    pub committed: u64,
    /// What was quarantined, without the bytes.
    pub quarantined: Vec<SetAside>,
    /// Why the message could not be taken apart at all.
    pub unreadable: Option<Code>,
}

/// Why nothing was taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PostRefused {
    /// The gateway sends too much.
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
    /// The store takes nothing now.
    #[error(transparent)]
    Store(#[from] AppendRefused),
    /// The store did not commit in time; whether it still will is not known.
    #[error(
        "the store did not confirm in time; send the same message again, a repetition does no harm"
    )]
    TookTooLong,
}

impl Door {
    /// The limits of one message.
    #[must_use]
    pub fn limits(&self) -> &intake::Limits {
        &self.parts.limits
    }

    /// A door of `parts`.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let tally = Tally::new(&parts.vitals);
        Self {
            parts,
            tally,
            roll: Roll::default(),
        }
    }

    /// Lets the volume of `day` go on where an earlier process left it: `values` came from
    /// `gateway` that day. To be called before the doors open.
    pub fn recall(&self, gateway: GatewayNo, day: Day, values: u64) {
        let circle = self.roll.circle(gateway, self.settings());
        circle.allowance().recall(day, values);
    }

    /// Who is here and what they last said of themselves, by gateway number.
    #[must_use]
    pub fn presences(&self) -> Vec<Presence> {
        self.roll.presences()
    }

    /// What was turned away of `gateway` since the start of the process, the newest few, oldest
    /// first.
    #[must_use]
    pub fn turned_away(&self, gateway: &Gateway) -> Vec<TurnedAway> {
        self.circle(gateway).turned_away()
    }

    /// Remembers a connection that was not let in, if it said that it was a registered gateway.
    pub(crate) fn note_stranger(&self, user: Option<&str>, why: &'static str, peer: &str) {
        let roster = self.roster();
        let Some(gateway) = user.and_then(|user| roster.find_gateway(user)) else {
            return;
        };
        self.circle(gateway).turn_away(TurnedAway {
            at: self.parts.clock.now(),
            why,
            detail: peer.to_owned(),
            is_connection: true,
        });
    }

    /// Connections that may be open at one time, over all listeners.
    #[must_use]
    pub fn connections_max(&self) -> usize {
        self.settings().connections_max
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.parts.settings
    }

    /// The registered gateways and meters as of now.
    pub(crate) fn roster(&self) -> Arc<Roster> {
        self.parts.registry.directory().current()
    }

    pub(crate) fn circle(&self, gateway: &Gateway) -> Arc<Circle> {
        self.roll.circle(gateway.number, self.settings())
    }

    /// Takes one payload apart.
    pub(crate) fn take(
        &self,
        gateway: &Gateway,
        roster: &Roster,
        purpose: Purpose,
        payload: &[u8],
        unpromised: bool,
    ) -> Message {
        let tally = &self.tally;
        if unpromised {
            tally.messages_unpromised.increment();
        } else {
            tally.messages.increment();
        }
        tally
            .payload_bytes
            .add(u64::try_from(payload.len()).unwrap_or(u64::MAX));
        let context = intake::Context {
            roster,
            catalogue: &self.parts.catalogue,
            limits: &self.parts.limits,
            gateway,
            purpose,
            received_at: self.parts.clock.now(),
            unpromised,
            amendment: None,
        };
        Message::new(intake::take_in(payload, &context))
    }

    /// A message that is refused outright: nothing of it is kept, its values are counted, and its
    /// number is not taken for one that is on disk.
    pub(crate) fn refuse(&self, gateway: &Gateway, refusal: Refusal) -> Message {
        self.parts.vitals.record(&MessageRefused {
            gateway: gateway.id.as_str(),
            code: refusal.code,
        });
        self.circle(gateway).turn_away(TurnedAway {
            at: self.parts.clock.now(),
            why: refusal.code.as_str(),
            detail: refusal.detail.clone(),
            is_connection: false,
        });
        let mut message = Message::new(Taken {
            gateway: gateway.number,
            epoch: refusal.counter.0,
            seq: refusal.counter.1,
            received_at: self.parts.clock.now(),
            purpose: Purpose::Ledger,
            readings: Vec::new(),
            set_aside: vec![SetAside {
                code: refusal.code,
                detail: refusal.detail,
                index: None,
                values: refusal.values,
                raw: Vec::new(),
            }],
            refused: refusal.values,
            unpromised: refusal.unpromised,
        });
        message.taken.set_aside.clear();
        (message.taken.epoch, message.taken.seq) = (None, None);
        message
    }

    /// Turns `message` into a refusal if the gateway's day is used up.
    pub(crate) fn within_day(
        &self,
        circle: &Circle,
        gateway: &Gateway,
        message: Message,
    ) -> Message {
        let (values, taken) = (message.values(), &message.taken);
        if circle.allowance().take(values, taken.received_at) {
            return message;
        }
        self.refuse(
            gateway,
            Refusal {
                code: Code::QuotaExceeded,
                detail: TooMuch::Day.to_string(),
                values: u32::try_from(values).unwrap_or(u32::MAX),
                counter: (taken.epoch, taken.seq),
                unpromised: taken.unpromised,
            },
        )
    }

    /// Takes a message that came by request and answer, commits it, and says what became of it.
    ///
    /// # Errors
    /// Too much, or the store takes nothing: nothing may be acknowledged.
    pub async fn post(
        &self,
        admission: &Admission,
        payload: &[u8],
        within: Duration,
    ) -> Result<Posted, PostRefused> {
        let gateway = &admission.gateway;
        let circle = self.circle(gateway);
        if let Some(pause) = circle.allowance().ask(Instant::now()) {
            return Err(TooMuch::Rate(pause).into());
        }
        let message = self.take(gateway, &self.roster(), Purpose::Ledger, payload, false);
        let message = self.within_day(&circle, gateway, message);
        let refused = message.taken.refused > 0;
        let counted = message.taken.seq.is_some();
        let refusals = message.refusals.clone();
        let posted = self.commit(message, within).await?;
        self.announce(&circle, counted, &refusals);
        if refused {
            return Err(TooMuch::Day.into());
        }
        Ok(posted)
    }

    /// Counts a message that was refused before it was read (contract.md C2: it counts 1), and tells
    /// the gateway's open connections.
    ///
    /// # Errors
    /// Too much, or the store takes nothing: it was not counted, as what was never received.
    pub async fn turn_away(
        &self,
        admission: &Admission,
        (code, detail): (Code, &str),
        within: Duration,
    ) -> Result<(), PostRefused> {
        let gateway = &admission.gateway;
        let circle = self.circle(gateway);
        if let Some(pause) = circle.allowance().ask(Instant::now()) {
            return Err(TooMuch::Rate(pause).into());
        }
        let refusal = Refusal {
            code,
            detail: detail.to_owned(),
            values: 1,
            counter: (None, None),
            unpromised: false,
        };
        let message = self.refuse(gateway, refusal);
        let refusals = message.refusals.clone();
        self.commit(message, within).await?;
        self.announce(&circle, false, &refusals);
        Ok(())
    }

    /// Tells the gateway's open connections what is on disk now and what was refused.
    pub(crate) fn announce(&self, circle: &Circle, counted: bool, refusals: &[Arc<str>]) {
        let waiting_max = self.settings().refusals_waiting_max;
        let dropped = circle.announce(counted, refusals, waiting_max);
        let dropped = u64::try_from(dropped).unwrap_or(u64::MAX);
        self.tally.refusals_dropped.add(dropped);
    }

    async fn commit(&self, message: Message, within: Duration) -> Result<Posted, PostRefused> {
        let posted = message.posted();
        let handed_in = async {
            let commit = self.parts.append.submit(vec![message.taken]).await?;
            Pending::new(Some(commit), posted).synced().await
        };
        match tokio::time::timeout(within, handed_in).await {
            Ok(synced) => {
                let posted = synced?.into_answers();
                self.tally.acknowledged(0x00);
                Ok(posted)
            }
            Err(_elapsed) => Err(PostRefused::TookTooLong),
        }
    }
}

impl Message {
    fn new(taken: Taken) -> Self {
        let whole = taken
            .set_aside
            .first()
            .filter(|first| first.index.is_none());
        let refused_whole = whole.map(|whole| whole.code);
        let refusals = intake::refusals(&taken)
            .into_iter()
            .map(Arc::from)
            .collect();
        Self {
            taken,
            refused_whole,
            refusals,
        }
    }

    /// Values that came with it; what could not be read counts 1.
    pub(crate) fn values(&self) -> u64 {
        let kept = self
            .taken
            .readings
            .iter()
            .map(|reading| reading.values.len());
        let kept = u64::try_from(kept.sum::<usize>()).unwrap_or(u64::MAX);
        let aside = self
            .taken
            .set_aside
            .iter()
            .map(|aside| u64::from(aside.values));
        kept + aside.sum::<u64>()
    }

    fn posted(&self) -> Posted {
        let aside = self.taken.set_aside.iter();
        let quarantined: Vec<_> = aside
            .map(|aside| SetAside {
                raw: Vec::new(),
                ..aside.clone()
            })
            .collect();
        let set_aside: u64 = quarantined
            .iter()
            .map(|aside| u64::from(aside.values))
            .sum();
        Posted {
            received: self.values(),
            committed: self.values() - set_aside,
            quarantined,
            unreadable: self.refused_whole,
        }
    }
}
