//! Sockets to connections: accepts, counts, and hands each stream to [`serve`].

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::ingest::event::{AcceptFailed, ClientRefused};
use crate::ingest::line::Ending;
use crate::ingest::{Door, Fault, Handshake, Places};

use super::connection::Connection;
use super::greeting;
use super::inbox::Inbox;

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
    places: Places,
    stop: CancellationToken,
) {
    let reception = Reception {
        handshake,
        door,
        places,
        vestibule: Arc::new(Semaphore::new(VESTIBULE)),
        stop,
        connections: TaskTracker::new(),
    };
    while let Some(accepted) = reception.stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, address)) => reception.receive(stream, address),
            Err(cause) => {
                let detail = &cause.to_string();
                reception.door.parts.vitals.record(&AcceptFailed { detail });
                // Out of file descriptors: waiting is all one can do.
                sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    let roll = &reception.door.roll;
    roll.each_line(|line| line.end(Ending::Stopping));
    reception.connections.close();
    reception.connections.wait().await;
}

/// Clients beyond the last place that are told so at one time; more are cut off.
const VESTIBULE: usize = 64;

/// What a listener does with a socket it accepted.
struct Reception {
    handshake: Option<Handshake>,
    door: Arc<Door>,
    places: Places,
    vestibule: Arc<Semaphore>,
    stop: CancellationToken,
    connections: TaskTracker,
}

impl Reception {
    /// Gives the client a task of its own if there is a place, or tells it that there is none.
    fn receive(&self, stream: TcpStream, address: SocketAddr) {
        let peer = Peer {
            address: address.to_string(),
            common_name: None,
        };
        let (door, stop) = (Arc::clone(&self.door), self.stop.clone());
        let handshake = self.handshake.clone();
        let why = match self.places.take(address.ip()) {
            Ok(place) => {
                self.connections.spawn(async move {
                    attend(stream, peer, handshake, door, stop).await;
                    drop(place);
                });
                return;
            }
            Err(why) => why.as_str(),
        };
        // A TLS handshake costs too much to say no.
        let aside = Arc::clone(&self.vestibule).try_acquire_owned();
        let Some(place) = aside.ok().filter(|_| handshake.is_none()) else {
            return refused(&door, &peer, why);
        };
        self.connections.spawn(async move {
            let (within, mut stream) = (door.settings().connect_within, stream);
            let told = timeout(within, greeting::turn_away(&mut stream, &door, &peer));
            // Whether it listened or not, it goes.
            let _told = stop.run_until_cancelled(told).await;
            drop(place);
        });
    }
}

/// Counts a client that was cut off without a word.
fn refused(door: &Door, peer: &Peer, why: &'static str) {
    door.parts.vitals.record(&ClientRefused {
        peer: &peer.address,
        client_id: "",
        why,
    });
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
    // The handshake is part of the way to a whole CONNECT: both together end in time.
    let by = Instant::now() + door.settings().connect_within;
    let shaken = Box::pin(timeout_at(by, handshake.shake(stream)));
    match stop.run_until_cancelled(shaken).await {
        None => {}
        Some(Ok(Ok((stream, common_name)))) => {
            peer.common_name = common_name;
            // Boxed: a TLS stream is large, and plain connections share this task's layout.
            Box::pin(serve_by(by, stream, peer, (door, stop))).await;
        }
        Some(Ok(Err(_)) | Err(_)) => refused(&door, &peer, "tls_handshake"),
    }
}

/// Speaks MQTT on any stream until the client goes, must go, or `stop`: the door behind TCP, TLS
/// and, in `http`, WebSocket.
pub async fn serve<S>(stream: S, peer: Peer, door: Arc<Door>, stop: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let by = Instant::now() + door.settings().connect_within;
    serve_by(by, stream, peer, (door, stop)).await;
}

/// The same with a CONNECT that must be whole at `by`.
async fn serve_by<S>(
    mut by: Instant,
    mut stream: S,
    peer: Peer,
    (door, stop): (Arc<Door>, CancellationToken),
) where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut inbox = Inbox::default();
    if door.settings().faults.has(Fault::PatientForever) {
        by += door.settings().connect_within * 1000;
    }
    let greeted = Box::pin(timeout_at(
        by,
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
        Err(_elapsed) => refused(&door, &peer, "no_connect_in_time"),
    }
}
