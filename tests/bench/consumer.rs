//! The least that somebody writes who puts a broker in front of the same store: one client that
//! subscribes, takes each payload apart without checking more than it must, hands many at once to
//! the store, and acknowledges what is synced. A process of its own, so that its processor time can
//! be read; it is this program, started again.
//!
//! What it leaves out in its favour: who may send for which meter, limits, quarantine, refusals,
//! receipts, the ledger, pages.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::mem::take;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parkpulse::app::SystemClock;
use parkpulse::calendar::{Clock, Moment};
use parkpulse::indicator::IndicatorNo;
use parkpulse::park::{GatewayNo, MeterNo};
use parkpulse::reading::{Flags, Purpose, Quality, Reading, Taken, Value};
use parkpulse::store::Append;
use parkpulse::store::embedded::{Embedded, Settings};
use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Packet, Publish, QoS};
use serde::Deserialize;
use tokio::sync::mpsc::{Sender, channel};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::ground::{GATEWAYS, INDICATORS, METERS, meter};

/// Set for the process that consumes: port, messages, directory.
pub(crate) const ROLE: &str = "BENCH_CONSUMER";
/// Messages handed to the store at once at most.
const AT_ONCE: usize = 512;
/// How long it waits for more before it looks how many are kept.
const PATIENCE: Duration = Duration::from_millis(200);
/// Acknowledgements that wait for the line, and messages that wait to be taken apart.
const CHANNEL: usize = 1_000;
const QUEUE: usize = 4_096;

#[derive(Deserialize)]
struct Payload<'a> {
    epoch: u64,
    seq: u64,
    #[serde(borrow)]
    readings: Vec<Shown<'a>>,
}

#[derive(Deserialize)]
struct Shown<'a> {
    meter: &'a str,
    at: &'a str,
    #[serde(borrow)]
    values: BTreeMap<&'a str, f64>,
}

/// What it must know to take a payload apart.
struct Names {
    meters: BTreeMap<String, MeterNo>,
    indicators: BTreeMap<&'static str, IndicatorNo>,
    clock: SystemClock,
}

impl Names {
    fn new() -> Self {
        let meters = (0..GATEWAYS * METERS).map(|number| {
            let numbered = MeterNo::new(u32::try_from(number + 1).unwrap());
            (meter(0, number), numbered)
        });
        let indicators = INDICATORS.map(|(code, number, _)| (code, IndicatorNo::new(number)));
        Self {
            meters: meters.collect(),
            indicators: indicators.into(),
            clock: SystemClock,
        }
    }

    fn taken(&self, publish: &Publish) -> Taken {
        let payload: Payload<'_> = serde_json::from_slice(&publish.payload).unwrap();
        let gateway = publish.topic.split('/').nth(3).unwrap();
        let gateway = gateway.trim_start_matches("gw-").parse::<u32>().unwrap() + 1;
        let readings = payload.readings.iter().map(|shown| Reading {
            meter: self.meters[shown.meter],
            at: shown.at.parse::<Moment>().unwrap(),
            values: self.values(shown),
            quality: Quality::Good,
            flags: Flags::default(),
        });
        Taken {
            gateway: GatewayNo::new(gateway),
            epoch: Some(payload.epoch),
            seq: Some(payload.seq),
            received_at: self.clock.now(),
            purpose: Purpose::Ledger,
            readings: readings.collect(),
            set_aside: Vec::new(),
            refused: 0,
            unpromised: false,
        }
    }

    fn values(&self, shown: &Shown<'_>) -> Vec<Value> {
        let values = shown.values.iter().map(|(code, number)| Value {
            indicator: self.indicators[code],
            number: *number,
        });
        values.collect()
    }
}

/// Consumes if this process was started to do so.
pub(crate) fn is_it() -> bool {
    let Ok(role) = std::env::var(ROLE) else {
        return false;
    };
    let mut parts = role.splitn(3, ' ');
    let mut next = || parts.next().unwrap();
    let (port, messages) = (next().parse().unwrap(), next().parse().unwrap());
    let store = Embedded::open(
        Path::new(next()),
        Settings::default(),
        Arc::new(SystemClock) as Arc<dyn Clock>,
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let kept = runtime
        .unwrap()
        .block_on(consume(port, messages, Arc::new(store.unwrap())));
    say(&format!("kept {kept}"));
    // Its processor time is read while it waits for its end.
    let _asked = std::io::stdin().read_line(&mut String::new());
    true
}

fn say(line: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}

async fn consume(port: u16, messages: u64, store: Arc<Embedded>) -> u64 {
    let mut options = MqttOptions::new("consumer", "127.0.0.1", port);
    options.set_manual_acks(true).set_clean_session(false);
    let (client, line) = AsyncClient::new(options, CHANNEL);
    client
        .subscribe("parkpulse/v1/#", QoS::AtLeastOnce)
        .await
        .unwrap();
    let (hand_on, mut coming) = channel(QUEUE);
    let listening = tokio::spawn(listen(line, hand_on));
    let names = Names::new();
    let kept = Arc::new(AtomicU64::new(0));
    let mut acknowledging = JoinSet::new();
    let mut came: Vec<Publish> = Vec::new();
    while kept.load(Ordering::SeqCst) < messages {
        while acknowledging.try_join_next().is_some() {}
        let next = coming.recv_many(&mut came, AT_ONCE);
        if timeout(PATIENCE, next).await.is_err() {
            continue;
        }
        let taken = came.iter().map(|publish| names.taken(publish)).collect();
        let commit = store.submit(taken).await.unwrap();
        let (client, kept, came) = (client.clone(), Arc::clone(&kept), take(&mut came));
        acknowledging.spawn(async move {
            commit.synced().await.unwrap();
            kept.fetch_add(u64::try_from(came.len()).unwrap(), Ordering::SeqCst);
            for publish in &came {
                client.ack(publish).await.unwrap();
            }
        });
    }
    listening.abort();
    kept.load(Ordering::SeqCst)
}

/// Polls the line, which must never be cut off half way, and hands on what comes.
async fn listen(mut line: EventLoop, hand_on: Sender<Publish>) {
    loop {
        match line.poll().await.unwrap() {
            Event::Incoming(Packet::Publish(publish)) => hand_on.send(publish).await.unwrap(),
            Event::Incoming(Packet::SubAck(_)) => say("ready"),
            _ => {}
        }
    }
}
