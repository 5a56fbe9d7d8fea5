//! The running platform: in which order it starts and in which it stops.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Settings;
use crate::http::{
    self, Desk, Entrance, Identity, IdentityRefused, Imports, Live, Pace, Pictures, Readiness,
    RequestIds, Sessions, Turns, Weights,
};
use crate::ingest::{Places, TlsRefused};
use crate::jobs::notify::{Notifier, NotifyRefused};
use crate::jobs::{BookKeeper, LedgerKeeper, Provisional, Settling, trim_log};
use crate::park::backdrop::Thing;
use crate::store::StoreFault;
use crate::store::registry::{RegistryFault, Token};

use super::archive::backup_note;
use super::control::{self, Commands, ControlKey};
use super::doors::{Doors, door};
use super::{BackdropUnread, backdrop};
use super::{DataDirectory, DirectoryRefused, FontUnread, OpenFailed, Parts, Ports, read_fonts};
use super::{descriptors, signals};

/// How often the log says how far a long recovery is.
const PROGRESS_EVERY: Duration = Duration::from_secs(5);

/// Why the platform did not start or did not run to its ordered end.
#[derive(Debug, thiserror::Error)]
pub enum ServeFailed {
    /// The data directory is not ours to use.
    #[error(transparent)]
    Directory(#[from] DirectoryRefused),
    /// What lies in it cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenFailed),
    /// An address cannot be taken.
    #[error("cannot listen on {address} ({key}); another process may hold the port")]
    Listen {
        /// The configuration key.
        key: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// A font of the configuration cannot be read.
    #[error(transparent)]
    Font(#[from] FontUnread),
    /// A backdrop file cannot be used.
    #[error(transparent)]
    Backdrop(#[from] BackdropUnread),
    /// The certificate of the TLS door is not usable.
    #[error(transparent)]
    Tls(#[from] TlsRefused),
    /// The way to the identity server cannot be opened.
    #[error(transparent)]
    Identity(#[from] IdentityRefused),
    /// The ways of notifications cannot be opened.
    #[error(transparent)]
    Notify(#[from] NotifyRefused),
    /// The system refuses something else.
    #[error("the system refuses: {doing}")]
    System {
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// What was to be done before readiness failed.
    #[error("{0}")]
    Prepare(String),
    /// A sync failed (contract C6): nothing was acknowledged since.
    #[error("{0}")]
    FailStop(String),
    /// The last commit failed while stopping.
    #[error("the store did not stop in order")]
    Stop(#[source] StoreFault),
}

impl ServeFailed {
    pub(super) fn system(doing: &'static str) -> impl Fn(io::Error) -> Self {
        move |cause| Self::System { doing, cause }
    }
}

/// Runs the platform in its data directory until SIGTERM or SIGINT, then stops it in order: doors
/// stop reading, what was taken is committed and acknowledged, then everything closes.
/// `announce` is told the addresses once requests are to be expected to succeed, and the code for the
/// first person where there are none yet.
///
/// # Errors
/// See [`ServeFailed`]; nothing was acknowledged that is not on disk.
pub async fn serve(
    settings: Settings,
    commands: Arc<dyn Commands>,
    announce: impl FnOnce(&Ports, Option<&Token>) + Send,
) -> Result<(), ServeFailed> {
    serve_prepared(settings, commands, async |_parts| Ok(()), announce).await
}

/// As [`serve`], with something to do on the open data directory before anybody is let in. A stop
/// signal ends that too.
///
/// # Errors
/// See [`ServeFailed`].
pub async fn serve_prepared(
    settings: Settings,
    commands: Arc<dyn Commands>,
    prepare: impl AsyncFnOnce(&Parts) -> Result<(), String>,
    announce: impl FnOnce(&Ports, Option<&Token>) + Send,
) -> Result<(), ServeFailed> {
    let directory = DataDirectory::take(&settings.data_dir)?;
    let stop = CancellationToken::new();
    signals::watch(stop.clone()).map_err(ServeFailed::system("handling stop signals"))?;
    let fonts = read_fonts(&settings.fonts)?;
    let doors = Doors::bind(&settings).await?;
    let connections_max = descriptors::connections_allowed(&settings);
    let parts = Arc::new(Parts::open(directory, settings).await?);
    let prepared = tokio::select! {
        prepared = prepare(&parts) => prepared.map_err(ServeFailed::Prepare),
        () = stop.cancelled() => Ok(()),
    };
    if prepared.is_err() || stop.is_cancelled() {
        let closed = parts.close().await.map_err(ServeFailed::Stop);
        return prepared.and(closed);
    }
    let things = backdrop::read(parts.settings.backdrop.as_deref());
    let things = match things {
        Ok(things) => things,
        Err(cause) => {
            parts.close().await.map_err(ServeFailed::Stop)?;
            return Err(cause.into());
        }
    };
    let desk = desk(&parts, (fonts, things), connections_max, &doors.ports)?;
    let notifier = notifier(&parts)?;
    let setup = setup_code(&parts).await?;
    let path = parts.directory.path();
    let key = ControlKey::make(path).map_err(ServeFailed::system("writing control.key"))?;
    let addresses = doors.ports;
    let running = TaskTracker::new();
    let control = doors.open(&desk, parts.settings.certificates_every, &running, &stop);
    running.spawn(http::follow(
        Arc::clone(&desk.live),
        sources(&parts),
        stop.clone(),
    ));
    running.spawn(trimming(&parts, &stop));
    running.spawn(notifier.run(stop.clone()));
    running.spawn(control::listen(
        control,
        Arc::clone(&parts),
        commands,
        key,
        stop.clone(),
    ));
    addresses
        .write(path)
        .map_err(ServeFailed::system("writing ports.json"))?;
    let ended = run(&parts, &stop);
    let ready = async {
        recompute(&parts, &desk, &running, &stop).await;
        announce(&addresses, setup.as_ref());
        desk.readiness.set(true);
        std::future::pending::<()>().await;
    };
    // A stop or a failed sync cuts readiness short: the next start does what is not done now.
    let ended = tokio::select! { ended = ended => ended, () = ready => Ok(()) };
    desk.readiness.set(false);
    Ports::remove(path);
    stop.cancel();
    end(running, parts.settings.serve.stop_within).await;
    ended?;
    parts.close().await.map_err(ServeFailed::Stop)
}

/// Waits until everything that runs has ended, within bounds.
async fn end(running: TaskTracker, within: Duration) {
    running.close();
    if timeout(within, running.wait()).await.is_err() {
        tracing::warn!("some connections or commands did not end in time; they are cut");
    }
}

/// The code for the first person, where there are none. A demo needs nobody.
async fn setup_code(parts: &Parts) -> Result<Option<Token>, ServeFailed> {
    if has_roles_by_click(&parts.settings.http) {
        return Ok(None);
    }
    let made = parts.registry.make_setup_code().await;
    made.map_err(|fault: RegistryFault| ServeFailed::Open(fault.into()))
}

/// What the live line follows.
fn sources(parts: &Parts) -> http::Sources {
    http::Sources {
        engine: Arc::clone(&parts.engine),
        registry: parts.registry.clone(),
        clock: Arc::clone(&parts.clock),
        catalogue: Arc::clone(&parts.catalogue),
    }
}

/// What cuts off the front of the audit log, on and on.
fn trimming(parts: &Parts, stop: &CancellationToken) -> impl Future<Output = ()> + use<> {
    let keep_for = parts.settings.audit_keep_for;
    trim_log(parts.registry.clone(), keep_for, stop.clone())
}

/// What looks for notifications and brings them.
fn notifier(parts: &Parts) -> Result<Notifier, NotifyRefused> {
    Notifier::open(
        parts.settings.notify.clone(),
        parts.registry.clone(),
        Arc::clone(&parts.engine),
        Arc::clone(&parts.clock),
        Arc::clone(&parts.vitals),
    )
}

fn ledger_keeper(parts: &Parts, desk: &Desk) -> LedgerKeeper {
    LedgerKeeper {
        engine: Arc::clone(&parts.engine),
        registry: parts.registry.clone(),
        catalogue: Arc::clone(&parts.catalogue),
        clock: Arc::clone(&parts.clock),
        vitals: Arc::clone(&parts.vitals),
        close_after: parts.settings.ledger_close_after,
        settling: Arc::clone(&desk.settling),
    }
}

fn book_keeper(parts: &Parts, settling: Arc<Settling>) -> BookKeeper {
    BookKeeper {
        registry: parts.registry.clone(),
        catalogue: Arc::clone(&parts.catalogue),
        factors: Arc::new(parts.settings.factors.clone()),
        precedence: parts.settings.precedence.clone(),
        rating: Arc::new(parts.settings.rating.clone()),
        clock: Arc::clone(&parts.clock),
        vitals: Arc::clone(&parts.vitals),
        close_after: parts.settings.ledger_close_after,
        settling,
        provisional: Provisional::default(),
    }
}

/// Brings the ledger up to what the log holds before anybody is told that we are ready (contract
/// C5), then lets it and the book go on beside. The doors are open meanwhile, and who waits hears
/// how far it is.
async fn recompute(parts: &Parts, desk: &Desk, running: &TaskTracker, stop: &CancellationToken) {
    let keeper = ledger_keeper(parts, desk);
    let mut recovered = Box::pin(keeper.recover());
    while timeout(PROGRESS_EVERY, &mut recovered).await.is_err() {
        let percent = desk.settling.percent();
        tracing::info!(
            percent,
            "the ledger takes in the log; the doors are open, /readyz waits"
        );
    }
    drop(recovered);
    running.spawn(http::keep_looking(desk.clone(), stop.clone()));
    running.spawn(keeper.run(stop.clone()));
    running.spawn(Arc::clone(&desk.book).run(stop.clone()));
}

/// Waits for a stop signal, or for the store to say that a sync failed (contract C6).
async fn run(parts: &Parts, stop: &CancellationToken) -> Result<(), ServeFailed> {
    let mut failure = parts.engine.failure();
    tokio::select! {
        () = stop.cancelled() => Ok(()),
        failed = failure.wait_for(Option::is_some) => {
            let words = failed.ok().and_then(|words| words.clone());
            Err(ServeFailed::FailStop(words.unwrap_or_else(|| "the store ended".to_owned())))
        }
    }
}

fn desk(
    parts: &Parts,
    (fonts, backdrop): (Vec<Vec<u8>>, Vec<Thing>),
    connections_max: usize,
    addresses: &Ports,
) -> Result<Desk, ServeFailed> {
    let http = &parts.settings.http;
    let settling = Arc::<Settling>::default();
    let start = getrandom::u32().map_err(|cause| io::Error::other(cause.to_string()));
    let start = start.map_err(ServeFailed::system("drawing a random number"))?;
    let identity = parts.settings.http.identity.clone();
    let identity = identity
        .map(|settings| Identity::open(settings, Arc::clone(&parts.clock)))
        .transpose()?;
    Ok(Desk {
        settings: Arc::new(parts.settings.http.clone()),
        clock: Arc::clone(&parts.clock),
        catalogue: Arc::clone(&parts.catalogue),
        engine: Arc::clone(&parts.engine),
        registry: parts.registry.clone(),
        book: Arc::new(book_keeper(parts, Arc::clone(&settling))),
        door: Arc::new(door(parts, connections_max)),
        gateway_places: Places::new(connections_max, parts.settings.ingest.network_percent_max),
        vitals: Arc::clone(&parts.vitals),
        readiness: Arc::new(Readiness::default()),
        installation: Arc::new(parts.settings.installation.clone()),
        standing: Arc::default(),
        backup_note: backup_note(parts.directory.path()).into(),
        settling,
        request_ids: Arc::new(RequestIds::new(start)),
        zones: Arc::new(parts.settings.zones.clone()),
        close_after: parts.settings.ledger_close_after,
        check_within: parts.settings.ledger_check_within,
        imbalance_percent: parts.settings.ledger_imbalance_percent,
        fonts: Arc::new(fonts),
        backdrop: Arc::new(backdrop),
        pictures: Arc::new(Pictures::new(parts.settings.http.pictures_bytes_max)),
        turns: Arc::new(Turns::new(http.big_at_once, http.big_waiting_max)),
        weights: Arc::new(Weights::new(http.untaken_bytes_max)),
        pace: Arc::new(Pace::new(http.rates)),
        live: Arc::new(Live::new(&parts.settings.http)),
        mqtt_port: addresses.mqtt.map(|address| address.port()),
        mqtt_tls_port: addresses.mqtt_tls.map(|address| address.port()),
        deciding: Arc::default(),
        imports: Arc::new(Imports::new(
            parts.settings.import,
            parts.settings.city.bounds,
        )),
        entrance: Arc::new(Entrance::new(
            parts.settings.http.sign_in,
            Arc::clone(&parts.clock),
        )),
        identity: identity.map(Arc::new),
        sessions: sessions(&parts.settings.http),
    })
}

/// Whether a browser may be any role by one click: where a demo asks for it and nobody beyond this
/// machine can reach it.
fn has_roles_by_click(settings: &http::Settings) -> bool {
    settings.roles_by_click && settings.is_alone()
}

fn sessions(settings: &http::Settings) -> Option<Arc<Sessions>> {
    has_roles_by_click(settings).then(Arc::default)
}
