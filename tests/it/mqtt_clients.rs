//! Real clients at the MQTT door: rumqttc at both versions, and `mosquitto_pub`.

use std::process::Command;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use rumqttc::{Event, Incoming, MqttOptions, QoS, v5};

use super::mqtt_ground::Ground;
use super::stage::until;

const MESSAGES: u32 = 250;

fn message(number: u32) -> String {
    let at = 1_795_306_000 + number;
    format!(
        r#"{{"epoch":1,"seq":{number},"readings":[{{"meter":"E-01","at":{at},"values":{{"kw":{number}}}}}]}}"#
    )
}

/// Waits until `ask` says that it is done, asked again for each event.
struct Deadline(std::time::Instant);

impl Deadline {
    fn new() -> Self {
        Self(std::time::Instant::now() + Duration::from_secs(20))
    }

    fn check(&self, what: &str) {
        assert!(std::time::Instant::now() < self.0, "{what}: not in time");
    }
}

#[test]
fn rumqttc_3_1_1_publishes_and_hears_its_receipt() {
    let ground = Ground::new();
    let port = ground.address.port();
    let mut options = MqttOptions::new("GW-1", "127.0.0.1", port);
    options
        .set_credentials("GW-1", ground.token("GW-1"))
        .set_clean_session(false)
        .set_inflight(100);
    let (client, mut connection) = rumqttc::Client::new(options, 300);
    let prefix = ground.prefix("GW-1");
    client
        .subscribe(format!("{prefix}#"), QoS::AtLeastOnce)
        .unwrap();
    for number in 1..=MESSAGES {
        let qos = if number % 5 == 0 {
            QoS::ExactlyOnce
        } else {
            QoS::AtLeastOnce
        };
        let topic = format!("{prefix}readings");
        client.publish(topic, qos, false, message(number)).unwrap();
    }
    let deadline = Deadline::new();
    let (mut answered, mut receipt) = (0, String::new());
    let last = format!(r#"{{"epoch":1,"durable_seq":{MESSAGES}}}"#);
    while answered < MESSAGES || receipt != last {
        deadline.check("answers and the last receipt");
        match connection
            .recv_timeout(Duration::from_secs(10))
            .unwrap()
            .unwrap()
        {
            Event::Incoming(Incoming::PubAck(_) | Incoming::PubComp(_)) => answered += 1,
            Event::Incoming(Incoming::Publish(publish)) => {
                assert_eq!(publish.topic, format!("{prefix}receipts"));
                receipt = String::from_utf8(publish.payload.to_vec()).unwrap();
            }
            _ => {}
        }
    }
    assert_eq!(ground.counts("GW-1").stored, i64::from(MESSAGES));
}

#[test]
fn rumqttc_5_publishes_and_reads_our_reasons() {
    let ground = Ground::new();
    let mut options = v5::MqttOptions::new("GW-1", "127.0.0.1", ground.address.port());
    options
        .set_credentials("GW-1", ground.token("GW-1"))
        .set_clean_start(false);
    let (client, mut connection) = v5::Client::new(options, 300);
    let prefix = ground.prefix("GW-1");
    let topic = format!("{prefix}readings");
    for number in 1..=MESSAGES {
        let qos = if number % 5 == 0 {
            v5::mqttbytes::QoS::ExactlyOnce
        } else {
            v5::mqttbytes::QoS::AtLeastOnce
        };
        client.publish(&topic, qos, false, message(number)).unwrap();
    }
    let deadline = Deadline::new();
    let (mut answered, mut window) = (0, None);
    while answered < MESSAGES {
        deadline.check("answers");
        match connection
            .recv_timeout(Duration::from_secs(10))
            .unwrap()
            .unwrap()
        {
            v5::Event::Incoming(v5::Incoming::ConnAck(connack)) => {
                window = connack.properties.unwrap().receive_max;
            }
            v5::Event::Incoming(v5::Incoming::PubAck(_) | v5::Incoming::PubComp(_)) => {
                answered += 1;
            }
            _ => {}
        }
    }
    assert_eq!(window, Some(200));
    assert_eq!(ground.counts("GW-1").stored, i64::from(MESSAGES));
}

#[test]
fn rumqttc_keeps_what_was_not_acknowledged_over_a_reconnect() {
    let ground = Ground::new();
    let mut options = MqttOptions::new("GW-1", "127.0.0.1", ground.address.port());
    options
        .set_credentials("GW-1", ground.token("GW-1"))
        .set_clean_session(false);
    let (client, mut connection) = rumqttc::Client::new(options, 10);
    let (heard, answers) = sync_channel(100);
    let listening = std::thread::spawn(move || {
        for event in connection.iter() {
            let done = matches!(event, Ok(Event::Incoming(Incoming::PubAck(_))));
            // The test may have what it wants already.
            drop(heard.try_send(format!("{event:?}")));
            if done {
                return;
            }
        }
    });
    let next = |what: &str| {
        until(Duration::from_secs(10), what, || {
            answers
                .try_recv()
                .ok()
                .filter(|event: &String| event.contains(what))
        })
    };
    next("session_present: false");
    ground.store.turn(false);
    let topic = format!("{}readings", ground.prefix("GW-1"));
    client
        .publish(topic, QoS::AtLeastOnce, false, message(1))
        .unwrap();
    until(
        Duration::from_secs(10),
        "the message is at the store",
        || (!ground.store.submissions.lock().unwrap().is_empty()).then_some(()),
    );
    let mut thief = ground.plug();
    thief.send(&connect_3_1_1("GW-1", ground.token("GW-1")));
    next("session_present: true");
    ground.store.turn(true);
    next("PubAck");
    listening.join().unwrap();
    let counts = ground.counts("GW-1");
    assert_eq!(counts.stored, 1, "{counts:?}");
}

/// A CONNECT without clean session.
fn connect_3_1_1(id: &str, token: &str) -> Vec<u8> {
    let mut body = vec![0, 4, b'M', b'Q', b'T', b'T', 4, 0xC0, 0, 60];
    for text in [id, id, token] {
        body.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
        body.extend_from_slice(text.as_bytes());
    }
    super::mqtt_script::packet(0x10, &body)
}

#[test]
fn mosquitto_pub_ends_well_at_every_qos_and_version() {
    let ground = Ground::new();
    let topic = format!("{}readings", ground.prefix("GW-1"));
    let port = ground.address.port().to_string();
    let publish = |version: &str, qos: &str, topic: &str, number: u32| {
        Command::new("mosquitto_pub")
            .args(["-h", "127.0.0.1", "-p", &port, "-V", version, "-q", qos])
            .args(["-i", "GW-1", "-u", "GW-1", "-P", ground.token("GW-1")])
            .args(["-t", topic, "-m", &message(number)])
            .output()
            .expect("mosquitto_pub is not installed: apt-get install mosquitto-clients")
    };
    let mut number = 0;
    for version in ["mqttv311", "mqttv5"] {
        for qos in ["0", "1", "2"] {
            number += 1;
            let done = publish(version, qos, &topic, number);
            assert!(done.status.success(), "{version} QoS {qos}: {done:?}");
            // At QoS 0 the client is gone before we read what it sent, and the next one takes over
            // its name: what was not read by then nobody promised. So one after the other.
            until(Duration::from_secs(5), "the message is kept", || {
                (ground.counts("GW-1").stored == i64::from(number)).then_some(())
            });
        }
    }
    let refused = publish("mqttv5", "1", "parkpulse/v1/other/readings", 7);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("Not authorized"), "{refused:?}");
}
