//! What the MQTT tests stand on: a door over a real registry and a store whose commits a test can
//! hold back, and raw sockets that speak bytes.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use parkpulse::access::Principal;
use parkpulse::calendar::{Clock, ClockAt, Moment};
use parkpulse::indicator;
use parkpulse::ingest::{Door, Handshake, Parts, Places, Settings, mqtt};
use parkpulse::intake::Limits;
use parkpulse::park::{EnterpriseCode, GatewayId, GatewayNo};
use parkpulse::reading::Taken;
use parkpulse::store::memory::Memory;
use parkpulse::store::registry::{self, Registry};
use parkpulse::store::{Append, AppendRefused, Commit, Conservation, Counts, Submitting};
use parkpulse::vitals::{Exposition, Vitals};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
/// How long a test listens for what must not come.
pub(crate) const SILENCE: Duration = Duration::from_millis(120);

pub(crate) const NOW: &str = "2026-11-22T08:15:05+08:00";

/// A store that commits to memory, but only while its gate is open.
#[derive(Debug)]
pub(crate) struct Gated {
    pub(crate) memory: Arc<Memory>,
    gate: tokio::sync::watch::Sender<bool>,
    queue: tokio::sync::watch::Sender<bool>,
    failed: AtomicBool,
    pub(crate) submissions: Mutex<Vec<usize>>,
    /// What was handed over since somebody looked, once somebody does.
    heard: Mutex<Option<Vec<Taken>>>,
}

impl Gated {
    fn new(memory: Arc<Memory>) -> Self {
        Self {
            memory,
            gate: tokio::sync::watch::Sender::new(true),
            queue: tokio::sync::watch::Sender::new(true),
            failed: AtomicBool::new(false),
            submissions: Mutex::default(),
            heard: Mutex::default(),
        }
    }

    /// From here on what is handed over is remembered.
    pub(crate) fn listen(&self) {
        *self.heard.lock().unwrap() = Some(Vec::new());
    }

    /// What was handed over since the last time.
    pub(crate) fn heard(&self) -> Vec<Taken> {
        let mut heard = self.heard.lock().unwrap();
        heard.as_mut().map(std::mem::take).unwrap_or_default()
    }

    pub(crate) fn turn(&self, open: bool) {
        self.gate.send_replace(open);
    }

    /// Whether the writer's queue has no place.
    pub(crate) fn close_queue(&self, closed: bool) {
        self.queue.send_replace(!closed);
    }

    /// From here on every sync fails.
    pub(crate) fn fail(&self) {
        self.failed.store(true, Ordering::SeqCst);
    }
}

impl Append for Gated {
    fn submit(&self, taken: Vec<Taken>) -> Submitting<'_> {
        self.submissions.lock().unwrap().push(taken.len());
        if let Some(heard) = self.heard.lock().unwrap().as_mut() {
            heard.extend(taken.iter().cloned());
        }
        let mut gate = self.gate.subscribe();
        let mut queue = self.queue.subscribe();
        let memory = Arc::clone(&self.memory);
        let failed = self.failed.load(Ordering::SeqCst);
        Box::pin(async move {
            drop(queue.wait_for(|open| *open).await);
            let (kept, commit) = Commit::pair();
            if failed {
                drop(kept.send(Err(AppendRefused::FailStop)));
                return Ok(commit);
            }
            tokio::spawn(async move {
                if gate.wait_for(|open| *open).await.is_ok() {
                    let committed = match memory.submit(taken).await {
                        Ok(commit) => commit.synced().await,
                        Err(refused) => Err(refused),
                    };
                    drop(kept.send(committed));
                }
            });
            Ok(commit)
        })
    }
}

/// A running door.
pub(crate) struct Ground {
    pub(crate) address: SocketAddr,
    pub(crate) door: Arc<Door>,
    pub(crate) registry: Registry,
    pub(crate) store: Arc<Gated>,
    pub(crate) clock: Arc<ClockAt>,
    pub(crate) vitals: Arc<Vitals>,
    pub(crate) enterprise: EnterpriseCode,
    tokens: Vec<(String, String)>,
    pub(crate) stop: CancellationToken,
    tasks: TaskTracker,
    pub(crate) runtime: Runtime,
    pub(crate) directory: TempDir,
}

pub(crate) fn enterprise(body: &str) -> EnterpriseCode {
    let check = EnterpriseCode::check_character(body).unwrap();
    format!("{body}{check}").parse().unwrap()
}

/// Enterprises and meters, put there by SQL: who may register them is not at stake here.
fn furnish(directory: &TempDir, enterprises: &[&EnterpriseCode]) {
    let catalogue = indicator::built_in().unwrap();
    let file = rusqlite::Connection::open(directory.path().join("registry.db")).unwrap();
    for enterprise in enterprises {
        let sql = "INSERT OR IGNORE INTO enterprise VALUES (?1, 0)";
        file.execute(sql, [enterprise.as_str()]).unwrap();
    }
    let e_01 = [
        "kwh_register",
        "kwh_made_register",
        "kwh_fed_register",
        "kw",
        "temperature_c",
        "pressure_mpa",
        "level_m",
        "co_mg_m3",
        "h2s_mg_m3",
    ];
    let ended: Moment = "2026-11-21T08:15:05+08:00".parse().unwrap();
    let ended = Some(ended.unix_ms());
    let s_03 = ["smoke", "combustible_lel", "temperature_c"];
    // The meters of `intake_ground`; the last one is of somebody else.
    let meters = [
        (1, "E-01", 0, &e_01[..], None),
        (2, "G-02", 0, &["gas_m3_register"], None),
        (3, "S-03", 0, &s_03, None),
        (4, "E-04", 0, &["kwh_register"], ended),
        (9, "X-09", 1, &["kwh_register"], None),
    ];
    for (number, id, owner, codes, valid_to) in meters {
        let sql = "INSERT OR IGNORE INTO meter VALUES (?1, ?2, ?3, 0)";
        let owner = enterprises[owner].as_str();
        file.execute(sql, (number, id, owner)).unwrap();
        for code in codes {
            let indicator = i64::from(catalogue.find(code).unwrap().number.get());
            let sql = "INSERT OR IGNORE INTO meter_row (meter, indicator, multiplier, interval_s,
                jitter, resolution, valid_from, valid_to, recorded_at)
                VALUES (?1, ?2, '1', 60, '0', '0', 0, ?3, 0)";
            file.execute(sql, (number, indicator, valid_to)).unwrap();
        }
    }
}

impl Ground {
    pub(crate) fn new() -> Self {
        Self::with(Settings::default())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        Self::in_directory(
            tempfile::tempdir().unwrap(),
            settings,
            &["GW-1", "GW-2"],
            None,
        )
    }

    /// A door in `directory`, which may have been used before. With `handshake` it speaks TLS.
    pub(crate) fn in_directory(
        directory: TempDir,
        settings: Settings,
        gateways: &[&str],
        handshake: Option<Handshake>,
    ) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let clock = Arc::new(ClockAt::new(NOW.parse::<Moment>().unwrap()));
        let own = enterprise("91320583MADEM0001");
        let other = enterprise("91320583MADEM0002");
        let opened = || async {
            let settings = registry::Settings::of(directory.path().to_owned());
            let clock = Arc::clone(&clock) as Arc<dyn Clock>;
            Registry::open(settings, clock).await.unwrap()
        };
        runtime.block_on(async { opened().await.close().await });
        furnish(&directory, &[&own, &other]);
        let registry = runtime.block_on(opened());
        let mut tokens = Vec::new();
        for gateway in gateways {
            let owner = if *gateway == "GW-2" { &other } else { &own };
            let id: GatewayId = gateway.parse().unwrap();
            let local = Principal::local();
            let added = registry.add_gateway(&local, &id, owner);
            let token = runtime.block_on(added).unwrap();
            tokens.push(((*gateway).to_owned(), token.reveal().to_owned()));
        }
        let memory = Arc::new(Memory::default());
        let store = Arc::new(Gated::new(Arc::clone(&memory)));
        let vitals = Arc::new(Vitals::default());
        let places = Places::new(settings.connections_max, settings.network_percent_max);
        let door = Arc::new(Door::new(Parts {
            append: Arc::clone(&store) as Arc<dyn Append>,
            receipts: memory,
            registry: registry.clone(),
            catalogue: Arc::new(indicator::built_in().unwrap()),
            limits: Limits::default(),
            settings,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            vitals: Arc::clone(&vitals),
        }));
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let entered = runtime.enter();
        let listener = mqtt::listen("127.0.0.1:0".parse().unwrap(), 4096).unwrap();
        let address = listener.local_addr().unwrap();
        drop(entered);
        tasks.spawn_on(
            mqtt::run(listener, handshake, Arc::clone(&door), places, stop.clone()),
            runtime.handle(),
        );
        tasks.spawn_on(
            mqtt::watch_credentials(Arc::clone(&door), stop.clone()),
            runtime.handle(),
        );
        tasks.close();
        Self {
            address,
            door,
            registry,
            store,
            clock,
            vitals,
            enterprise: own,
            tokens,
            stop,
            tasks,
            runtime,
            directory,
        }
    }

    pub(crate) fn token(&self, gateway: &str) -> &str {
        let mut tokens = self.tokens.iter();
        let found = tokens.find(|(id, _)| id == gateway);
        &found.unwrap_or_else(|| panic!("no gateway {gateway}")).1
    }

    pub(crate) fn number(&self, gateway: &str) -> GatewayNo {
        let roster = self.registry.directory().current();
        roster.find_gateway(gateway).unwrap().number
    }

    /// The prefix of a gateway of the first enterprise, with its trailing slash.
    pub(crate) fn prefix(&self, gateway: &str) -> String {
        format!("parkpulse/v1/{}/{gateway}/", self.enterprise)
    }

    pub(crate) fn plug(&self) -> Plug {
        Plug::new(TcpStream::connect(self.address).unwrap())
    }

    /// C2 of a gateway, over all days.
    pub(crate) fn counts(&self, gateway: &str) -> Counts {
        let memory = &self.store.memory;
        let mut sum = Counts::default();
        let day = parkpulse::calendar::Day::of(self.clock.now());
        let own = self.number(gateway);
        memory
            .counts(Some(day), &mut |(_, number, counts)| {
                if *number == own {
                    sum.add(counts);
                }
                ControlFlow::Continue(())
            })
            .unwrap();
        sum
    }

    pub(crate) fn metrics(&self) -> String {
        let mut page = Exposition::default();
        self.vitals.expose(&mut page);
        page.into_text()
    }

    /// Lets a test use a token of an earlier life of the directory.
    pub(crate) fn knows(&mut self, gateway: &str, token: &str) {
        self.tokens.push((gateway.to_owned(), token.to_owned()));
    }

    /// Stops, and leaves the directory for the next life.
    pub(crate) fn into_directory(mut self, within: Duration) -> (TempDir, bool) {
        let stopped = self.stopped(within);
        self.runtime.block_on(self.registry.close());
        let elsewhere = tempfile::tempdir().unwrap();
        (std::mem::replace(&mut self.directory, elsewhere), stopped)
    }

    /// Stops in order; says whether all tasks ended within `within`.
    pub(crate) fn stopped(&self, within: Duration) -> bool {
        self.stop.cancel();
        let waited = async { tokio::time::timeout(within, self.tasks.wait()).await };
        self.runtime.block_on(waited).is_ok()
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        self.stop.cancel();
        self.store.turn(true);
    }
}

/// A stream that speaks bytes.
pub(crate) trait Wire: Read + Write + Send {
    fn patience(&self, within: Duration);
    fn write_patience(&self, within: Option<Duration>);
}

impl Wire for TcpStream {
    fn patience(&self, within: Duration) {
        self.set_read_timeout(Some(within)).unwrap();
    }

    fn write_patience(&self, within: Option<Duration>) {
        self.set_write_timeout(within).unwrap();
    }
}

/// One end of a connection.
pub(crate) struct Plug {
    wire: Box<dyn Wire>,
    got: Vec<u8>,
}

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Came {
    Packet(Vec<u8>),
    Closed,
    Nothing,
}

impl Plug {
    pub(crate) fn new(wire: impl Wire + 'static) -> Self {
        Self {
            wire: Box::new(wire),
            got: Vec::new(),
        }
    }

    /// Sends as much as the other side takes within `within`.
    pub(crate) fn send_within(&mut self, bytes: &[u8], within: Duration) {
        self.wire.write_patience(Some(within));
        self.send(bytes);
        self.wire.write_patience(None);
    }

    /// Sends; a server that has closed already is seen at the next read.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        drop(self.wire.write_all(bytes).and_then(|()| self.wire.flush()));
    }

    /// The next packet, or what came instead within `within`.
    pub(crate) fn next(&mut self, within: Duration) -> Came {
        let start = Instant::now();
        loop {
            if let Some(length) = packet_length(&self.got) {
                let rest = self.got.split_off(length);
                return Came::Packet(std::mem::replace(&mut self.got, rest));
            }
            let Some(left) = within.checked_sub(start.elapsed()) else {
                return Came::Nothing;
            };
            self.wire.patience(left.max(Duration::from_millis(1)));
            let mut bytes = [0; 4096];
            match self.wire.read(&mut bytes) {
                Ok(0) => return Came::Closed,
                Ok(count) => self.got.extend_from_slice(&bytes[..count]),
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(_) => return Came::Closed,
            }
        }
    }
}

fn packet_length(bytes: &[u8]) -> Option<usize> {
    let mut length = 0;
    for (index, byte) in bytes.iter().skip(1).take(4).enumerate() {
        length |= usize::from(byte & 0x7F) << (7 * index);
        if byte & 0x80 == 0 {
            let whole = 2 + index + length;
            return (bytes.len() >= whole).then_some(whole);
        }
    }
    None
}
