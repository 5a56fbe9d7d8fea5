//! The MQTT door against its conformance table, at both versions, plain, over TLS and in frames of a
//! WebSocket. Whether it leaves a sentence of the contract out is asked in `mqtt_clauses`.

use std::time::Duration;

use parkpulse::ingest::{Fault, Faults, Settings};

use super::mqtt_frames::{dial_frames, open_frames};
use super::mqtt_ground::{Ground, Plug};
use super::mqtt_rows::{CONNECTS, PAYLOADS, PUBLISHES, Row, SESSIONS, Size};
use super::mqtt_script::Player;
use super::mqtt_tls::Authority;

/// Every row of the table.
pub(crate) fn rows() -> impl Iterator<Item = &'static Row> {
    let tables = [CONNECTS, PUBLISHES, PAYLOADS, SESSIONS];
    tables.into_iter().flatten()
}

fn settings(size: Size) -> Settings {
    match size {
        Size::Usual => Settings::default(),
        Size::Small => Settings {
            window: 3,
            values_per_day_max: 4,
            connect_within: Duration::from_millis(300),
            packet_within: Duration::from_millis(300),
            ..Settings::default()
        },
    }
}

/// What the bytes go over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    Tcp,
    Tls,
    Frames,
}

fn plain(ground: &Ground) -> Plug {
    ground.plug()
}

/// Plays every row of `size` against one door, each with a gateway of its own; the faults found.
fn play_all(version: u8, size: Size, over: Over) -> Vec<String> {
    let rows: Vec<_> = rows().filter(|row| row.size == size).collect();
    let names: Vec<_> = (0..rows.len())
        .map(|number| format!("R-{number}"))
        .collect();
    let mut gateways: Vec<_> = names.iter().map(String::as_str).collect();
    gateways.push("GW-2");
    let authority = Authority::new();
    let handshake = (over == Over::Tls).then(|| authority.handshake());
    let directory = tempfile::tempdir().unwrap();
    let ground = Ground::in_directory(directory, settings(size), &gateways, handshake);
    let dial_tls = |ground: &Ground| authority.dial(ground.address, None);
    let frames = open_frames(&ground);
    let dial_frames = |_: &Ground| dial_frames(frames);
    let dial: &dyn Fn(&Ground) -> Plug = match over {
        Over::Tcp => &plain,
        Over::Tls => &dial_tls,
        Over::Frames => &dial_frames,
    };
    let mut faults = Vec::new();
    for (row, gateway) in rows.iter().zip(&names) {
        let played = Player::new(&ground, gateway, version, dial).play(row.script);
        ground.store.turn(true);
        if let Err(fault) = played {
            faults.push(format!("{}: {fault}", row.name));
        }
    }
    faults
}

fn hold(version: u8, over: Over) {
    let mut faults = play_all(version, Size::Usual, over);
    faults.extend(play_all(version, Size::Small, over));
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn the_table_holds_for_3_1_1() {
    hold(3, Over::Tcp);
}

#[test]
fn the_table_holds_for_5() {
    hold(5, Over::Tcp);
}

#[test]
fn the_table_holds_for_3_1_1_over_tls() {
    hold(3, Over::Tls);
}

#[test]
fn the_table_holds_for_5_over_tls() {
    hold(5, Over::Tls);
}

#[test]
fn the_table_holds_for_3_1_1_in_frames() {
    hold(3, Over::Frames);
}

#[test]
fn the_table_holds_for_5_in_frames() {
    hold(5, Over::Frames);
}

/// Each fault of the server with the version and the row that must turn red.
const PLANTED: &[(Fault, u8, &str)] = &[
    (
        Fault::AckUnsynced,
        5,
        "QoS 1 is acknowledged after the commit and not before",
    ),
    (
        Fault::AckUnsynced,
        3,
        "QoS 2 is received after the commit, once",
    ),
    (
        Fault::AckUnsynced,
        5,
        "one bad value is quarantined, the good one kept",
    ),
    (
        Fault::PrefixCut,
        5,
        "the prefix is compared with its trailing slash",
    ),
    (
        Fault::SessionDenied,
        3,
        "a session is present for a known client",
    ),
    (
        Fault::ReservedFlag,
        5,
        "the reserved flag of CONNECT must be 0",
    ),
    (
        Fault::TwiceTaken,
        5,
        "a repeated QoS 2 id is received again and taken once",
    ),
    (Fault::WindowOpen, 5, "the window of MQTT 5 is held"),
    (
        Fault::ForeignAcked,
        5,
        "a foreign topic is refused and counted",
    ),
    (
        Fault::ForeignAcked,
        3,
        "a foreign topic is refused and counted",
    ),
    (Fault::ConnectTwice, 3, "a second CONNECT"),
    (Fault::IdZero, 5, "packet id 0"),
    (
        Fault::GrantAll,
        5,
        "one allowed and one foreign filter are answered on their own",
    ),
    (
        Fault::WillAnywhere,
        3,
        "a will on a foreign topic is refused",
    ),
    (
        Fault::UnreadableHidden,
        5,
        "an unreadable payload is quarantined all the same",
    ),
    (
        Fault::RevokedStays,
        5,
        "a revoked credential ends its connection",
    ),
    (
        Fault::BorrowedId,
        3,
        "another gateway's client id is refused",
    ),
    (
        Fault::ReleaseUnheard,
        3,
        "PUBREL of an unknown id gets PUBCOMP",
    ),
    (
        Fault::AcksReversed,
        5,
        "acknowledgements come in the order of the messages",
    ),
    (Fault::WildcardTopic, 5, "wildcards in a publish topic"),
    (
        Fault::PatientForever,
        5,
        "a connection without a CONNECT ends in time",
    ),
    (
        Fault::PropertiesUnsaid,
        5,
        "what we are is said in the CONNACK",
    ),
    (
        Fault::ReceiptsWithheld,
        3,
        "a receipt follows the acknowledgement",
    ),
];

#[test]
fn every_planted_fault_turns_its_row_red() {
    for (fault, version, name) in PLANTED {
        let row = rows().find(|row| row.name == *name);
        let row = row.unwrap_or_else(|| panic!("no row `{name}`"));
        let ground = Ground::with(Settings {
            faults: Faults::planted(*fault),
            ..settings(row.size)
        });
        let mut player = Player::new(&ground, "GW-1", *version, &plain);
        player.patience = Duration::from_secs(1);
        let outcome = player.play(row.script);
        ground.store.turn(true);
        assert!(outcome.is_err(), "{fault:?} leaves `{name}` green");
    }
}
