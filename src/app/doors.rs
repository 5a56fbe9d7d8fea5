//! The sockets of all doors, taken before anything slow, and what runs behind them.

use std::io;
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::calendar::Day;
use crate::config::Settings;
use crate::http::{self, Desk};
use crate::ingest::{self, Door, Handshake, mqtt};

use super::{Parts, Ports, ServeFailed};

/// The sockets, and the addresses they got.
pub(super) struct Doors {
    pub(super) ports: Ports,
    pub(super) control: TcpListener,
    http: (TcpListener, Option<Handshake>),
    mqtt: TcpListener,
    mqtt_tls: Option<(TcpListener, Handshake)>,
}

impl Doors {
    /// Takes every socket, so that a taken port or a faulty certificate is told at once.
    pub(super) async fn bind(settings: &Settings) -> Result<Self, ServeFailed> {
        let backlog = settings.ingest.listen_backlog;
        let plain = |address| mqtt::listen(address, backlog);
        let http = http::listen(settings.http.listen, backlog);
        let control = TcpListener::bind(settings.control.listen).await;
        let http = bound("http.listen", settings.http.listen, http)?;
        let control = bound("control.listen", settings.control.listen, control)?;
        let http_tls = settings.http.tls.as_ref();
        let http_tls = http_tls.map(|tls| Handshake::from_files(&tls.chain, &tls.key, None));
        let http_tls = http_tls.transpose()?;
        let address = settings.mqtt.listen;
        let mqtt = bound("mqtt.listen", address, plain(address))?;
        let mqtt_tls = match &settings.mqtt.tls {
            None => None,
            Some(tls) => {
                let authority = tls.client_authority.as_deref();
                let handshake = Handshake::from_files(&tls.certificate, &tls.key, authority)?;
                let listener = bound("mqtt.tls_listen", tls.listen, plain(tls.listen))?;
                Some((listener, handshake))
            }
        };
        let tls_port = mqtt_tls.as_ref().map(|(listener, _)| taken(listener));
        let ports = Ports {
            http: taken(&http)?,
            mqtt: Some(taken(&mqtt)?),
            mqtt_tls: tls_port.transpose()?,
            control: taken(&control)?,
        };
        Ok(Self {
            ports,
            control,
            http: (http, http_tls),
            mqtt,
            mqtt_tls,
        })
    }

    /// Opens the doors, and looks at their certificates every so often; gives the socket of the control door back.
    pub(super) fn open(
        self,
        desk: &Desk,
        certificates_every: Duration,
        running: &TaskTracker,
        stop: &CancellationToken,
    ) -> TcpListener {
        let (http, http_tls) = self.http;
        let handshakes = http_tls.iter();
        let handshakes = handshakes.chain(self.mqtt_tls.iter().map(|(_, handshake)| handshake));
        running.spawn(ingest::watch_certificates(
            handshakes.cloned().collect(),
            certificates_every,
            Arc::clone(&desk.vitals),
            stop.clone(),
        ));
        running.spawn(http::serve(
            http,
            http_tls,
            http::router(desk.clone()),
            (Arc::clone(&desk.settings), Arc::clone(&desk.vitals)),
            stop.clone(),
        ));
        let door = &desk.door;
        let places = &desk.gateway_places;
        let serve = |listener, handshake| {
            let (door, places) = (Arc::clone(door), places.clone());
            running.spawn(mqtt::run(listener, handshake, door, places, stop.clone()));
        };
        serve(self.mqtt, None);
        if let Some((listener, handshake)) = self.mqtt_tls {
            serve(listener, Some(handshake));
        }
        running.spawn(mqtt::watch_credentials(Arc::clone(door), stop.clone()));
        self.control
    }
}

/// The room that all doors for readings share.
pub(super) fn door(parts: &Parts, connections_max: usize) -> Door {
    let door = Door::new(ingest::Parts {
        append: Arc::clone(&parts.engine) as _,
        receipts: Arc::clone(&parts.engine) as _,
        registry: parts.registry.clone(),
        catalogue: Arc::clone(&parts.catalogue),
        limits: parts.settings.limits,
        settings: ingest::Settings {
            connections_max,
            ..parts.settings.ingest.clone()
        },
        clock: Arc::clone(&parts.clock),
        vitals: Arc::clone(&parts.vitals),
    });
    recall_day(&door, parts);
    door
}

/// Lets each gateway's volume of today go on where the last process left it.
fn recall_day(door: &Door, parts: &Parts) {
    let today = Day::of(parts.clock.now());
    let read = parts
        .engine
        .counts(Some(today), &mut |(_, gateway, counts)| {
            let values = counts.received.saturating_sub(counts.refused);
            door.recall(*gateway, today, u64::try_from(values).unwrap_or(0));
            ControlFlow::Continue(())
        });
    if let Err(fault) = read {
        tracing::warn!(%fault, "today's volumes were not read; they count from 0 again");
    }
}

fn taken(listener: &TcpListener) -> Result<SocketAddr, ServeFailed> {
    let address = listener.local_addr();
    address.map_err(ServeFailed::system("reading a taken port"))
}

fn bound(
    key: &'static str,
    address: SocketAddr,
    listener: io::Result<TcpListener>,
) -> Result<TcpListener, ServeFailed> {
    listener.map_err(|cause| ServeFailed::Listen {
        key,
        address,
        cause,
    })
}
