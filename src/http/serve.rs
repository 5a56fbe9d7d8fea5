//! Our own accept loop, because a server without time limits never closes a slow client.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::vitals::Vitals;

use super::body::TimedBody;
use super::event::AcceptFailed;
use super::paced::Paced;
use super::{Peer, Settings};

/// How long to wait after the system refused to accept (out of file descriptors, mostly).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop`, then lets running requests end; returns when the last connection closed.
/// At `connections_max` it stops accepting (contract.md C4): the backlog of the system waits.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: Arc<Settings>,
    vitals: Arc<Vitals>,
    stop: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(settings.connections_max));
    let connections = TaskTracker::new();
    while let Some(accepted) = stop.run_until_cancelled(next(&listener, &places)).await {
        match accepted {
            Ok((stream, peer, place)) => {
                let router = router.clone();
                let connection = connection(stream, peer, router, settings.clone(), stop.clone());
                connections.spawn(async move {
                    connection.await;
                    drop(place);
                });
            }
            Err(cause) => {
                vitals.record(&AcceptFailed { cause });
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// The next connection with its place among those allowed.
async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, Peer, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await;
    let place = place.map_err(std::io::Error::other)?;
    let (stream, address) = listener.accept().await?;
    Ok((stream, Peer(address.ip()), place))
}

/// One connection from its first byte to its close. What goes wrong on it (a cut, a timeout,
/// nonsense instead of HTTP) concerns its client alone and was answered where it could be.
async fn connection(
    stream: TcpStream,
    peer: Peer,
    router: Router,
    settings: Arc<Settings>,
    stop: CancellationToken,
) {
    let _ = stream.set_nodelay(true);
    let body_within = settings.body_within;
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(|body| Body::new(TimedBody::new(body, body_within)));
        request.extensions_mut().insert(peer);
        let router = router.clone();
        async move { Ok::<_, Infallible>(answer(router, request).await) }
    });
    let stream = TokioIo::new(Paced::new(stream, settings.answer_within));
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(settings.headers_within)
        .max_buf_size(settings.header_bytes_max);
    let serving = protocol.serve_connection(stream, service);
    tokio::pin!(serving);
    tokio::select! {
        _ = serving.as_mut() => return,
        () = stop.cancelled() => serving.as_mut().graceful_shutdown(),
    }
    let _ = serving.await;
}

async fn answer(router: Router, request: Request<Body>) -> axum::response::Response {
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
