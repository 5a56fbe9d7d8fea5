//! Commands on the data directory give the same output and exit code with and without an owner.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::Output;
use std::time::Duration;

use crate::stage::Stage;

/// Commands that change nothing, and the exit code of each.
const COMMANDS: &[(&[&str], i32)] = &[
    (&["reconcile"], 0),
    (&["reconcile", "--json"], 0),
    (&["reconcile", "--csv", "--day", "2026-11-22"], 0),
    (
        &["reconcile", "--day", "2026-11-22", "--settle", "--json"],
        0,
    ),
    (&["reconcile", "--day", "2026-02-30"], 2),
    (&["reconcile", "--unknown"], 2),
    (&["export", "readings"], 0),
    (
        &[
            "export",
            "readings",
            "--from",
            "2026-11-01",
            "--to",
            "2026-10-01",
        ],
        2,
    ),
    (&["export", "readings", "--meter", "none"], 1),
    (&["export", "readings", "--from", "yesterday"], 2),
    (&["quarantine", "list"], 0),
    (&["quarantine", "show", "7"], 1),
    (&["gateway", "list", "--json"], 0),
    (&["gateway", "revoke", "--gateway", "none"], 1),
    (&["import", "parks", "no-such-file.csv"], 1),
    (&["nonsense"], 2),
];

/// The same of a store that has readings: good and bad ones, one twice, one in conflict.
const WITH_READINGS: &[(&[&str], i32)] = &[
    (&["reconcile", "--json"], 0),
    (&["reconcile", "--settle"], 0),
    (&["export", "readings"], 0),
    (&["export", "readings", "--meter", "E-01"], 0),
    (&["quarantine", "list"], 0),
    (&["quarantine", "list", "--json"], 0),
    (&["quarantine", "list", "--code", "bad_type", "--all"], 0),
    (&["quarantine", "list", "--gateway", "gw-9"], 1),
    (&["quarantine", "show", "1"], 0),
    (&["quarantine", "show", "2", "--json"], 0),
    (&["quarantine", "replay", "--gateway", "gw-9"], 1),
    (&["gateway", "list"], 0),
    (&["import", "readings", "MINE", "--dry-run"], 0),
    (&["import", "meters", "MINE"], 1),
    (&["import", "land", "MINE", "--dry-run"], 1),
    (&["import", "statements", "MINE"], 1),
    (&["config", "check"], 0),
];

fn told(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn commands_are_equal_with_and_without_an_owner() {
    let stage = Stage::new();
    stage.register_park();
    let alone: Vec<_> = COMMANDS
        .iter()
        .map(|(line, _)| told(&stage.run(line)))
        .collect();
    let server = stage.serve();
    for ((line, code), alone) in COMMANDS.iter().zip(alone) {
        assert_eq!(alone.0, Some(*code), "{line:?}: {alone:?}");
        assert_eq!(told(&stage.run(line)), alone, "{line:?}");
    }
    server.stop();
}

/// Sends what the commands are to speak of, and stops again.
fn with_readings(stage: &Stage, token: &str) {
    let server = stage.serve();
    let bearer = format!("Authorization: Bearer {token}");
    let at = crate::pages_park::now().unix_ms() - 3_600_000;
    let rows = [
        ("E-01", r#""kwh_register": 10, "kw": 2"#),
        ("E-01", r#""kwh_register": 10, "kw": 3"#),
        ("X-99", r#""kw": 3"#),
        ("E-01", r#""kw": "3""#),
    ];
    for (meter, values) in rows {
        let body = format!(r#"{{"meter": "{meter}", "at": {at}, "values": {{{values}}}}}"#);
        let answer = server.send("POST", "/api/v1/readings", &[&bearer], body.as_bytes());
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    server.stop();
    // What is pending depends on when somebody looks.
    stage.ok(&["reconcile", "--settle"]);
}

/// What a command wrote, with the lines of the export in the place of `MINE`.
fn run(stage: &Stage, line: &[&str], mine: &str) -> (Option<i32>, String, String) {
    let line: Vec<&str> = line
        .iter()
        .map(|word| if *word == "MINE" { mine } else { word })
        .collect();
    told(&stage.run(&line))
}

#[test]
fn commands_on_readings_are_equal_with_and_without_an_owner() {
    let stage = Stage::new();
    let token = stage.register_park();
    with_readings(&stage, &token);
    let mine = stage.path("mine.ndjson");
    fs::write(&mine, stage.ok(&["export", "readings"])).unwrap();
    let mine = mine.to_str().unwrap();
    let all = || {
        WITH_READINGS
            .iter()
            .map(|(line, _)| run(&stage, line, mine))
    };
    let alone: Vec<_> = all().collect();
    let server = stage.serve();
    let through_owner: Vec<_> = all().collect();
    server.stop();
    for (((line, code), alone), owned) in WITH_READINGS.iter().zip(alone).zip(through_owner) {
        assert_eq!(alone.0, Some(*code), "{line:?}: {alone:?}");
        assert_eq!(owned, alone, "{line:?}");
    }
    // Those that change something, each on a directory of its own.
    let other = Stage::new();
    let copied = std::process::Command::new("cp")
        .arg("-a")
        .args([stage.data_dir(), other.data_dir()])
        .status();
    assert!(copied.unwrap().success());
    let server = other.serve();
    for line in [
        &[
            "quarantine",
            "replay",
            "--code",
            "unknown_meter",
            "--meter-as",
            "E-01",
            "--json",
        ][..],
        &["quarantine", "list", "--all"],
        &["import", "readings", "MINE", "--json"],
        &["reconcile", "--settle", "--json"],
    ] {
        let (alone, owned) = (run(&stage, line, mine), run(&other, line, mine));
        assert_eq!(owned, alone, "{line:?}");
    }
    let [alone, owned] = [&stage, &other].map(|stage| {
        let archive = stage.path("copy.tar");
        stage.ok(&["backup", archive.to_str().unwrap()]);
        let restored = Stage::new();
        restored.ok(&["restore", archive.to_str().unwrap()]);
        [
            &["export", "readings"][..],
            &["quarantine", "list", "--all"],
            &["reconcile", "--settle", "--json"],
            &["gateway", "list"],
        ]
        .map(|line| restored.ok(line))
    });
    assert!(alone[0].contains("E-01"));
    assert_eq!(owned, alone);
    server.stop();
}

#[test]
fn a_command_waits_for_an_owner_that_is_only_another_command() {
    let stage = Stage::new();
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| stage.run(&["reconcile"])))
            .collect();
        for run in runs {
            let output = run.join().unwrap();
            assert_eq!(output.status.code(), Some(0), "{output:?}");
        }
    });
}

#[test]
fn the_control_socket_answers_nobody_without_the_secret() {
    let stage = Stage::new();
    let server = stage.serve();
    let key = stage.data_dir().join("control.key");
    assert_eq!(
        fs::metadata(&key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let head = serde_json::json!({
        "key": "0".repeat(64),
        "version": env!("CARGO_PKG_VERSION"),
        "arguments": ["parkpulse", "reconcile"],
        "place": "/",
        "inputs": [],
    });
    let head = head.to_string();
    let mut bytes = u32::try_from(head.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend_from_slice(head.as_bytes());
    for offered in [bytes.as_slice(), b"\xff\xff\xff\xff", b"\0\0\0\x02{]"] {
        let mut stream = TcpStream::connect(&server.control).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        stream.write_all(offered).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert_eq!(answer, b"", "{offered:?}");
    }
    assert!(!fs::read_to_string(&key).unwrap().is_empty());
    let log = server.log();
    assert!(!log.contains(&fs::read_to_string(&key).unwrap()), "{log}");
    server.stop();
}

#[test]
fn a_command_that_fails_inside_the_owner_says_so_and_leaves_all_as_it_was() {
    let stage = Stage::new();
    stage.register_park();
    let server = stage.serve_with(|command| {
        command.env("FAILPOINTS", "during_command=1*panic->off");
    });
    let parks = "park,name,district,kind\nP-9,新园,城区,\n";
    fs::write(stage.path("parks.csv"), parks).unwrap();
    let file = stage.path("parks.csv");
    let import = ["import", "parks", file.to_str().unwrap()];
    let (code, results, messages) = told(&stage.run(&import));
    assert_eq!((code, results.as_str()), (Some(1), ""));
    assert!(messages.contains("failed inside the process"), "{messages}");
    assert!(messages.contains("all else is as it was"), "{messages}");
    // The owner lives, the command left nothing behind, and the next one is done.
    assert_eq!(server.get("/livez").status, 200);
    server.says("a command failed by a fault");
    let (code, _, messages) = told(&stage.run(&import));
    assert_eq!(code, Some(0), "{messages}");
    server.stop();
}
