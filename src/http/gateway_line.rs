//! `GET /mqtt`: the door of gateways on the port of the pages, for networks that let nothing else
//! through. It becomes a WebSocket with the subprotocol `mqtt`; what is said on it is the same MQTT,
//! under the same limits and permissions, as on the door's own ports (contract.md 2).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::tungstenite::handshake::server::create_response;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::ingest::mqtt;

use super::origin::from_our_own_page;
use super::way::Way;
use super::{Desk, Problem, Right, Routes, Trouble};

/// The subprotocol (MQTT 5.0, 6).
const PROTOCOL: &str = "mqtt";

/// After how many seconds to come again when there is no place.
const PLACE_PAUSE_S: u32 = 10;

/// Where lines go on that are no HTTP any more.
#[derive(Clone, Debug)]
pub(super) struct Leaving {
    /// Awaited at a stop.
    pub(super) running: TaskTracker,
    /// The stop.
    pub(super) stop: CancellationToken,
}

pub(super) fn routes() -> Routes {
    Routes::default().get("/mqtt", Right::Gateway, open)
}

/// MQTT 3.1.1 and 5 over a WebSocket; who comes is known from the CONNECT packet.
#[utoipa::path(
    get,
    path = "/mqtt",
    operation_id = "mqtt_over_websocket",
    params(("Sec-WebSocket-Protocol" = String, Header, description = "`mqtt` must be among them")),
    responses(
        (status = 101, description = "from here on MQTT in binary frames"),
        (status = 400, description = "not the handshake of a WebSocket with the subprotocol `mqtt`"),
        (status = 403, description = "a page of another site"),
        (status = 503, description = "mqtt.connections_max or the share of the network (mqtt.network_percent_max) is reached; come again after Retry-After"),
    )
)]
pub(super) async fn open(
    State(desk): State<Desk>,
    mut request: Request,
) -> Result<Response, Problem> {
    let way = request.extensions().get::<Way>().copied();
    let way = way.unwrap_or(Way::LOCAL);
    from_our_own_page(request.headers(), &way)?;
    let leaving = request.extensions().get::<Leaving>().cloned();
    let leaving = leaving.ok_or_else(|| no_handshake("it came over no socket"))?;
    let answer = shake(&request)?;
    let place = desk.gateway_places.take(way.peer.0);
    let place = place.map_err(|_full| {
        let detail = "as many gateways are connected as may be, here or of your network; come again \
                      later";
        Problem::new(Trouble::Unavailable, detail).retry_after(PLACE_PAUSE_S)
    })?;
    let upgrade = hyper::upgrade::on(&mut request);
    let peer = mqtt::Peer {
        address: way.peer.address(),
        common_name: None,
    };
    let (door, stop) = (Arc::clone(&desk.door), leaving.stop.clone());
    leaving.running.spawn(async move {
        // A client that went away before it heard our answer is none.
        if let Some(Ok(line)) = stop.run_until_cancelled(upgrade).await {
            mqtt::serve_frames(TokioIo::new(line), peer, door, stop.clone()).await;
        }
        drop(place);
    });
    Ok(answer)
}

/// Our side of the handshake (RFC 6455, 4.2).
fn shake(request: &Request) -> Result<Response, Problem> {
    if !speaks_mqtt(request.headers()) {
        return Err(no_handshake("Sec-WebSocket-Protocol does not offer `mqtt`"));
    }
    let mut asked = axum::http::Request::new(());
    *asked.method_mut() = request.method().clone();
    *asked.version_mut() = request.version();
    *asked.headers_mut() = request.headers().clone();
    let answer = create_response(&asked).map_err(|cause| no_handshake(&cause.to_string()))?;
    let mut answer = answer.map(|()| Body::empty()).into_response();
    let spoken = HeaderValue::from_static(PROTOCOL);
    answer
        .headers_mut()
        .insert(header::SEC_WEBSOCKET_PROTOCOL, spoken);
    Ok(answer)
}

/// Whether the client offers our subprotocol among those it knows.
fn speaks_mqtt(headers: &HeaderMap) -> bool {
    let offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
    offered
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|name| name.trim() == PROTOCOL)
}

fn no_handshake(why: &str) -> Problem {
    let detail = format!(
        "this address is a WebSocket with the subprotocol `mqtt`, for gateways: {why}; use an MQTT \
         client with ws:// or wss://"
    );
    Problem::new(Trouble::BadRequest, detail)
}
