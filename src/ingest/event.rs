//! What happens at the doors, named: each a log line and a counter (`vitals`).
//!
//! Hot paths count without a log line; their counters are fetched once.

use std::sync::Arc;

use crate::reading::Code;
use crate::vitals::Counter;
use crate::vitals::Event;
use crate::vitals::Gauge;
use crate::vitals::Label;
use crate::vitals::Vitals;

/// The counters of the hot path and the gauges of the door.
#[derive(Debug)]
pub(crate) struct Tally {
    /// PUBLISH and POST messages that came, QoS 0 apart.
    pub(crate) messages: Arc<Counter>,
    /// Messages at QoS 0, which nobody can promise.
    pub(crate) messages_unpromised: Arc<Counter>,
    /// Bytes of their payloads.
    pub(crate) payload_bytes: Arc<Counter>,
    /// Acknowledgements that left, by reason code; a 2xx counts as 0x00.
    acknowledged: [(u8, Arc<Counter>); 4],
    /// Refusals that a slow subscriber never saw.
    pub(crate) refusals_dropped: Arc<Counter>,
    /// Pauses because a gateway sent above its rate.
    pub(crate) pauses: Arc<Counter>,
    /// Open MQTT connections.
    pub(crate) connections: Arc<Gauge>,
}

impl Tally {
    pub(crate) fn new(vitals: &Vitals) -> Self {
        let acknowledged = |code, shown| {
            let help = "Acknowledgements that left, after their commit was synced";
            let counter = vitals.counter("acknowledgements", help, Some(("code", shown)));
            (code, counter)
        };
        let messages = |promise| {
            let help = "Messages that came in at the doors";
            vitals.counter("messages_received", help, Some(("promise", promise)))
        };
        Self {
            messages: messages("kept"),
            messages_unpromised: messages("none"),
            payload_bytes: vitals.counter(
                "ingest_payload_bytes",
                "Bytes of payload that came in at the doors",
                None,
            ),
            acknowledged: [
                acknowledged(0x00, "0x00"),
                acknowledged(0x87, "0x87"),
                acknowledged(0x97, "0x97"),
                acknowledged(0x99, "0x99"),
            ],
            refusals_dropped: vitals.counter(
                "refusals_dropped",
                "Refusal messages that a slow subscriber never got",
                None,
            ),
            pauses: vitals.counter(
                "gateway_pauses",
                "Times a socket was not read because its gateway sent above its rate",
                None,
            ),
            connections: vitals.gauge("mqtt_connections", "Open MQTT connections", None),
        }
    }

    /// Counts an acknowledgement with the reason `code`.
    pub(crate) fn acknowledged(&self, code: u8) {
        let mut counters = self.acknowledged.iter();
        if let Some((_, counter)) = counters.find(|(of, _)| *of == code) {
            counter.increment();
        }
    }
}

/// A client was not let in.
#[derive(Debug)]
pub(crate) struct ClientRefused<'a> {
    pub(crate) peer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) why: &'static str,
}

impl Event for ClientRefused<'_> {
    const NAME: &'static str = "clients_refused";
    const HELP: &'static str = "Clients that were not let in at the MQTT door";

    fn label(&self) -> Option<Label> {
        Some(("why", self.why))
    }

    fn log(&self) {
        let Self {
            peer,
            client_id,
            why,
        } = self;
        tracing::warn!(peer, client_id, why, "client refused; nothing was taken");
    }
}

/// A connection was ended by us.
#[derive(Debug)]
pub(crate) struct ConnectionEnded<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) why: &'static str,
}

impl Event for ConnectionEnded<'_> {
    const NAME: &'static str = "connections_ended";
    const HELP: &'static str = "MQTT connections that we ended, by reason";

    fn label(&self) -> Option<Label> {
        Some(("why", self.why))
    }

    fn log(&self) {
        tracing::info!(
            client_id = self.client_id,
            why = self.why,
            "connection ended"
        );
    }
}

/// A message was refused without being kept; it is counted with its gateway (contract.md C2).
#[derive(Debug)]
pub(crate) struct MessageRefused<'a> {
    pub(crate) gateway: &'a str,
    pub(crate) code: Code,
}

impl Event for MessageRefused<'_> {
    const NAME: &'static str = "messages_refused";
    const HELP: &'static str = "Messages refused without being kept, by code";

    fn label(&self) -> Option<Label> {
        Some(("code", self.code.as_str()))
    }

    fn log(&self) {
        tracing::warn!(gateway = self.gateway, code = %self.code, "message refused");
    }
}

/// A gateway came, went, or said so.
#[derive(Debug)]
pub(crate) struct GatewaySaid<'a> {
    pub(crate) gateway: &'a str,
    pub(crate) status: &'static str,
}

impl Event for GatewaySaid<'_> {
    const NAME: &'static str = "gateway_status";
    const HELP: &'static str = "Status messages and last wills of gateways";

    fn label(&self) -> Option<Label> {
        Some(("status", self.status))
    }

    fn log(&self) {
        // Ten thousand of them say so at a start: the counter is what one looks at.
        tracing::debug!(
            gateway = self.gateway,
            status = self.status,
            "gateway status"
        );
    }
}

/// A session could not be read or kept on disk.
#[derive(Debug)]
pub(crate) struct SessionUnkept<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) detail: &'a str,
}

impl Event for SessionUnkept<'_> {
    const NAME: &'static str = "sessions_unkept";
    const HELP: &'static str = "MQTT sessions that the registry could not read or keep";

    fn log(&self) {
        tracing::error!(
            client_id = self.client_id,
            detail = self.detail,
            "session not kept; the client is told to come back"
        );
    }
}

/// A listener could not accept.
#[derive(Debug)]
pub(crate) struct AcceptFailed<'a> {
    pub(crate) detail: &'a str,
}

impl Event for AcceptFailed<'_> {
    const NAME: &'static str = "accepts_failed";
    const HELP: &'static str = "Connections that could not be accepted";

    fn log(&self) {
        tracing::warn!(detail = self.detail, "accept failed; waiting a moment");
    }
}

/// A new certificate was taken from its files.
#[derive(Debug)]
pub(crate) struct CertificateTaken<'a> {
    pub(crate) file: &'a str,
}

impl Event for CertificateTaken<'_> {
    const NAME: &'static str = "certificates_taken";
    const HELP: &'static str = "Certificates taken anew from their files while serving";

    fn log(&self) {
        let file = self.file;
        tracing::info!(file, "a new certificate holds from here on");
    }
}

/// The files of a certificate changed to something that cannot be used.
#[derive(Debug)]
pub(crate) struct CertificateUnusable<'a> {
    pub(crate) cause: &'a str,
}

impl Event for CertificateUnusable<'_> {
    const NAME: &'static str = "certificates_unusable";
    const HELP: &'static str = "Times a changed certificate could not be used";

    fn log(&self) {
        let cause = self.cause;
        tracing::error!(
            cause,
            "the certificate of before goes on; mend the files, they are looked at again"
        );
    }
}
