//! A publisher on a raw socket that keeps its own record of what it sent and what was
//! acknowledged. Knows no MQTT library: what the server says is taken from the bytes alone.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// One value as it was sent: meter, indicator, milliseconds, number.
pub(crate) type Sent = (String, &'static str, i64, f64);

/// Who publishes, and where.
#[derive(Clone, Debug)]
pub(crate) struct Gateway {
    pub(crate) enterprise: String,
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) meters: Vec<String>,
}

/// Everything ever sent, by message, and which messages were acknowledged.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) sent: Vec<Vec<Sent>>,
    pub(crate) acknowledged: Vec<bool>,
}

impl Record {
    pub(crate) fn acknowledged_values(&self) -> impl Iterator<Item = &Sent> {
        let acknowledged = |(values, yes): (_, &bool)| yes.then_some(values);
        self.sent
            .iter()
            .zip(&self.acknowledged)
            .filter_map(acknowledged)
            .flatten()
    }

    pub(crate) fn all_values(&self) -> impl Iterator<Item = &Sent> {
        self.sent.iter().flatten()
    }
}

/// A connection that publishes at QoS 1 without waiting.
#[derive(Debug)]
pub(crate) struct Publisher {
    socket: TcpStream,
    inbox: Vec<u8>,
    open: BTreeMap<u16, usize>,
    next_id: u16,
}

impl Publisher {
    /// Connects with MQTT 3.1.1 and waits for the CONNACK; `None` if the server is going away.
    pub(crate) fn connect(address: SocketAddr, gateway: &Gateway) -> Option<Self> {
        let mut socket = TcpStream::connect_timeout(&address, Duration::from_secs(5)).ok()?;
        socket.set_nodelay(true).ok()?;
        socket
            .set_read_timeout(Some(Duration::from_secs(10)))
            .ok()?;
        let mut body = vec![0, 4, b'M', b'Q', b'T', b'T', 4, 0b1100_0010, 0, 60];
        for text in [&gateway.id, &gateway.id, &gateway.token] {
            push_text(&mut body, text);
        }
        socket.write_all(&packet(0x10, &body)).ok()?;
        let mut answer = [0; 4];
        socket.read_exact(&mut answer).ok()?;
        assert_eq!((answer[0], answer[3]), (0x20, 0), "CONNACK {answer:?}");
        socket
            .set_read_timeout(Some(Duration::from_millis(1)))
            .ok()?;
        socket
            .set_write_timeout(Some(Duration::from_millis(200)))
            .ok()?;
        Some(Self {
            socket,
            inbox: Vec::new(),
            open: BTreeMap::new(),
            next_id: 1,
        })
    }

    /// How many messages wait for their acknowledgement.
    pub(crate) fn unacknowledged(&self) -> usize {
        self.open.len()
    }

    /// Sends one message; `false` once the connection is gone. What may have left is recorded as
    /// sent, for the server may have seen it.
    pub(crate) fn publish(
        &mut self,
        gateway: &Gateway,
        values: Vec<Sent>,
        record: &mut Record,
    ) -> bool {
        self.publish_at_once(gateway, vec![values], record)
    }

    /// Sends many messages with one write: sooner than anybody can answer them.
    pub(crate) fn publish_at_once(
        &mut self,
        gateway: &Gateway,
        messages: Vec<Vec<Sent>>,
        record: &mut Record,
    ) -> bool {
        let topic = format!(
            "parkpulse/v1/{}/{}/readings",
            gateway.enterprise, gateway.id
        );
        let mut bytes = Vec::new();
        for values in messages {
            let mut body = Vec::new();
            push_text(&mut body, &topic);
            body.extend(self.next_id.to_be_bytes());
            body.extend(payload(&values).as_bytes());
            bytes.extend(packet(0x32, &body));
            self.open.insert(self.next_id, record.sent.len());
            record.sent.push(values);
            record.acknowledged.push(false);
            self.next_id = if self.next_id == u16::MAX {
                1
            } else {
                self.next_id + 1
            };
        }
        self.socket.write_all(&bytes).is_ok()
    }

    /// Takes the acknowledgements that have come; `false` once the connection is gone.
    pub(crate) fn take_acknowledgements(&mut self, record: &mut Record) -> bool {
        let mut chunk = [0; 4096];
        let alive = match self.socket.read(&mut chunk) {
            Ok(0) => false,
            Ok(n) => {
                self.inbox.extend(&chunk[..n]);
                true
            }
            Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        };
        while self.inbox.len() >= 2 && self.inbox.len() >= 2 + usize::from(self.inbox[1]) {
            let length = 2 + usize::from(self.inbox[1]);
            let packet: Vec<u8> = self.inbox.drain(..length).collect();
            if packet[0] == 0x40 {
                let id = u16::from_be_bytes([packet[2], packet[3]]);
                let index = self
                    .open
                    .remove(&id)
                    .expect("an acknowledgement of what was never sent");
                record.acknowledged[index] = true;
            }
        }
        alive
    }

    /// Waits until everything sent is acknowledged.
    pub(crate) fn drain(&mut self, record: &mut Record) {
        let end = Instant::now() + Duration::from_secs(30);
        while !self.open.is_empty() {
            assert!(
                Instant::now() < end,
                "{} messages without an answer",
                self.open.len()
            );
            assert!(
                self.take_acknowledgements(record),
                "the server closed the connection"
            );
        }
    }
}

/// The payload of one message: the values of one meter and time are one reading.
pub(crate) fn payload(values: &[Sent]) -> String {
    let mut readings: BTreeMap<(&str, i64), Vec<String>> = BTreeMap::new();
    for (meter, indicator, at, number) in values {
        readings
            .entry((meter, *at))
            .or_default()
            .push(format!("\"{indicator}\":{number}"));
    }
    let reading = |((meter, at), values): ((&str, i64), Vec<String>)| {
        format!(
            "{{\"meter\":\"{meter}\",\"at\":{at},\"values\":{{{}}}}}",
            values.join(",")
        )
    };
    let readings: Vec<String> = readings.into_iter().map(reading).collect();
    format!("{{\"readings\":[{}]}}", readings.join(","))
}

fn push_text(body: &mut Vec<u8>, text: &str) {
    body.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
    body.extend(text.as_bytes());
}

pub(crate) fn packet(head: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = vec![head];
    let mut rest = body.len();
    loop {
        let digit = u8::try_from(rest % 128).unwrap();
        rest /= 128;
        packet.push(if rest > 0 { digit | 0x80 } else { digit });
        if rest == 0 {
            break;
        }
    }
    packet.extend(body);
    packet
}
