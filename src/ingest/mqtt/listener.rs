//! Sockets to connections: accepts, counts, and hands each stream to [`serve`].

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::ingest::event::{AcceptFailed, ClientRefused};
use crate::ingest::line::Ending;
use crate::ingest::{Door, Fault};

use super::connection::Connection;
use super::greeting;
use super::inbox::Inbox;
use super::tls::Handshake;

/// Who is at the other end of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peer {
    /// Its address, for the log.
    pub address: String,
    /// The CN of its client certificate, if one was shown and verified.
    pub common_name: Option<String>,
}

/// Opens a listening socket with a long queue of waiting connections.
///
/// # Errors
/// The address cannot be taken.
pub fn listen(address: SocketAddr, backlog: u32) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(backlog)
}

/// Accepts connections until `stop`, then ends the open ones in order: what was taken is
/// committed and acknowledged first. Returns when the last one has ended.
/// `places` is shared by all listeners of a process; `handshake` makes it a TLS listener.
pub async fn run(
    listener: TcpListener,
    handshake: Option<Handshake>,
    door: Arc<Door>,
    places: Arc<Semaphore>,
    stop: CancellationToken,
) {
    /// Clients beyond the last place that are told so at one time; more are cut off.
    const VESTIBULE: usize = 64;
    let connections = TaskTracker::new();
    let vestibule = Arc::new(Semaphore::new(VESTIBULE));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(cause) => {
                let detail = &cause.to_string();
                door.parts.vitals.record(&AcceptFailed { detail });
                // Out of file descriptors: waiting is all one can do.
                sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let peer = Peer {
            address: address.to_string(),
            common_name: None,
        };
        let door = Arc::clone(&door);
        if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
            let (stop, handshake) = (stop.clone(), handshake.clone());
            connections.spawn(async move {
                attend(stream, peer, handshake, door, stop).await;
                drop(place);
            });
        } else if let Ok(place) = Arc::clone(&vestibule).try_acquire_owned()
            && handshake.is_none()
        {
            let stop = stop.clone();
            connections.spawn(async move {
                let within = door.settings().connect_within;
                let mut stream = stream;
                let told = timeout(within, greeting::turn_away(&mut stream, &door, &peer));
                // Whether it listened or not, it goes.
                drop(stop.run_until_cancelled(told).await);
                drop(place);
            });
        }
    }
    drop(listener);
    door.roll.each_line(|line| line.end(Ending::Stopping));
    connections.close();
    connections.wait().await;
}

/// Shakes hands if it is a TLS listener, then serves the stream.
async fn attend(
    stream: TcpStream,
    mut peer: Peer,
    handshake: Option<Handshake>,
    door: Arc<Door>,
    stop: CancellationToken,
) {
    // Small answers must not wait for more; a socket that refuses this works all the same.
    drop(stream.set_nodelay(true));
    let Some(handshake) = handshake else {
        return serve(stream, peer, door, stop).await;
    };
    let within = door.settings().connect_within;
    let shaken = Box::pin(timeout(within, handshake.shake(stream)));
    match stop.run_until_cancelled(shaken).await {
        None => {}
        Some(Ok(Ok((stream, common_name)))) => {
            peer.common_name = common_name;
            // Boxed: a TLS stream is large, and plain connections share this task's layout.
            Box::pin(serve(stream, peer, door, stop)).await;
        }
        Some(Ok(Err(_)) | Err(_)) => door.parts.vitals.record(&ClientRefused {
            peer: &peer.address,
            client_id: "",
            why: "tls_handshake",
        }),
    }
}

/// Speaks MQTT on any stream until the client goes, must go, or `stop`: the door behind TCP, TLS
/// and, in `http`, WebSocket.
pub async fn serve<S>(mut stream: S, peer: Peer, door: Arc<Door>, stop: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut inbox = Inbox::default();
    let mut within = door.settings().connect_within;
    if door.settings().faults.has(Fault::PatientForever) {
        within *= 1000;
    }
    let greeted = Box::pin(timeout(
        within,
        greeting::greet(&mut stream, &mut inbox, &door, &peer),
    ));
    let Some(greeted) = stop.run_until_cancelled(greeted).await else {
        return;
    };
    match greeted {
        Ok(Some(entered)) => {
            if stop.is_cancelled() {
                entered.seat.line.end(Ending::Stopping);
            }
            // Boxed apart, so that what the greeting needed is given back.
            let connection = Connection::new(stream, inbox, entered, door);
            Box::pin(connection.run()).await;
        }
        Ok(None) => {}
        Err(_elapsed) => door.parts.vitals.record(&ClientRefused {
            peer: &peer.address,
            client_id: "",
            why: "no_connect_in_time",
        }),
    }
}
