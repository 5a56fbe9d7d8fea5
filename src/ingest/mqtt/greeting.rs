//! From the first byte to the CONNACK: reads the CONNECT, lets the client in or says why not.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use crate::ingest::event::ClientRefused;
use crate::ingest::line::Line;
use crate::ingest::{Door, Fault};

use super::admission::{self, Entrant};
use super::aliases::ALIAS_MAX;
use super::answers;
use super::codec::{self, Hello, Terms};
use super::conversation::Conversation;
use super::frame::{self, Cut, Reason, Version};
use super::inbox::Inbox;
use super::listener::Peer;
use super::seat::Seat;

/// A session that never expires, as MQTT 5 writes it.
const NEVER_S: u32 = u32::MAX;

/// A client that was let in.
pub(super) struct Entered {
    pub(super) hello: Hello,
    pub(super) seat: Seat,
    pub(super) conversation: Conversation,
}

/// Reads the CONNECT and answers it. `None`: not let in, and told so if it could understand.
pub(super) async fn greet<S>(
    stream: &mut S,
    inbox: &mut Inbox,
    door: &Arc<Door>,
    peer: &Peer,
) -> Option<Entered>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let settings = door.settings();
    let hello = match read_hello(stream, inbox, door).await? {
        Ok(hello) => hello,
        Err(unreadable) => {
            let client_id = "";
            refused(door, peer, client_id, unreadable.reason);
            if let Some(version) = unreadable.version {
                say(
                    stream,
                    &answers::connack_refusing(version, unreadable.reason),
                )
                .await;
            }
            return None;
        }
    };
    let now = door.parts.clock.now();
    let directory = door.parts.registry.directory();
    let common_name = peer.common_name.as_deref();
    let entered = match admission::admit(&hello, common_name, directory, settings, now) {
        Ok(entrant) => enter(&hello, entrant, door).await,
        Err(reason) => Err(reason),
    };
    match entered {
        Ok((entered, connack)) => {
            say(stream, &connack).await;
            Some(entered)
        }
        Err(reason) => {
            refused(door, peer, &hello.client_id, reason);
            door.note_stranger(hello.user.as_deref(), reason.name(), &peer.address);
            say(stream, &answers::connack_refusing(hello.version, reason)).await;
            None
        }
    }
}

/// Tells a client for which there is no place to come back later.
pub(super) async fn turn_away<S>(stream: &mut S, door: &Door, peer: &Peer)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut inbox = Inbox::default();
    if let Some(Ok(hello)) = read_hello(stream, &mut inbox, door).await {
        refused(door, peer, &hello.client_id, Reason::Busy);
        say(
            stream,
            &answers::connack_refusing(hello.version, Reason::Busy),
        )
        .await;
    }
}

fn refused(door: &Door, peer: &Peer, client_id: &str, reason: Reason) {
    // A stranger may call itself anything, 64 KiB of it.
    let shown: String = client_id.chars().take(80).collect();
    door.parts.vitals.record(&ClientRefused {
        peer: &peer.address,
        client_id: &shown,
        why: reason.name(),
    });
}

/// The CONNECT, once it is whole; `None` if the client goes before.
async fn read_hello<S: AsyncRead + Unpin>(
    stream: &mut S,
    inbox: &mut Inbox,
    door: &Door,
) -> Option<Result<Hello, codec::Unreadable>> {
    let settings = door.settings();
    loop {
        let part = match frame::cut(inbox.unread(), settings.packet_bytes_max) {
            Ok(Cut::Whole(frame)) => {
                let reserved_too = settings.faults.has(Fault::ReservedFlag);
                let hello = codec::read_connect(&frame, reserved_too);
                let length = frame.length;
                inbox.advance(length);
                return Some(hello);
            }
            Ok(Cut::Part(length)) => length,
            Err(reason) => {
                return Some(Err(codec::Unreadable {
                    version: None,
                    reason,
                }));
            }
        };
        match inbox.read(stream, part).await {
            Ok(0) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// Takes a seat, opens the session, and makes the CONNACK.
async fn enter(
    hello: &Hello,
    entrant: Entrant,
    door: &Arc<Door>,
) -> Result<(Entered, Vec<u8>), Reason> {
    let gateway = entrant.admission.gateway.clone();
    let circle = door.circle(&gateway);
    let line = Line::new(entrant.client_id.clone(), entrant.admission);
    let seat = Seat::take(door, Arc::clone(&circle), Arc::new(line));
    let mut seat = seat.ok_or(Reason::QuotaExceeded)?;
    seat.expiry_s = hello.expiry_s.filter(|expiry_s| *expiry_s > 0);
    seat.kept = match hello.version {
        Version::V3 => !hello.clean,
        Version::V5 => !hello.clean || seat.expiry_s.is_some(),
    };
    let known = seat.open_session(hello.clean).await?;
    let terms = Terms {
        session_present: known.is_some() && !door.settings().faults.has(Fault::SessionDenied),
        receive_max: door.settings().window.max(1),
        packet_max: u32::try_from(door.settings().packet_bytes_max).unwrap_or(u32::MAX),
        alias_max: ALIAS_MAX,
        client_id_assigned: entrant.assigned.then(|| entrant.client_id.clone()),
        keep_alive_s: shortened(hello.keep_alive_s, door),
        // Asked to forget a session that it wants to find again, we say that we keep it.
        expiry_s: (seat.kept && seat.expiry_s.is_none()).then_some(NEVER_S),
    };
    let connack = connack(hello.version, &terms, door)?;
    let conversation = Conversation::new(
        Arc::clone(door),
        hello.version,
        entrant.own,
        gateway,
        circle,
        known.unwrap_or_default(),
    );
    seat.line.want(conversation.wants());
    let entered = Entered {
        hello: hello.clone(),
        seat,
        conversation,
    };
    Ok((entered, connack))
}

/// The keep-alive we set instead of the client's, in seconds.
fn shortened(asked_s: u16, door: &Door) -> Option<u16> {
    let max_s = u16::try_from(door.settings().keep_alive_max.as_secs()).unwrap_or(u16::MAX);
    (asked_s == 0 || asked_s > max_s).then_some(max_s)
}

fn connack(version: Version, terms: &Terms, door: &Door) -> Result<Vec<u8>, Reason> {
    match version {
        Version::V3 => Ok(answers::connack_v3(terms.session_present, 0).to_vec()),
        Version::V5 if door.settings().faults.has(Fault::PropertiesUnsaid) => {
            Ok(vec![0x20, 3, u8::from(terms.session_present), 0, 0])
        }
        Version::V5 => codec::connack_v5(terms).map_err(|_cause| Reason::Unavailable),
    }
}

/// Writes `bytes`; a client that is gone will be noticed at the next read. The caller's deadline
/// for the whole greeting ends a slow reader.
async fn say<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8]) {
    if stream.write_all(bytes).await.is_ok() {
        // A failed flush shows itself at the next read, too.
        drop(stream.flush().await);
    }
}
