//! Limits that are keys of the configuration hold where they are set.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::stage::{Stage, parkpulse};

#[test]
fn what_an_imported_file_may_hold_is_a_key() {
    let stage = Stage::new();
    let path = stage.path("parks.csv");
    std::fs::write(
        &path,
        "park,name,district\nP1,一号园,高新区\nP2,二号园,高新区\n",
    )
    .unwrap();
    let import = |key: &str, value: &str| {
        let mut command = parkpulse(&stage.data_dir());
        command.args(["import", "parks"]).arg(&path).env(key, value);
        let output = command.output().unwrap();
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let rows = [
        (
            "PARKPULSE_IMPORT__ROWS_MAX",
            "1",
            1,
            "more than 1 rows (too_many)",
        ),
        (
            "PARKPULSE_IMPORT__FILE_BYTES_MAX",
            "30 B",
            1,
            "larger than 30 bytes (too_large)",
        ),
        (
            "PARKPULSE_IMPORT__CELL_BYTES_MAX",
            "8 B",
            1,
            "longer than 8 bytes (too_large)",
        ),
        (
            "PARKPULSE_IMPORT__FILE_BYTES_MAX",
            "21 MiB",
            2,
            "must be at most 20 MiB",
        ),
        ("PARKPULSE_IMPORT__ROWS_MAX", "2", 0, ""),
    ];
    for (key, value, code, words) in rows {
        let (ended, told) = import(key, value);
        assert!(told.contains(words), "{key} {value}: {told}");
        assert_eq!(ended.unwrap() == 0, code == 0, "{key} {value}: {told}");
    }
}

#[test]
fn how_often_a_live_line_says_something_is_a_key() {
    let stage = Stage::new();
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_LIVE__HEARTBEAT", "20 ms");
    });
    let mut stream = TcpStream::connect(&server.http).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    write!(
        stream,
        "GET /api/v1/live HTTP/1.1\r\nHost: {}\r\n{}\r\n\r\n",
        server.http,
        server.bearer().unwrap()
    )
    .unwrap();
    let (began, mut said) = (Instant::now(), 0);
    for line in BufReader::new(stream).lines() {
        said += usize::from(line.unwrap() == "event: state");
        if said == 6 {
            break;
        }
    }
    // The default says it every 5 s: six of them take 25 s.
    assert!(
        said == 6 && began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
    server.stop();
}
