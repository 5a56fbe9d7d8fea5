//! MQTT over WebSocket: the same table of bytes through frames, and what is no handshake, no frame
//! or no page of ours, at the built program.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use parkpulse::ingest::mqtt;
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message, WebSocket, client};
use tokio_util::task::TaskTracker;

use super::mqtt_ground::{Came, Ground, PATIENCE, Plug, Wire};
use super::mqtt_tls::Authority;
use super::stage::{ENTERPRISE, GATEWAY, Server, Stage, parkpulse, until};

/// A client's end: every write is a frame, every frame is bytes.
struct Framed<S: Read + Write> {
    socket: WebSocket<S>,
    came: Vec<u8>,
}

impl<S: Read + Write> Read for Framed<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.came.is_empty() {
            match self.socket.read() {
                Ok(Message::Binary(bytes)) => self.came = bytes.to_vec(),
                Ok(Message::Close(_)) | Err(Error::ConnectionClosed) => return Ok(0),
                Ok(_) => {}
                Err(Error::Io(cause)) => return Err(cause),
                Err(cause) => return Err(io::Error::other(cause)),
            }
        }
        let count = buffer.len().min(self.came.len());
        let rest = self.came.split_off(count);
        buffer[..count].copy_from_slice(&self.came);
        self.came = rest;
        Ok(count)
    }
}

impl<S: Read + Write> Write for Framed<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.socket.send(Message::binary(bytes.to_vec())) {
            Ok(()) => Ok(bytes.len()),
            Err(Error::Io(cause)) => Err(cause),
            Err(cause) => Err(io::Error::new(ErrorKind::BrokenPipe, cause)),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.socket.flush() {
            Err(Error::Io(cause)) => Err(cause),
            _ => Ok(()),
        }
    }
}

impl Wire for Framed<TcpStream> {
    fn patience(&self, within: Duration) {
        self.socket.get_ref().patience(within);
    }

    fn write_patience(&self, within: Option<Duration>) {
        self.socket.get_ref().write_patience(within);
    }
}

/// Shakes hands on a stream; the status of the answer where that is refused.
fn shaken<S: Read + Write>(stream: S, headers: &[(&str, &str)]) -> Result<Framed<S>, u16> {
    let mut request = "ws://localhost/mqtt".into_client_request().unwrap();
    for (name, value) in headers {
        let name: axum::http::HeaderName = name.parse().unwrap();
        request.headers_mut().append(name, value.parse().unwrap());
    }
    match client(request, stream) {
        Ok((socket, _)) => Ok(Framed {
            socket,
            came: Vec::new(),
        }),
        Err(tokio_tungstenite::tungstenite::HandshakeError::Failure(Error::Http(answer))) => {
            Err(answer.status().as_u16())
        }
        Err(other) => panic!("{other:?}"),
    }
}

const MQTT: (&str, &str) = ("Sec-WebSocket-Protocol", "mqtt");

/// A second way into the same door: a listener that shakes hands and hands the stream on.
pub(crate) fn open_frames(ground: &Ground) -> SocketAddr {
    let listening = async { TcpListener::bind("127.0.0.1:0").await.unwrap() };
    let listener = ground.runtime.block_on(listening);
    let address = listener.local_addr().unwrap();
    let (door, stop) = (Arc::clone(&ground.door), ground.stop.clone());
    ground.runtime.spawn(async move {
        let lines = TaskTracker::new();
        while let Some(Ok((stream, peer))) = stop.run_until_cancelled(listener.accept()).await {
            let (door, stop) = (Arc::clone(&door), stop.clone());
            let _ = stream.set_nodelay(true);
            lines.spawn(async move {
                let shaken = tokio_tungstenite::accept_async(stream).await;
                let peer = mqtt::Peer {
                    address: peer.to_string(),
                    common_name: None,
                };
                if let Ok(shaken) = shaken {
                    mqtt::serve_frames(shaken.into_inner(), peer, door, stop).await;
                }
            });
        }
    });
    address
}

/// A client of [`open_frames`].
pub(crate) fn dial_frames(address: SocketAddr) -> Plug {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    match shaken(stream, &[]) {
        Ok(framed) => Plug::new(framed),
        Err(status) => panic!("{status}"),
    }
}

/// CONNECT of MQTT 5 with the token of the gateway.
fn connect(gateway: &str, token: &str) -> Vec<u8> {
    let mut body = vec![0, 4, b'M', b'Q', b'T', b'T', 5, 0b1100_0010, 0, 60, 0];
    for text in [gateway, gateway, token] {
        body.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
        body.extend(text.as_bytes());
    }
    [vec![0x10, u8::try_from(body.len()).unwrap()], body].concat()
}

/// PUBLISH at QoS 1 with packet id 1.
fn publish(topic: &str, payload: &str) -> Vec<u8> {
    let mut body = u16::try_from(topic.len()).unwrap().to_be_bytes().to_vec();
    body.extend(topic.as_bytes());
    body.extend([0, 1, 0]);
    body.extend(payload.as_bytes());
    let length = body.len();
    assert!(length < 16_384);
    let (low, high) = (length & 0x7f | 0x80, length >> 7);
    let head = [
        0x32,
        u8::try_from(low).unwrap(),
        u8::try_from(high).unwrap(),
    ];
    [head.to_vec(), body].concat()
}

/// Connects and publishes one reading; what must come comes.
fn sends_a_reading(plug: &mut Plug, token: &str) {
    plug.send(&connect(GATEWAY, token));
    let Came::Packet(connack) = plug.next(PATIENCE) else {
        panic!("no CONNACK");
    };
    assert_eq!((connack[0], connack[3]), (0x20, 0), "{connack:02x?}");
    let at = jiff::Timestamp::now().as_second();
    let reading = format!(r#"{{"meter":"E-01","at":{at},"values":{{"kwh_register":5}}}}"#);
    let topic = format!("parkpulse/v1/{ENTERPRISE}/{GATEWAY}/readings");
    plug.send(&publish(&topic, &reading));
    let Came::Packet(puback) = plug.next(PATIENCE) else {
        panic!("no PUBACK");
    };
    assert_eq!(puback, [0x40, 2, 0, 1], "{puback:02x?}");
}

fn dial(server: &Server, headers: &[(&str, &str)]) -> Result<Framed<TcpStream>, u16> {
    shaken(TcpStream::connect(&server.http).unwrap(), headers)
}

#[test]
fn a_gateway_comes_in_over_the_port_of_the_pages_and_is_cut_when_it_is_revoked() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve();
    let mut plug = Plug::new(dial(&server, &[MQTT]).ok().unwrap());
    sends_a_reading(&mut plug, &token);
    let metrics = server.get("/metrics");
    let one = metrics.text().contains("parkpulse_mqtt_connections 1\n");
    assert!(one, "{}", metrics.text());
    stage.ok(&["gateway", "revoke", "--gateway", GATEWAY]);
    // DISCONNECT 0x87, then the end of the line.
    assert_eq!(plug.next(PATIENCE), Came::Packet(vec![0xe0, 2, 0x87, 0]));
    assert_eq!(plug.next(PATIENCE), Came::Closed);
    server.stop();
}

#[test]
fn a_stop_ends_the_line_in_order() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve();
    let mut plug = Plug::new(dial(&server, &[MQTT]).ok().unwrap());
    sends_a_reading(&mut plug, &token);
    let (mut silent, idle) = (dial(&server, &[MQTT]).ok().unwrap(), dial(&server, &[MQTT]));
    server.stop();
    assert_eq!(plug.next(PATIENCE), Came::Packet(vec![0xe0, 2, 0x8b, 0]));
    assert_eq!(plug.next(PATIENCE), Came::Closed);
    assert!(silent.read(&mut [0]).is_err() || silent.read(&mut [0]).unwrap() == 0);
    drop(idle);
}

#[test]
fn under_tls_it_is_wss() {
    let (stage, authority) = (Stage::new(), Authority::new());
    let token = stage.register_park();
    let mut command = parkpulse(&stage.data_dir());
    command
        .arg("serve")
        .env(
            "PARKPULSE_HTTP__TLS_CERTIFICATE",
            authority.file("server.pem"),
        )
        .env("PARKPULSE_HTTP__TLS_KEY", authority.file("server.key"));
    let within = super::stage::START_WITHIN;
    let server = Server::begin(within, command, &stage.data_dir(), &stage.path("serve.log"));
    let stream = authority.connect(server.http.as_str(), None).unwrap();
    let mut plug = Plug::new(shaken(stream, &[MQTT]).ok().unwrap());
    sends_a_reading(&mut plug, &token);
    server.stop();
}

impl Wire for Framed<rustls::StreamOwned<rustls::ClientConnection, TcpStream>> {
    fn patience(&self, within: Duration) {
        self.socket.get_ref().sock.patience(within);
    }

    fn write_patience(&self, within: Option<Duration>) {
        self.socket.get_ref().sock.write_patience(within);
    }
}

/// Headers of a handshake, and the status it is refused with.
type Shaken<'a> = (&'a [(&'a str, &'a str)], Option<u16>);

#[test]
fn what_is_no_handshake_of_ours_is_refused_in_words() {
    let stage = Stage::new();
    let server = stage.serve();
    let rows: &[Shaken<'_>] = &[
        (&[MQTT], None),
        (&[("Sec-WebSocket-Protocol", "mqttv3.1, mqtt")], None),
        (&[MQTT, ("Sec-Fetch-Site", "same-origin")], None),
        (&[MQTT, ("Origin", "http://localhost")], None),
        (&[], Some(400)),
        (&[("Sec-WebSocket-Protocol", "mqttv3.1")], Some(400)),
        (&[MQTT, ("Origin", "http://evil.example")], Some(403)),
        (&[MQTT, ("Origin", "null")], Some(403)),
        (&[MQTT, ("Sec-Fetch-Site", "cross-site")], Some(403)),
    ];
    for (headers, refused) in rows {
        assert_eq!(dial(&server, headers).err(), *refused, "{headers:?}");
    }
    let plain = [
        ("GET", vec![]),
        ("GET", vec!["Upgrade: websocket", "Connection: Upgrade"]),
        ("HEAD", vec![]),
    ];
    for (verb, mut headers) in plain {
        headers.push("Sec-WebSocket-Protocol: mqtt");
        let answer = server.send(verb, "/mqtt", &headers, b"");
        assert_eq!(answer.status, 400, "{verb} {headers:?}");
    }
    assert_eq!(server.send("POST", "/mqtt", &[], b"").status, 405);
    server.stop();
}

#[test]
fn places_and_patience_are_those_of_the_door() {
    let stage = Stage::new();
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_MQTT__CONNECTIONS_MAX", "1");
        command.env("PARKPULSE_MQTT__CONNECT_WITHIN", "500 ms");
    });
    let mut first = dial(&server, &[MQTT]).ok().unwrap();
    assert_eq!(dial(&server, &[MQTT]).err(), Some(503));
    // It says nothing: its place is free again after 500 ms.
    first.socket.get_ref().patience(PATIENCE);
    let ended = first.read(&mut [0]);
    assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
    until(PATIENCE, "a place", || dial(&server, &[MQTT]).ok());
    server.stop();
}

#[test]
fn text_is_no_mqtt_and_pings_are_answered() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve();
    let mut talker = dial(&server, &[MQTT]).ok().unwrap();
    talker.socket.send(Message::text("hello")).unwrap();
    talker.socket.get_ref().patience(PATIENCE);
    let ended = talker.read(&mut [0]);
    assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
    let mut pinger = dial(&server, &[MQTT]).ok().unwrap();
    pinger.socket.get_ref().patience(PATIENCE);
    // In frames of one byte each, with pings between them.
    for byte in connect(GATEWAY, &token) {
        pinger.socket.send(Message::binary(vec![byte])).unwrap();
    }
    pinger.socket.send(Message::Ping("there?".into())).unwrap();
    let (mut pong, mut connack) = (false, false);
    while !(pong && connack) {
        match pinger.socket.read().unwrap() {
            Message::Pong(said) => pong = &said[..] == b"there?",
            Message::Binary(packet) => connack = packet[0] == 0x20 && packet[3] == 0,
            other => panic!("{other:?}"),
        }
    }
    server.stop();
}
