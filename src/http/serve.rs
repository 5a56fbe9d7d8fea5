//! Our own accept loop, because a server without time limits never closes a slow client.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::ingest::{FreePlace, Handshake, Place, Places};
use crate::vitals::Vitals;

use super::Settings;
use super::body::TimedBody;
use super::event::{AcceptFailed, HandshakeFailed, NetworkFull};
use super::gateway_line::Leaving;
use super::paced::Paced;
use super::way::{Standing, Way};

/// How long to wait after the system refused to accept (out of file descriptors, mostly).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What the system holds of an answer that its client does not take, twice at most: without a bound
/// it is megabytes for each (contract.md C4).
const UNTAKEN_BYTES_MAX: u32 = 128 * 1024;

/// Opens a listening socket with a long queue of waiting connections.
///
/// # Errors
/// The address cannot be taken.
pub fn listen(address: SocketAddr, backlog: u32) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    socket.set_reuseaddr(true)?;
    // What is accepted here begins with the same.
    socket.set_send_buffer_size(UNTAKEN_BYTES_MAX)?;
    socket.bind(address)?;
    socket.listen(backlog)
}

/// What every connection is served with.
#[derive(Clone, Debug)]
struct Reception {
    handshake: Option<Handshake>,
    router: Router,
    settings: Arc<Settings>,
    vitals: Arc<Vitals>,
    leaving: Leaving,
}

/// Serves until `stop`, then lets running requests end; returns when the last connection closed.
/// At `connections_max` it stops accepting (contract.md C4): the backlog of the system waits.
/// With a `handshake` it speaks TLS and nothing else.
pub async fn serve(
    listener: TcpListener,
    handshake: Option<Handshake>,
    router: Router,
    (settings, vitals): (Arc<Settings>, Arc<Vitals>),
    stop: CancellationToken,
) {
    let places = Places::new(settings.connections_max, settings.network_percent_max);
    let connections = TaskTracker::new();
    let reception = Reception {
        handshake,
        router,
        settings,
        vitals,
        leaving: Leaving {
            running: connections.clone(),
            stop: stop.clone(),
        },
    };
    while let Some(accepted) = stop.run_until_cancelled(next(&listener, &places)).await {
        match accepted {
            Ok((stream, address, place)) => {
                let Some(place) = reception.place(&places, place, (&stream, address)) else {
                    continue;
                };
                let connection = reception.clone().receive(stream, address);
                connections.spawn(async move {
                    connection.await;
                    drop(place);
                });
            }
            Err(cause) => {
                reception.vitals.record(&AcceptFailed { cause });
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// The next connection, with a free place among those allowed.
async fn next(
    listener: &TcpListener,
    places: &Places,
) -> io::Result<(TcpStream, IpAddr, FreePlace)> {
    let place = places.wait().await;
    let place = place.ok_or_else(|| io::Error::other("the places are closed"))?;
    let (stream, address) = listener.accept().await?;
    Ok((stream, address.ip(), place))
}

/// What somebody is told whose network has its share, before anything is read.
const NETWORK_FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\n\
    Content-Length: 0\r\nConnection: close\r\n\r\n";

impl Reception {
    /// A place for a connection, unless its network has as many as it may have: then it is told so
    /// as far as one can without waiting for it. A trusted proxy speaks for many networks.
    fn place(
        &self,
        places: &Places,
        free: FreePlace,
        (stream, address): (&TcpStream, IpAddr),
    ) -> Option<Place> {
        let mut proxies = self.settings.trusted_proxies.iter();
        let is_proxy = proxies.any(|proxy| proxy.holds(address));
        let given = places.give(free, (!is_proxy).then_some(address));
        if given.is_err() {
            if self.handshake.is_none() {
                let _ = stream.try_write(NETWORK_FULL);
            }
            let peer = address.to_string();
            self.vitals.record(&NetworkFull { peer });
        }
        given.ok()
    }

    /// One connection from its first byte to its close. What goes wrong on it (a cut, a timeout,
    /// nonsense instead of HTTP) concerns its client alone and was answered where it could be.
    async fn receive(self, stream: TcpStream, address: IpAddr) {
        let _ = stream.set_nodelay(true);
        // The handshake is part of the way to whole headers: both together end in time.
        let by = Instant::now() + self.settings.headers_within;
        // Below TLS, which holds back what its reader does not take.
        let stream = Paced::new(stream, self.settings.answer_within);
        let standing = |has_tls| Standing { address, has_tls };
        let Some(handshake) = self.handshake.clone() else {
            return self.attend(by, stream, standing(false)).await;
        };
        let shaken = Box::pin(timeout_at(by, handshake.shake(stream)));
        match self.leaving.stop.run_until_cancelled(shaken).await {
            None => {}
            // Boxed: a TLS stream is large, and plain connections share this task's layout.
            Some(Ok(Ok((stream, _)))) => {
                Box::pin(self.attend(by, stream, standing(true))).await;
            }
            Some(Ok(Err(_)) | Err(_)) => self.vitals.record(&HandshakeFailed),
        }
    }

    /// Speaks HTTP on a stream whose first headers must be whole at `by`.
    async fn attend<S>(self, by: Instant, stream: S, standing: Standing)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self {
            router,
            settings,
            leaving,
            ..
        } = self;
        let (known, stop) = (Arc::clone(&settings), leaving.stop.clone());
        let has_asked = Arc::new(AtomicBool::new(false));
        let asks = Arc::clone(&has_asked);
        let service = service_fn(move |request: Request<Incoming>| {
            asks.store(true, Ordering::Relaxed);
            let way = Way::of(standing, request.headers(), &known.trusted_proxies);
            let within = known.body_within;
            let mut request = request.map(|body| Body::new(TimedBody::new(body, within)));
            request.extensions_mut().insert(way.peer);
            request.extensions_mut().insert(way);
            request.extensions_mut().insert(leaving.clone());
            let router = router.clone();
            async move { Ok::<_, Infallible>(answer(router, request).await) }
        });
        let mut protocol = http1::Builder::new();
        protocol
            .timer(TokioTimer::new())
            .header_read_timeout(settings.headers_within)
            .max_buf_size(settings.header_bytes_max);
        let serving = protocol
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        tokio::pin!(serving);
        tokio::select! {
            _ = serving.as_mut() => return,
            () = late(by, &has_asked) => return,
            () = stop.cancelled() => serving.as_mut().graceful_shutdown(),
        }
        let _ = serving.await;
    }
}

/// Comes at `by` if nothing was asked by then, and else never. Later headers are the protocol's own
/// to time.
async fn late(by: Instant, has_asked: &AtomicBool) {
    sleep_until(by).await;
    if has_asked.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
}

async fn answer(router: Router, request: Request<Body>) -> axum::response::Response {
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
