//! One MQTT connection that publishes at QoS 1 from bytes it puts together itself, and how its
//! messages look. Knows nothing of when to send.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use parkpulse::calendar::Moment;

use super::ground::{ENTERPRISE, Gateway, INDICATORS, METERS, meter};

/// Answers are awaited this long.
const PATIENCE: Duration = Duration::from_mins(1);

/// A connection; the CONNACK has come.
pub(crate) fn connect(address: SocketAddr, gateway: &Gateway, suffix: usize) -> TcpStream {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_nodelay(true).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let client_id = format!("{}/{suffix}", gateway.id);
    socket
        .write_all(&hello(gateway, &client_id, CLEAN))
        .unwrap();
    let mut answer = [0; 4];
    socket.read_exact(&mut answer).unwrap();
    assert_eq!((answer[0], answer[3]), (0x20, 0), "CONNACK {answer:?}");
    socket
}

/// The flag of a session that ends with its connection.
const CLEAN: u8 = 0b10;
/// The flags of a session that stays.
pub(crate) const KEPT: u8 = 0;

/// A CONNECT with name and token.
pub(crate) fn hello(gateway: &Gateway, client_id: &str, session: u8) -> Vec<u8> {
    let flags = 0b1100_0000 | session;
    let mut body = vec![0, 4, b'M', b'Q', b'T', b'T', 4, flags, 0, 0];
    for text in [client_id, &gateway.id, &gateway.token] {
        push_text(&mut body, text);
    }
    let mut packet = vec![0x10];
    push_length(&mut packet, body.len());
    packet.extend(body);
    packet
}

/// Puts one gateway's messages together: each one reading of one meter, `values` of its nine
/// indicators, numbered, at a time written as the contract's example writes it.
#[derive(Debug)]
pub(crate) struct Writer {
    head: Vec<u8>,
    meters: Vec<String>,
    epoch: u64,
    seq: u64,
    id: u16,
    id_last: u16,
    values: usize,
    shown: Vec<[u64; 9]>,
    chance: u64,
    payload: Vec<u8>,
}

impl Writer {
    /// A writer for gateway `number`; packet ids go from 1 to `id_last` and round.
    pub(crate) fn new(
        number: usize,
        gateway: &Gateway,
        epoch: u64,
        values: usize,
        id_last: u16,
    ) -> Self {
        let mut head = Vec::new();
        push_text(
            &mut head,
            &format!("parkpulse/v1/{ENTERPRISE}/{}/readings", gateway.id),
        );
        let start = |place: usize| {
            let place = u64::try_from(number * METERS + place).unwrap();
            [123_456, 45_678, 2_345, 67_890, 2_315, 215, 412, 35, 388]
                .map(|shown| shown + place * 7)
        };
        Self {
            head,
            meters: (0..METERS).map(|place| meter(number, place)).collect(),
            epoch,
            seq: 0,
            id: 0,
            id_last,
            values,
            shown: (0..METERS).map(start).collect(),
            chance: epoch ^ 0x9e37_79b9_7f4a_7c15,
            payload: Vec::with_capacity(512),
        }
    }

    /// Appends the message of one meter at the time `at`; gives its packet id.
    pub(crate) fn message(&mut self, place: usize, at: &str, out: &mut Vec<u8>) -> u16 {
        self.seq += 1;
        self.id = if self.id == self.id_last {
            1
        } else {
            self.id + 1
        };
        self.step(place);
        let payload = &mut self.payload;
        payload.clear();
        write!(
            payload,
            "{{\"epoch\":{},\"seq\":{},\"readings\":[{{\"meter\":\"{}\",\"at\":\"{at}\",\"values\":{{",
            self.epoch, self.seq, self.meters[place]
        )
        .unwrap();
        for (index, (code, _, decimals)) in INDICATORS.iter().take(self.values).enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let shown = self.shown[place][index];
            let (whole, rest) = match decimals {
                0 => (shown, 0),
                1 => (shown / 10, shown % 10),
                2 => (shown / 100, shown % 100),
                _ => (shown / 1000, shown % 1000),
            };
            let width = usize::from(*decimals);
            if width == 0 {
                write!(payload, "{comma}\"{code}\":{whole}").unwrap();
            } else {
                write!(payload, "{comma}\"{code}\":{whole}.{rest:0width$}").unwrap();
            }
        }
        payload.extend_from_slice(b"}}]}");
        out.push(0x32);
        push_length(out, self.head.len() + 2 + self.payload.len());
        out.extend_from_slice(&self.head);
        out.extend_from_slice(&self.id.to_be_bytes());
        out.extend_from_slice(&self.payload);
        self.id
    }

    /// Lets registers count on and states swing.
    fn step(&mut self, place: usize) {
        for (index, shown) in self.shown[place].iter_mut().enumerate() {
            self.chance ^= self.chance << 13;
            self.chance ^= self.chance >> 7;
            self.chance ^= self.chance << 17;
            if index < 4 {
                *shown += self.chance % 40;
            } else {
                *shown = (*shown + self.chance % 9).saturating_sub(4).max(1);
            }
        }
    }
}

/// A time as a gateway writes it.
pub(crate) fn written(unix_ms: i64) -> String {
    Moment::from_unix_ms(unix_ms).to_string()
}

/// Reads what acknowledgements there are, at least one, and hands over their packet ids.
/// `false` once the connection is closed.
pub(crate) fn acknowledgements(
    socket: &mut TcpStream,
    left: &mut Vec<u8>,
    mut take: impl FnMut(u16),
) -> bool {
    let mut bytes = [0; 4096];
    let count = match socket.read(&mut bytes) {
        Ok(0) => return false,
        Ok(count) => count,
        Err(cause) if cause.kind() == ErrorKind::WouldBlock => panic!("no acknowledgement came"),
        Err(_closed) => return false,
    };
    left.extend_from_slice(&bytes[..count]);
    let (whole, rest) = left.as_chunks::<4>();
    for packet in whole {
        assert_eq!(packet[..2], [0x40, 2], "not a PUBACK: {packet:?}");
        take(u16::from_be_bytes([packet[2], packet[3]]));
    }
    let rest = rest.to_vec();
    *left = rest;
    true
}

fn push_text(body: &mut Vec<u8>, text: &str) {
    body.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
    body.extend(text.as_bytes());
}

fn push_length(packet: &mut Vec<u8>, length: usize) {
    let mut rest = length;
    loop {
        let digit = u8::try_from(rest % 128).unwrap();
        rest /= 128;
        packet.push(if rest > 0 { digit | 0x80 } else { digit });
        if rest == 0 {
            return;
        }
    }
}
