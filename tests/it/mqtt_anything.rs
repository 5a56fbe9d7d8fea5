//! Whatever a client sends: mutated conversations, byte by byte or at once, end without a panic,
//! within bounded memory, and leave the others served.

use std::sync::Arc;
use std::time::Duration;

use parkpulse::ingest::mqtt::{self, Peer};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio_util::sync::CancellationToken;

use super::dice::Dice;
use super::mqtt_ground::Ground;
use super::mqtt_script::Player;

/// Mutated streams unless `TEST_STREAMS` says otherwise.
const STREAMS: u32 = 60_000;

/// What the process, which has nothing else to do, may grow by meanwhile.
const GROWTH_MAX_KIB: u64 = 32 * 1024;

/// Tells this binary, started again, that it is the process of the streams alone.
const ALONE: &str = "MQTT_ANYTHING_ALONE";

/// Conversations to start from, at both versions.
const CONVERSATIONS: &[&str] = &[
    "connect + pub id=1 + pub q=2 id=2 + 62 02 00 02 + e0 00",
    "connect clean=0 will=status + sub id=3 to=receipts:1,refusals:0,/x/#:2 + pub id=4 body=x + c0 00",
    "connect + pub q=0 to=test + unsub id=5 to=receipts,a + pub to=/x id=6 + 40 02 00 01",
    "connect props=21,00,05,27,00,00,10,00,11,00,00,00,09 + pub id=7 props=01,01,23,00,03 + pub id=8 to=- props=23,00,03 + e0 02 04 00",
    "connect id=- + pub id=9 to=status body=online retain + pub id=9 to=status body=offline + f0 00",
];

/// Bytes that matter to a reader of MQTT.
const TOKENS: &[&[u8]] = &[
    &[0xFF, 0xFF, 0xFF, 0x7F],
    &[0x00, 0x00],
    &[0x00, 0x04, b'M', b'Q', b'T', b'T'],
    &[0x32],
    &[0x82],
    &[0x10],
    &[0x23, 0x00, 0x00],
    &[0x26, 0xFF, 0xFF],
    &[0xFF, 0xFF],
    b"+/#",
    b"[[[[[[[[",
];

/// Feeds `bytes` to the door through a pipe of `room` bytes and reads all it says.
async fn feed(ground: &Ground, bytes: &[u8], room: usize) {
    let (client, server) = duplex(room);
    let (mut hears, mut says) = tokio::io::split(client);
    let door = Arc::clone(&ground.door);
    let task = tokio::spawn(mqtt::serve(
        server,
        Peer::default(),
        door,
        CancellationToken::new(),
    ));
    let listening = tokio::spawn(async move {
        let mut said = Vec::new();
        drop(hears.read_to_end(&mut said).await);
    });
    drop(says.write_all(bytes).await);
    drop(says.shutdown().await);
    let ended = tokio::time::timeout(Duration::from_secs(20), task).await;
    let ended = ended.unwrap_or_else(|_| panic!("still open after {bytes:02x?}"));
    ended.unwrap_or_else(|panic| panic!("{panic} after {bytes:02x?}"));
    listening.await.unwrap();
}

/// The most that this process ever held.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let of_all_time = |line: &&str| line.starts_with("VmHWM:");
    let line = status.lines().find(of_all_time).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// In a process of its own: what other tests hold is not counted.
#[test]
fn whatever_comes_the_door_stays_open() {
    if std::env::var(ALONE).is_ok() {
        return feed_all();
    }
    let own = "mqtt_anything::whatever_comes_the_door_stays_open";
    let ended = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", own, "--nocapture"])
        .env(ALONE, "yes")
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&ended.stdout).into_owned();
    let fault = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.success(), "{words}\n{fault}");
    let grown = words.lines().find(|line| line.contains("KiB"));
    println!("{}", grown.expect("it says how much it grew"));
}

fn feed_all() {
    let streams = std::env::var("TEST_STREAMS").ok();
    let streams = streams.map_or(STREAMS, |number| number.parse().unwrap());
    let names: Vec<String> = (0..8).map(|number| format!("GW-{number}")).collect();
    let gateways: Vec<_> = names.iter().map(String::as_str).collect();
    let directory = tempfile::tempdir().unwrap();
    let ground = Ground::in_directory(
        directory,
        parkpulse::ingest::Settings::default(),
        &gateways,
        None,
    );
    let dial = |ground: &Ground| ground.plug();
    let spelt: Vec<Vec<Vec<u8>>> = names
        .iter()
        .map(|gateway| {
            let of = |version| {
                let player = Player::new(&ground, gateway, version, &dial);
                CONVERSATIONS.iter().map(move |line| player.bytes(line))
            };
            of(3).chain(of(5)).collect()
        })
        .collect();
    let before = resident_kib();
    let ground = &ground;
    let one = |lane: usize| {
        let spelt = &spelt[lane];
        async move {
            let mut dice = Dice(0x9E37_79B9_7F4A_7C15 + u64::try_from(lane).unwrap());
            for _ in 0..streams / 8 {
                let mut bytes = spelt[dice.roll(spelt.len())].clone();
                dice.mutate(&mut bytes, TOKENS, 4);
                let room = 16 << dice.roll(9);
                feed(ground, &bytes, room).await;
            }
        }
    };
    let lanes = (0..8).map(one);
    ground
        .runtime
        .block_on(futures_util::future::join_all(lanes));
    let after = resident_kib();
    println!("{before} KiB became {after} KiB");
    assert!(
        after < before + GROWTH_MAX_KIB,
        "{before} KiB became {after} KiB"
    );
    for gateway in &names {
        let counts = ground.counts(gateway);
        assert!(counts.balance(), "{gateway}: {counts:?}");
    }
    let mut player = Player::new(ground, "GW-1", 5, &dial);
    player
        .play("> connect\n< in 0\n> pub id=1\n< 40 02 00 01")
        .unwrap();
}
