//! One network cannot take every place: of the HTTP door, of the MQTT door.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

use parkpulse::ingest::{NoPlace, Places};
use tokio::net::TcpSocket;

use crate::stage::{Stage, request, until};

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn a_network_has_its_share_of_the_places_and_gives_it_back() {
    let places = Places::new(10, 30);
    // Who comes, and whether there is a place.
    let rows = [
        ("192.0.2.1", Ok(())),
        ("192.0.2.200", Ok(())),
        ("::ffff:192.0.2.3", Ok(())),
        ("192.0.2.4", Err(NoPlace::NetworkFull)),
        ("192.0.3.4", Ok(())),
        ("2001:db8:0:1::1", Ok(())),
        ("2001:db8:0:1:ffff::1", Ok(())),
        ("2001:db8:0:1::2", Ok(())),
        ("2001:db8:0:1::3", Err(NoPlace::NetworkFull)),
        ("2001:db8:0:2::3", Ok(())),
        // This machine has no share of its own, but no more places than there are.
        ("127.0.0.1", Ok(())),
        ("::1", Ok(())),
        ("127.0.0.1", Err(NoPlace::Full)),
        ("192.0.9.1", Err(NoPlace::Full)),
    ];
    let mut taken = Vec::new();
    for (who, expected) in rows {
        let place = places.take(address(who));
        assert_eq!(
            place.as_ref().map(|_| ()).map_err(|why| *why),
            expected,
            "{who}"
        );
        taken.extend(place);
    }
    taken.remove(0);
    // What a network had not got costs no place.
    assert!(places.take(address("2001:db8:0:1::4")).is_err());
    let again = places.take(address("192.0.2.9")).unwrap();
    assert_eq!(
        places.take(address("192.0.9.1")).unwrap_err(),
        NoPlace::Full
    );
    drop((again, taken));
    let all: Vec<_> = (1..5)
        .map(|end| places.take(address(&format!("192.0.2.{end}"))))
        .collect();
    assert_eq!(all.iter().filter(|one| one.is_ok()).count(), 3);
    // A proxy speaks for many networks; and whoever has the smallest share has a place.
    let smallest = Places::new(3, 1);
    assert!(smallest.take(address("192.0.2.1")).is_ok());
}

/// A connection from an address of this machine that stands for somebody of another network.
fn from(source: &str, door: &str) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let stream = runtime.block_on(async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(address(source), 0)).unwrap();
        socket
            .connect(door.parse().unwrap())
            .await
            .unwrap()
            .into_std()
            .unwrap()
    });
    stream.set_nonblocking(false).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream
}

/// What is answered to `sent`; what was reset is empty.
fn told(mut stream: &TcpStream, sent: &[u8], bytes: usize) -> Vec<u8> {
    let _ = stream.write_all(sent);
    let mut heard = vec![0; bytes];
    let count = stream.read(&mut heard).unwrap_or(0);
    heard.truncate(count);
    heard
}

const LIVEZ: &[u8] = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";

#[test]
fn a_network_that_takes_all_it_can_leaves_the_pages_to_others() {
    let stage = Stage::new();
    let server = stage.serve_with(|command| {
        command
            .env("PARKPULSE_HTTP__CONNECTIONS_MAX", "8")
            .env("PARKPULSE_HTTP__NETWORK_PERCENT_MAX", "50")
            .env("PARKPULSE_HTTP__HEADERS_WITHIN", "60 s");
    });
    let mut taken: Vec<_> = (1..5)
        .map(|end| from(&format!("127.0.1.{end}"), &server.http))
        .collect();
    for one in &taken {
        assert!(told(one, LIVEZ, 12).starts_with(b"HTTP/1.1 200"));
    }
    // Nothing is sent here: what is left unread would make the end of the line a reset.
    let more = from("127.0.1.9", &server.http);
    let answer = String::from_utf8(told(&more, b"", 400)).unwrap();
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("Retry-After: 10"), "{answer}");
    assert!(told(&from("127.0.2.1", &server.http), LIVEZ, 12).starts_with(b"HTTP/1.1 200"));
    let livez = request(&server.http, "GET", "/livez", &[], b"");
    assert_eq!(livez.status, 200);
    let page = server.get("/metrics");
    let metrics = page.text();
    assert!(
        metrics.contains("parkpulse_http_network_refusals_total 1\n"),
        "{metrics}"
    );
    drop(taken.pop());
    until(Duration::from_secs(10), "the place that is free", || {
        let one = from("127.0.1.77", &server.http);
        told(&one, LIVEZ, 12)
            .starts_with(b"HTTP/1.1 200")
            .then_some(())
    });
    server.stop();
}

/// CONNECT of MQTT 3.1.1 by nobody who is known: it is heard and refused with 4 or 5, or there is no
/// place, which is 3.
const CONNECT: &[u8] = b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01x";

#[test]
fn a_network_that_takes_all_it_can_leaves_the_gateways_door_to_others() {
    let stage = Stage::new();
    let server = stage.serve_with(|command| {
        command
            .env("PARKPULSE_MQTT__CONNECTIONS_MAX", "8")
            .env("PARKPULSE_MQTT__NETWORK_PERCENT_MAX", "50")
            .env("PARKPULSE_MQTT__CONNECT_WITHIN", "60 s");
    });
    let door = server.mqtt.clone().unwrap();
    // They say nothing, and have a place all the same.
    let taken: Vec<_> = (1..5)
        .map(|end| from(&format!("127.0.1.{end}"), &door))
        .collect();
    let heard = |source: &str| told(&from(source, &door), CONNECT, 4);
    until(
        Duration::from_secs(10),
        "the last place of the share",
        || {
            let heard = heard("127.0.1.9");
            (heard == [0x20, 2, 0, 3]).then_some(())
        },
    );
    for source in ["127.0.2.1", "127.0.0.1"] {
        let heard = heard(source);
        assert!(
            matches!(heard[..], [0x20, 2, 0, 4 | 5]),
            "{source}: {heard:?}"
        );
    }
    drop(taken);
    until(Duration::from_secs(10), "a place for that network", || {
        (heard("127.0.1.9") != [0x20, 2, 0, 3]).then_some(())
    });
    server.stop();
}
