//! The gateways of a park over real MQTT, with faults on demand: a separate process that knows
//! nothing of the platform but its address and the gateways' tokens.
//!
//! What a gateway measures goes on where the made-up history ended, because both read the same
//! curves (`demo`). Bounded: each gateway keeps at most [`OUTBOX_MAX`] messages while its line is
//! down, tries again with growing pauses, and gives up after a limit. Knows no store.

mod address;
mod fault;
mod file;
mod fleet;
mod gateway;
mod instruments;
mod line;
mod outbox;
mod record;
mod tally;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::calendar::Clock;

pub use address::{Address, AddressRefused};
pub use fault::{Fault, FaultUnknown};
pub use file::{FleetUnreadable, read_fleet, write_fleet};
pub use fleet::{Fleet, Instrument, Station};
pub use outbox::OUTBOX_MAX;
pub use record::Record;
pub use tally::{Tally, Totals};

/// How gateways are simulated.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the platform listens.
    pub address: Address,
    /// How often each gateway sends, all meters in one message.
    pub every: Duration,
    /// What goes wrong, now and then.
    pub faults: Vec<Fault>,
    /// Whom to trust on an encrypted line.
    pub tls: Option<Arc<rustls::ClientConfig>>,
}

/// Runs all gateways of `fleet` until `stop`, then lets each of them wait a few seconds for what
/// is not acknowledged yet.
pub async fn run(
    fleet: Fleet,
    settings: Settings,
    clock: Arc<dyn Clock>,
    record: Option<Record>,
    tally: Arc<Tally>,
    stop: CancellationToken,
) -> Totals {
    let settings = Arc::new(settings);
    let record = record.map(Arc::new);
    let mut gateways = JoinSet::new();
    for (place, station) in (0..).zip(fleet.stations) {
        let life = gateway::Life {
            station,
            place,
            settings: Arc::clone(&settings),
            clock: Arc::clone(&clock),
            record: record.clone(),
            tally: Arc::clone(&tally),
            stop: stop.clone(),
        };
        gateways.spawn(gateway::live(life));
    }
    while let Some(ended) = gateways.join_next().await {
        if ended.is_err() {
            tally.gave_up();
        }
    }
    tally.totals()
}
