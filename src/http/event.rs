//! What happens to this door, as named events.

use std::io;

use crate::vitals::Event;

/// The system gave no connection: out of file descriptors, mostly.
pub(super) struct AcceptFailed {
    /// What the system said.
    pub(super) cause: io::Error,
}

impl Event for AcceptFailed {
    const NAME: &'static str = "http_accept_failures";
    const HELP: &'static str = "Connections the system refused to hand over to the HTTP door.";

    fn log(&self) {
        let cause = &self.cause;
        tracing::warn!(%cause, "http door: accepting failed; it goes on after a pause");
    }
}

/// A network had its share of the connections.
pub(super) struct NetworkFull {
    /// Who came.
    pub(super) peer: String,
}

impl Event for NetworkFull {
    const NAME: &'static str = "http_network_refusals";
    const HELP: &'static str = "Connections turned away because their network had its share.";

    fn log(&self) {
        let peer = &self.peer;
        tracing::debug!(
            peer,
            "http door: its network has as many connections as it may have; it was turned away"
        );
    }
}

/// A client did not get through the TLS handshake.
pub(super) struct HandshakeFailed;

impl Event for HandshakeFailed {
    const NAME: &'static str = "http_handshake_failures";
    const HELP: &'static str = "Connections that did not get through the TLS handshake.";

    fn log(&self) {
        tracing::debug!("http door: a TLS handshake failed; the client was cut off");
    }
}
