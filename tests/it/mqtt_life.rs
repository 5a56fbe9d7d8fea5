//! The MQTT door over time: restarts, limits, slow clients, the end of credentials and the stop.

use std::time::{Duration, Instant};

use parkpulse::access::Principal;
use parkpulse::ingest::{PostRefused, Settings, TooMuch};
use parkpulse::reading::Code;

use super::mqtt_ground::{Came, Ground, PATIENCE, Plug};
use super::mqtt_script::Player;
use super::stage::until;

fn plain(ground: &Ground) -> Plug {
    ground.plug()
}

fn play(ground: &Ground, gateway: &str, version: u8, script: &str) {
    let played = Player::new(ground, gateway, version, &plain).play(script);
    played.unwrap_or_else(|fault| panic!("version {version}: {fault}"));
}

/// A door with two gateways of the first enterprise.
fn ground(settings: Settings) -> Ground {
    let gateways = ["GW-1", "GW-3"];
    Ground::in_directory(tempfile::tempdir().unwrap(), settings, &gateways, None)
}

#[test]
fn a_session_is_present_after_a_restart() {
    for version in [3, 5] {
        let first = ground(Settings::default());
        play(
            &first,
            "GW-1",
            version,
            "> connect clean=0
            < in 0
            > sub id=1 to=refusals:1
            < 90 ..
            > e0 00
            < closed",
        );
        let token = first.token("GW-1").to_owned();
        let (directory, stopped) = first.into_directory(Duration::from_secs(10));
        assert!(stopped, "the door did not stop");
        let mut second = Ground::in_directory(directory, Settings::default(), &["GW-4"], None);
        second.knows("GW-1", &token);
        play(
            &second,
            "GW-1",
            version,
            "> connect clean=0
            < in 1
            > pub id=2 body=x
            < 40 ..
            < text \"code\":\"bad_encoding\"",
        );
    }
}

#[test]
fn nothing_is_queued_for_an_absent_gateway() {
    let ground = ground(Settings::default());
    play(
        &ground,
        "GW-1",
        5,
        "> connect clean=0
        < in 0
        > sub id=1 to=refusals:1
        < 90 ..
        > e0 00
        < closed
        ! gone
        @b
        > connect id={G}/b
        < in 0
        > pub id=1 body=x
        < 40 ..
        @c
        > connect clean=0
        < in 1
        < silence",
    );
}

#[test]
fn the_ninth_connection_of_a_gateway_is_refused() {
    for (version, refusal) in [(3, &[0x20, 2, 0, 3][..]), (5, &[0x20, 3, 0, 0x97, 0])] {
        let ground = ground(Settings::default());
        let eight: Vec<String> = (0..8)
            .map(|number| format!("@c{number}\n> connect id={{G}}/{number}\n< in 0\n"))
            .collect();
        let mut player = Player::new(&ground, "GW-1", version, &plain);
        player.play(&eight.concat()).unwrap();
        let mut ninth = Player::new(&ground, "GW-1", version, &plain);
        let refused: Vec<String> = refusal.iter().map(|byte| format!("{byte:02x}")).collect();
        let script = format!("> connect id={{G}}/8\n< {}\n< closed", refused.join(" "));
        ninth.play(&script).unwrap();
        play(&ground, "GW-3", version, "> connect\n< in 0");
        player
            .play("@c0\n> c0 00\n< d0 00\n> e0 00\n< closed")
            .unwrap();
        until(PATIENCE, "a place is free", || {
            let mut again = Player::new(&ground, "GW-1", version, &plain);
            again.play("> connect id={G}/9\n< in 0").ok()
        });
    }
}

#[test]
fn beyond_the_last_place_a_client_is_told_so() {
    let ground = ground(Settings {
        connections_max: 2,
        ..Settings::default()
    });
    let mut first = Player::new(&ground, "GW-1", 5, &plain);
    first
        .play("> connect\n< in 0\n@b\n> connect id={G}/b\n< in 0")
        .unwrap();
    play(&ground, "GW-3", 5, "> connect\n< 20 03 00 89 00\n< closed");
    play(&ground, "GW-3", 3, "> connect\n< 20 02 00 03\n< closed");
    first.play("> c0 00\n< d0 00\n> e0 00\n< closed").unwrap();
    until(PATIENCE, "the place is free", || {
        let mut again = Player::new(&ground, "GW-3", 5, &plain);
        again.play("> connect\n< in 0").ok()
    });
}

#[test]
fn above_its_rate_a_gateway_is_not_read_for_a_while() {
    let ground = ground(Settings {
        messages_per_second_max: 20,
        ..Settings::default()
    });
    let mut fast = Player::new(&ground, "GW-1", 5, &plain);
    let burst: Vec<String> = (1..=40).map(|id| format!("pub id={id} kw={id}")).collect();
    fast.play(&format!("> connect\n< in 0\n> {}", burst.join(" + ")))
        .unwrap();
    let start = Instant::now();
    fast.play(&"< 40 ..\n".repeat(40)).unwrap();
    assert!(
        start.elapsed() < Duration::from_millis(700),
        "acknowledged late"
    );
    // Forty messages are two seconds' worth, of which one is free.
    play(&ground, "GW-3", 5, "> connect\n< in 0\n> c0 00\n< d0 00");
    fast.play("> c0 00\n< quiet 200\n< d0 00").unwrap();
    let waited = start.elapsed();
    assert!(
        waited > Duration::from_millis(800),
        "read on after {waited:?}"
    );
}

#[test]
fn an_expired_credential_ends_its_connection() {
    let ground = ground(Settings::default());
    let mut player = Player::new(&ground, "GW-1", 5, &plain);
    player.play("> connect\n< in 0").unwrap();
    let local = Principal::local();
    let id = "GW-1".parse().unwrap();
    let rotated = ground.registry.rotate_gateway(&local, &id);
    ground.runtime.block_on(rotated).unwrap();
    player.play("> c0 00\n< d0 00").unwrap();
    let week = 7 * 86_400_000;
    ground
        .clock
        .set(parkpulse::calendar::Clock::now(&*ground.clock).plus_ms(week));
    player.play("< e0 02 87 00\n< closed").unwrap();
}

#[test]
fn a_stop_commits_and_acknowledges_what_was_read() {
    for (version, goodbye) in [(3, "< closed"), (5, "< e0 02 8b 00\n< closed")] {
        let ground = ground(Settings::default());
        let mut player = Player::new(&ground, "GW-1", version, &plain);
        let mut idle = Player::new(&ground, "GW-3", version, &plain);
        idle.play("> connect\n< in 0").unwrap();
        player
            .play("> connect\n< in 0\n! hold\n> pub id=1 + pub q=2 id=2\n< silence")
            .unwrap();
        ground.stop.cancel();
        idle.play(goodbye).unwrap();
        player.play("> pub id=3\n< silence\n! release").unwrap();
        player
            .play(&format!("< 40 02 00 01\n< 50 02 00 02\n{goodbye}"))
            .unwrap();
        assert!(ground.stopped(Duration::from_secs(10)), "a task is left");
        assert_eq!(ground.counts("GW-1").received, 2);
    }
}

#[test]
fn a_stop_does_not_wait_for_a_store_that_hangs() {
    let ground = ground(Settings::default());
    let mut player = Player::new(&ground, "GW-1", 5, &plain);
    player
        .play("> connect\n< in 0\n! hold\n> pub id=1\n< silence")
        .unwrap();
    assert!(ground.stopped(Duration::from_secs(10)), "a task is left");
    player.play("< e0 02 8b 00\n< closed").unwrap();
}

#[test]
fn a_store_that_failed_is_never_answered_for() {
    let ground = ground(Settings::default());
    ground.store.fail();
    play(
        &ground,
        "GW-1",
        5,
        "> connect
        < in 0
        > pub id=1 + pub q=2 id=2
        < e0 02 8b 00
        < closed",
    );
    assert_eq!(ground.counts("GW-1").received, 0);
}

#[test]
fn a_store_without_room_holds_back_only_those_who_send() {
    let ground = ground(Settings::default());
    ground.store.close_queue(true);
    let mut player = Player::new(&ground, "GW-1", 5, &plain);
    player
        .play("> connect\n< in 0\n> pub id=1\n< silence\n> pub id=2 kw=2\n< silence")
        .unwrap();
    play(&ground, "GW-3", 5, "> connect\n< in 0\n> c0 00\n< d0 00");
    ground.store.close_queue(false);
    player.play("< 40 02 00 01\n< 40 02 00 02").unwrap();
}

#[test]
fn slow_clients_end_and_others_are_served() {
    let ground = ground(Settings {
        connect_within: Duration::from_millis(400),
        packet_within: Duration::from_millis(400),
        ..Settings::default()
    });
    let mut slow: Vec<Plug> = (0..50).map(|_| ground.plug()).collect();
    for plug in &mut slow {
        plug.send(&[0x10]);
    }
    play(
        &ground,
        "GW-1",
        5,
        "> connect\n< in 0\n> pub id=1\n< 40 02 00 01",
    );
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(300) {
        for plug in &mut slow {
            plug.send(&[0x80]);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    for plug in &mut slow {
        assert_eq!(plug.next(PATIENCE), Came::Closed);
    }
    assert!(
        start.elapsed() < Duration::from_secs(3),
        "slow clients stay"
    );
}

#[test]
fn a_client_that_does_not_read_is_let_go() {
    let ground = ground(Settings {
        write_within: Duration::from_millis(300),
        messages_per_second_max: u32::MAX,
        ..Settings::default()
    });
    let mut player = Player::new(&ground, "GW-1", 3, &plain);
    player.play("> connect\n< in 0").unwrap();
    // PINGREQ without ever reading a PINGRESP: the buffers of both sides fill up.
    let pings = [0xC0, 0].repeat(32 * 1024);
    let start = Instant::now();
    let gone = || {
        ground
            .door
            .presences()
            .iter()
            .all(|here| here.connections == 0)
    };
    while !gone() && start.elapsed() < Duration::from_secs(20) {
        player.send_within(&pings, Duration::from_millis(200));
    }
    assert!(gone(), "a client that reads nothing is still here");
}

#[test]
fn messages_that_come_together_are_handed_in_together() {
    let ground = ground(Settings::default());
    let mut player = Player::new(&ground, "GW-1", 5, &plain);
    let hundred: Vec<String> = (1..=100).map(|id| format!("pub id={id} kw={id}")).collect();
    player
        .play(&format!("> connect\n< in 0\n> {}", hundred.join(" + ")))
        .unwrap();
    player.play(&"< 40 ..\n".repeat(100)).unwrap();
    let submissions = ground.store.submissions.lock().unwrap().clone();
    assert_eq!(submissions.iter().sum::<usize>(), 100);
    assert!(submissions.len() <= 20, "one by one: {submissions:?}");
}

#[test]
fn a_message_by_request_and_answer_takes_the_same_way() {
    let ground = ground(Settings {
        values_per_day_max: 3,
        ..Settings::default()
    });
    let now = parkpulse::calendar::Clock::now(&*ground.clock);
    let directory = ground.registry.directory();
    let token = ground.token("GW-1");
    let admission = directory.verify_token("GW-1", token, now).unwrap();
    let post = |payload: &str| {
        let within = Duration::from_secs(5);
        let posted = ground.door.post(&admission, payload.as_bytes(), within);
        ground.runtime.block_on(posted)
    };
    let two =
        r#"{"readings":[{"meter":"E-01","at":1795306500,"values":{"kw":1,"pressure_mpa":true}}]}"#;
    let posted = post(two).unwrap();
    assert_eq!((posted.received, posted.committed), (2, 1));
    assert_eq!(posted.quarantined[0].code, Code::BadType);
    assert_eq!(posted.unreadable, None);
    let unreadable = post("{").unwrap();
    assert_eq!(unreadable.unreadable, Some(Code::BadEncoding));
    let more = post(two).unwrap_err();
    assert_eq!(more, PostRefused::TooMuch(TooMuch::Day));
    let counts = ground.counts("GW-1");
    assert_eq!((counts.received, counts.refused), (5, 2));
    ground.store.turn(false);
    let late = ground
        .door
        .post(&admission, b"{", Duration::from_millis(50));
    let late = ground.runtime.block_on(late).unwrap_err();
    assert!(
        matches!(late, PostRefused::TookTooLong | PostRefused::TooMuch(_)),
        "{late:?}"
    );
}

#[test]
fn the_session_of_an_open_connection_is_never_the_one_to_go() {
    let ground = ground(Settings::default());
    let mut old = Player::new(&ground, "GW-1", 3, &plain);
    old.play("> connect clean=0 id={G}/old\n< in 0").unwrap();
    for number in 0..10 {
        let now = parkpulse::calendar::Clock::now(&*ground.clock);
        ground.clock.set(now.plus_ms(60_000));
        let script = format!("> connect clean=0 id={{G}}/{number}\n< in 0\n> e0 00\n< closed");
        let mut brief = Player::new(&ground, "GW-1", 3, &plain);
        brief.play(&script).unwrap();
    }
    old.play("> e0 00\n< closed").unwrap();
    play(&ground, "GW-1", 3, "> connect clean=0 id={G}/old\n< in 1");
    play(&ground, "GW-1", 3, "> connect clean=0 id={G}/9\n< in 1");
    play(&ground, "GW-1", 3, "> connect clean=0 id={G}/1\n< in 0");
}

#[test]
fn a_volume_that_an_earlier_process_took_counts() {
    let ground = ground(Settings {
        values_per_day_max: 5,
        ..Settings::default()
    });
    let today = parkpulse::calendar::Day::of(parkpulse::calendar::Clock::now(&*ground.clock));
    ground.door.recall(ground.number("GW-1"), today, 4);
    let script = "> connect\n< in 0\n> pub id=1\n< 40 02 00 01\n> pub id=2\n< 40 03 00 02 97";
    play(&ground, "GW-1", 5, script);
}

#[test]
fn acknowledgements_are_counted_by_code() {
    let ground = ground(Settings::default());
    play(
        &ground,
        "GW-1",
        5,
        "> connect
        < in 0
        > pub id=1 + pub id=2 + pub id=3 body=x + pub id=4 to=/x + pub q=0
        < 40 02 00 01
        < 40 02 00 02
        < 40 03 00 03 99
        < 40 03 00 04 87",
    );
    let metrics = ground.metrics();
    for line in [
        "parkpulse_acknowledgements_total{code=\"0x00\"} 2",
        "parkpulse_acknowledgements_total{code=\"0x87\"} 1",
        "parkpulse_acknowledgements_total{code=\"0x97\"} 0",
        "parkpulse_acknowledgements_total{code=\"0x99\"} 1",
        "parkpulse_messages_refused_total{code=\"foreign_topic\"} 1",
        "parkpulse_messages_received_total{promise=\"none\"} 1",
    ] {
        assert!(metrics.contains(line), "no `{line}` in\n{metrics}");
    }
}

#[test]
fn a_packet_that_we_do_not_read_is_not_late() {
    let ground = ground(Settings {
        packet_within: Duration::from_millis(200),
        ..Settings::default()
    });
    ground.store.close_queue(true);
    let mut player = Player::new(&ground, "GW-1", 5, &plain);
    player
        .play("> connect keep=0\n< in 0\n> pub id=1 + 32 06 00 01\n< quiet 500")
        .unwrap();
    ground.store.close_queue(false);
    player
        .play("< 40 02 00 01\n> 78 00 02 00\n< 40 03 00 02 87")
        .unwrap();
}

#[test]
fn a_message_that_is_too_large_is_counted_with_its_gateway() {
    for (version, told) in [(3, ""), (5, "< e0 02 95 00\n")] {
        let ground = ground(Settings::default());
        let sent = [
            "> pub id=1 body=HUGE",
            "> 32 ff ff ff 7f",
            "> 30 ff ff ff 7f",
        ];
        for packet in sent {
            let script = format!("> connect\n< in 0\n{packet}\n{told}< closed");
            play(&ground, "GW-1", version, &script);
        }
        // A subscription that is too large is no message.
        let script = format!("> connect\n< in 0\n> 82 ff ff ff 7f\n{told}< closed");
        play(&ground, "GW-1", version, &script);
        let counts = ground.counts("GW-1");
        assert_eq!((counts.received, counts.refused), (3, 3), "{version}");
        assert_eq!(counts.unpromised, 1, "{version}");
        let page = ground.metrics();
        let line = "parkpulse_messages_refused_total{code=\"too_large\"} 3";
        assert!(page.contains(line), "{page}");
    }
}

#[test]
fn answers_that_wait_for_the_disk_hold_the_reader_back() {
    for version in [3, 5] {
        let ground = ground(Settings::default());
        let mut player = Player::new(&ground, "GW-1", version, &plain);
        player
            .play("> connect\n< in 0\n! hold\n> pub id=1\n< silence")
            .unwrap();
        // PUBRELs of an id that is not open: each is owed a PUBCOMP, none holds a place.
        let release = [0x62, 2, 0, 7].repeat(1_000);
        player.send_within(&release, PATIENCE);
        player.play("> c0 00\n< quiet 300\n! release").unwrap();
        player.play("< 40 02 00 01\n< 70 02 00 07").unwrap();
    }
}

#[test]
fn every_part_that_is_refused_reaches_the_sender() {
    const PARTS: u32 = 1_000;
    let reading = r#"{"meter":"X-9","at":1795306500,"values":{"kw":1}}"#;
    let list = vec![reading; usize::try_from(PARTS).unwrap()].join(",");
    for qos in [0, 1] {
        let ground = ground(Settings::default());
        let mut player = Player::new(&ground, "GW-1", 5, &plain);
        let body = format!("{{\"epoch\":3,\"seq\":1,\"readings\":[{list}]}}");
        let begin = format!("> connect\n< in 0\n> sub id=1 to=refusals:{qos}\n< 90 ..");
        player.play(&begin).unwrap();
        player
            .play(&format!("> pub id=2 body={body}\n< 40 02 00 02"))
            .unwrap();
        for first in (0..PARTS).step_by(32) {
            // Each message is whole: whose it is, and at most 32 parts of it.
            let text = format!(
                "< text /refusals & \"epoch\":3,\"seq\":1,\"code\":\"unknown_meter\" & \"readings\":[{{\"index\":{first},"
            );
            player.play(&text).unwrap();
            if qos == 1 {
                let id = first / 32 % 16 + 1;
                player.play(&format!("> 40 02 00 {id:02x}")).unwrap();
            }
        }
        player.play("< silence").unwrap();
    }
}
