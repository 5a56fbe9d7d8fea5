//! The running platform: what is built, in which order it starts and in which it stops.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Settings;
use crate::http::{self, Desk, Readiness, RequestIds};
use crate::vitals::Vitals;

use super::signals;
use super::{Directory, DirectoryRefused, Ports, SystemClock};

/// How long doors and jobs may take to end what they began (contract: exit within 10 s).
const STOP_WITHIN: Duration = Duration::from_secs(8);

/// Why the platform did not start or did not run to its ordered end.
#[derive(Debug, thiserror::Error)]
pub enum ServeFailed {
    /// The data directory is not ours to use.
    #[error(transparent)]
    Directory(#[from] DirectoryRefused),
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
    /// The system refuses something else.
    #[error("the system refuses: {doing}")]
    System {
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
}

/// Runs the platform in its data directory until SIGTERM or SIGINT, then stops it in order: doors
/// stop reading, what was taken is committed and acknowledged, then everything closes.
/// `announce` is told the addresses once requests are to be expected to succeed.
///
/// # Errors
/// See [`ServeFailed`]; nothing was acknowledged that is not on disk.
pub async fn serve(
    settings: Settings,
    announce: impl FnOnce(&Ports) + Send,
) -> Result<(), ServeFailed> {
    let system = |doing| move |cause| ServeFailed::System { doing, cause };
    let directory = Directory::take(&settings.data_dir)?;
    let stop = CancellationToken::new();
    signals::watch(stop.clone()).map_err(system("handling stop signals"))?;
    let listener = listen("http.listen", settings.http.listen).await?;
    let control = listen("control.listen", settings.control.listen).await?;
    let local = |listener: &TcpListener| listener.local_addr();
    let ports = Ports {
        http: local(&listener).map_err(system("reading a taken port"))?,
        mqtt: None,
        mqtt_tls: None,
        control: local(&control).map_err(system("reading a taken port"))?,
    };
    let desk = desk(settings).map_err(system("drawing a random number"))?;
    let readiness = Arc::clone(&desk.readiness);
    let doors = TaskTracker::new();
    doors.spawn(http::serve(
        listener,
        http::router(desk.clone()),
        Arc::clone(&desk.settings),
        Arc::clone(&desk.vitals),
        stop.clone(),
    ));
    ports
        .write(directory.path())
        .map_err(system("writing ports.json"))?;
    readiness.set(true);
    announce(&ports);
    stop.cancelled().await;
    readiness.set(false);
    Ports::remove(directory.path());
    doors.close();
    if timeout(STOP_WITHIN, doors.wait()).await.is_err() {
        tracing::warn!("some connections did not end in time; they are cut");
    }
    Ok(())
}

fn desk(settings: Settings) -> io::Result<Desk> {
    let start = getrandom::u32().map_err(|cause| io::Error::other(cause.to_string()))?;
    Ok(Desk {
        settings: Arc::new(settings.http),
        clock: Arc::new(SystemClock),
        vitals: Arc::new(Vitals::default()),
        readiness: Arc::new(Readiness::default()),
        request_ids: Arc::new(RequestIds::new(start)),
    })
}

async fn listen(key: &'static str, address: SocketAddr) -> Result<TcpListener, ServeFailed> {
    TcpListener::bind(address)
        .await
        .map_err(|cause| ServeFailed::Listen {
            key,
            address,
            cause,
        })
}
