//! What every resource is handed: the parts that `app` built.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;

use crate::calendar::Clock;
use crate::indicator::Catalogue;
use crate::ingest::{Door, Places};
use crate::jobs::{BookKeeper, Settling};
use crate::park::backdrop::Thing;
use crate::store::Engine;
use crate::store::registry::Registry;
use crate::vitals::Vitals;

use super::{
    Entrance, Identity, Imports, Installation, Live, Pace, Pictures, RequestIds, Sessions,
    Settings, Standing, Turns, Weights,
};

/// Whether recovery is through (contract.md C5): set once by `app`, read by `/readyz`.
#[derive(Debug, Default)]
pub struct Readiness(AtomicBool);

impl Readiness {
    /// Says that recovery is through, or that stopping has begun.
    pub fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::SeqCst);
    }

    /// Whether requests are to be expected to succeed.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// The state of all handlers, cheap to clone.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Limits of this door.
    pub settings: Arc<Settings>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// What can be measured.
    pub catalogue: Arc<Catalogue>,
    /// Readings. Reads block: call them from `spawn_blocking`.
    pub engine: Arc<dyn Engine>,
    /// Who is where, and who may send.
    pub registry: Registry,
    /// The keeper of the book, for accounts of open periods.
    pub book: Arc<BookKeeper>,
    /// The way in for readings, shared with MQTT.
    pub door: Arc<Door>,
    /// Places for gateways over all ways in, shared with the ports of MQTT.
    pub gateway_places: Places,
    /// Our own health.
    pub vitals: Arc<Vitals>,
    /// Whether recovery is through.
    pub readiness: Arc<Readiness>,
    /// What is known of the installation.
    pub installation: Arc<Installation>,
    /// Since when each part is as it is.
    pub standing: Arc<Standing>,
    /// Where the last backup left its instant.
    pub backup_note: Arc<Path>,
    /// How far the ledger is, after a start or a large import.
    pub settling: Arc<Settling>,
    /// Names each request in answers and logs.
    pub request_ids: Arc<RequestIds>,
    /// Groups of parks that are no one territory.
    pub zones: Arc<std::collections::BTreeMap<String, Vec<String>>>,
    /// How long after its end a month is closed.
    pub close_after: Duration,
    /// How long after its end enterprises are asked to check a month's ledger.
    pub check_within: Duration,
    /// From how many percent on a meter and those below it differ too much.
    pub imbalance_percent: u32,
    /// Fonts for glyphs that the shipped one lacks.
    pub fonts: Arc<Vec<Vec<u8>>>,
    /// What is drawn under the parcels of maps, in the order of drawing.
    pub backdrop: Arc<Vec<Thing>>,
    /// Turns of those who want a big answer.
    pub turns: Arc<Turns>,
    /// What large answers weigh that nobody has taken yet.
    pub weights: Arc<Weights>,
    /// How often one may ask.
    pub pace: Arc<Pace>,
    /// Pictures that were painted.
    pub pictures: Arc<Pictures>,
    /// What is committed, a moment after it is.
    pub live: Arc<Live>,
    /// The plain MQTT port, for gateways of a closed network and test messages.
    pub mqtt_port: Option<u16>,
    /// The MQTT port with TLS.
    pub mqtt_tls_port: Option<u16>,
    /// The turn of whoever decides about a value: one at a time, from the look to the decision.
    pub deciding: Arc<Mutex<()>>,
    /// How files are taken.
    pub imports: Arc<Imports>,
    /// Where people sign in.
    pub entrance: Arc<Entrance>,
    /// Where people may sign in besides.
    pub identity: Option<Arc<Identity>>,
    /// Who each browser is by one click, in a demo and nowhere else.
    pub sessions: Option<Arc<Sessions>>,
}
