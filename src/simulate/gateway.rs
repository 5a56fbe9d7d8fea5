//! The life of one gateway: measure, send, wait for the acknowledgement, and begin again when the
//! line breaks. One client a line, so that an acknowledgement of an old line cannot be taken for
//! one of the new.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use rumqttc::Outgoing;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{ConnectReturnCode, Packet, PubAckReason};
use rumqttc::v5::{AsyncClient, ConnectionError, Event};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::calendar::Clock;
use crate::calendar::Moment;
use crate::demo::Dice;

use super::instruments::Instruments;
use super::line;
use super::outbox::Outbox;
use super::record::Sender;
use super::{Record, Settings, Station, Tally};

/// How long a stopping gateway waits for acknowledgements.
const STOP_WITHIN: Duration = Duration::from_secs(5);
/// The first pause after a broken line; each further one is twice as long.
const PAUSE_FIRST: Duration = Duration::from_millis(500);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(30);
/// Lines in a row that may fail before a gateway gives up: a quarter of an hour.
const FAILURES_MAX: u32 = 40;
/// Lines in a row that may be refused by name and password.
const DENIALS_MAX: u32 = 5;

/// What one gateway lives on.
pub(super) struct Life {
    pub(super) station: Station,
    /// Its place in the fleet.
    pub(super) place: u64,
    pub(super) settings: Arc<Settings>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) record: Option<Arc<Record>>,
    pub(super) tally: Arc<Tally>,
    pub(super) stop: CancellationToken,
}

/// How a line ended.
enum Ended {
    /// As asked, everything acknowledged or waited for long enough.
    Stopped,
    /// It broke; whether it had been up.
    Broke { was_up: bool, denied: bool },
}

/// What happens next on a line.
#[expect(
    clippy::large_enum_variant,
    reason = "lives for one turn of a loop, never in a list"
)]
enum Next {
    Event(Result<Event, ConnectionError>),
    Stop,
    Leave,
}

/// Runs one gateway until `stop`, or until it gives up.
pub(super) async fn live(life: Life) {
    let mut gateway = Gateway::new(life);
    let (mut failures, mut denials) = (0_u32, 0_u32);
    loop {
        match gateway.hold_line().await {
            Ended::Stopped => return,
            Ended::Broke { was_up, denied } => {
                failures = if was_up { 0 } else { failures + 1 };
                denials = if denied { denials + 1 } else { 0 };
            }
        }
        gateway.outbox.line_broke();
        if failures >= FAILURES_MAX || denials >= DENIALS_MAX {
            let id = &gateway.life.station.gateway;
            tracing::warn!(gateway = %id, failures, denials, "gives up");
            gateway.life.tally.gave_up();
            return;
        }
        if !gateway.pause(failures).await {
            return;
        }
    }
}

struct Gateway {
    life: Life,
    instruments: Instruments,
    outbox: Outbox,
    ticks: Interval,
    dice: Dice,
}

impl Gateway {
    fn new(mut life: Life) -> Self {
        let every = life.settings.every;
        // Gateways do not all speak in the same instant.
        let dice = Dice::new(life.place).of(77);
        let share = u32::try_from(dice.below(1, 1000)).unwrap_or(0);
        let mut ticks = interval_at(Instant::now() + every * share / 1000, every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let epoch = life.clock.now().unix_ms().unsigned_abs() / 1000;
        let meters = std::mem::take(&mut life.station.meters);
        let faults = life.settings.faults.clone();
        Self {
            instruments: Instruments::new(meters, faults, dice, epoch),
            outbox: Outbox::default(),
            ticks,
            dice,
            life,
        }
    }

    /// Holds one line from connecting to its end.
    async fn hold_line(&mut self) -> Ended {
        let options = match line::options(&self.life.station, &self.life.settings) {
            Ok(options) => options,
            Err(fault) => {
                tracing::warn!(fault, "no line can be opened");
                return Ended::Broke {
                    was_up: false,
                    denied: true,
                };
            }
        };
        let (client, mut events) = AsyncClient::new(options, line::CLIENT_QUEUE.into());
        let (mut up, mut leave_at) = (false, None);
        loop {
            let stopping = leave_at.is_some();
            let next = {
                let mut event = pin!(events.poll());
                loop {
                    tokio::select! {
                        event = &mut event => break Next::Event(event),
                        _ = self.ticks.tick(), if !stopping => {
                            self.measure();
                            self.hand_over(&client, up);
                        }
                        () = self.life.stop.cancelled(), if !stopping => break Next::Stop,
                        () = sleep_until(leave_at.unwrap_or_else(Instant::now)), if stopping => {
                            break Next::Leave;
                        }
                    }
                }
            };
            match next {
                Next::Event(Ok(event)) => up |= self.seen(&event, &client),
                Next::Event(Err(fault)) if !stopping => return self.broke(&fault, up),
                Next::Event(Err(_)) | Next::Leave => return Ended::Stopped,
                Next::Stop => leave_at = Some(Instant::now() + STOP_WITHIN),
            }
            self.hand_over(&client, up);
            if leave_at.is_some() && (!up || self.outbox.is_empty()) {
                line::leave(&client, &mut events, up).await;
                return Ended::Stopped;
            }
        }
    }

    fn now(&self) -> Moment {
        let now = self.life.clock.now();
        // Whole seconds read better; several messages a second need the milliseconds.
        if self.life.settings.every < Duration::from_secs(1) {
            return now;
        }
        now.plus_ms(-now.unix_ms().rem_euclid(1000))
    }

    fn measure(&mut self) {
        let at = self.now();
        for letter in self.instruments.measure(at) {
            if self.outbox.push(letter) {
                self.life.tally.dropped();
            }
        }
    }

    /// Gives the client what the window has room for.
    fn hand_over(&mut self, client: &AsyncClient, up: bool) {
        if !up {
            return;
        }
        let topic = line::topic(&self.life.station, "readings");
        while let Some(letter) = self.outbox.hand() {
            if client
                .try_publish(&topic, QoS::AtLeastOnce, false, letter.payload)
                .is_err()
            {
                self.outbox.take_back();
                return;
            }
        }
    }

    /// Takes note of what happened on the line; whether it came up.
    fn seen(&mut self, event: &Event, client: &AsyncClient) -> bool {
        match event {
            Event::Incoming(Packet::ConnAck(_)) => {
                self.life.tally.connections();
                self.greet(client);
                return true;
            }
            Event::Outgoing(Outgoing::Publish(packet)) if *packet != 0 => self.written(*packet),
            Event::Incoming(Packet::PubAck(ack)) => self.acknowledged(ack.pkid, ack.reason),
            Event::Incoming(Packet::Publish(publish)) if publish.topic.ends_with(b"/refusals") => {
                self.life.tally.refusals();
            }
            _ => {}
        }
        false
    }

    /// Says that it is there and asks for what is meant for it.
    fn greet(&self, client: &AsyncClient) {
        let status = client.try_publish(
            line::topic(&self.life.station, "status"),
            QoS::AtMostOnce,
            false,
            "online",
        );
        let told = ["receipts", "refusals"].into_iter().all(|leaf| {
            let asked =
                client.try_subscribe(line::topic(&self.life.station, leaf), QoS::AtMostOnce);
            asked.is_ok()
        });
        if status.is_err() || !told {
            tracing::debug!("the client's queue was full at the greeting");
        }
    }

    fn written(&mut self, packet: u16) {
        let sender = self.sender();
        let Some(letter) = self.outbox.written(packet) else {
            return;
        };
        self.life.tally.sent();
        if let Some(record) = &self.life.record {
            told(record.sent(sender.of(&self.life.station), letter));
        }
    }

    fn acknowledged(&mut self, packet: u16, reason: PubAckReason) {
        let Some(letter) = self.outbox.acknowledged(packet) else {
            return;
        };
        let code = line::code(reason);
        if code == 0 {
            self.life.tally.acknowledged();
        } else {
            self.life.tally.refused();
        }
        if let Some(record) = &self.life.record {
            let sender = self.sender();
            told(record.acknowledged(sender.of(&self.life.station), letter.seq, code));
        }
    }

    fn sender(&self) -> Stamp {
        Stamp {
            epoch: self.instruments.epoch(),
            at: self.life.clock.now(),
        }
    }

    fn broke(&self, fault: &ConnectionError, was_up: bool) -> Ended {
        let gateway = &self.life.station.gateway;
        tracing::debug!(%gateway, %fault, "line broke");
        let denied = matches!(
            fault,
            ConnectionError::ConnectionRefused(
                ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized
            )
        );
        Ended::Broke { was_up, denied }
    }

    /// Goes on measuring for as long as a broken line is left alone; `false` when stopped.
    async fn pause(&mut self, failures: u32) -> bool {
        let doubled = PAUSE_FIRST
            .saturating_mul(1 << failures.min(6))
            .min(PAUSE_MAX);
        // Not all gateways come back in the same instant.
        let share =
            u32::try_from(self.dice.between(u64::from(failures), 500, 1000)).unwrap_or(1000);
        let mut pause = pin!(sleep(doubled * share / 1000));
        loop {
            tokio::select! {
                () = &mut pause => return true,
                _ = self.ticks.tick() => self.measure(),
                () = self.life.stop.cancelled() => return false,
            }
        }
    }
}

/// When, and under which counter.
#[derive(Clone, Copy)]
struct Stamp {
    epoch: u64,
    at: Moment,
}

impl Stamp {
    fn of(self, station: &Station) -> Sender<'_> {
        Sender {
            gateway: &station.gateway,
            epoch: self.epoch,
            at: self.at,
        }
    }
}

/// A record that cannot be written is told, and the run goes on.
fn told(written: std::io::Result<()>) {
    if let Err(fault) = written {
        tracing::error!(%fault, "the ledger of this run cannot be written; it has a gap");
    }
}
