//! Of the live line each has their share: so many lines an account, none of whoever sees no series, and
//! how far data reach of what one may see alone.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::ledger_check::program;
use crate::replay_heap::{OTHER, register_other};
use crate::stage::{ENTERPRISE, Server, Stage, until};

/// Opens a line and gives its status and the connection.
fn line(server: &Server, who: &str) -> (u16, TcpStream) {
    let mut stream = TcpStream::connect(&server.http).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let asked = format!("GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\n{who}\r\n\r\n");
    stream.write_all(asked.as_bytes()).unwrap();
    let status = heard(&mut stream, "\r\n");
    (status.split(' ').nth(1).unwrap().parse().unwrap(), stream)
}

/// What comes up to `word`.
fn heard(stream: &mut TcpStream, word: &str) -> String {
    let (mut text, mut byte) = (Vec::new(), [0]);
    while !text.ends_with(word.as_bytes()) {
        assert_eq!(stream.read(&mut byte).unwrap(), 1, "the line ended");
        text.push(byte[0]);
    }
    String::from_utf8(text).unwrap()
}

/// The instant up to which a fresh line says that data reach.
fn data_to(server: &Server, who: &str) -> Option<String> {
    let (status, mut stream) = line(server, who);
    assert_eq!(status, 200);
    heard(&mut stream, "event: state");
    let state = heard(&mut stream, "\n\n");
    let data = state.lines().find_map(|line| line.strip_prefix("data: "));
    let data: serde_json::Value = serde_json::from_str(data.unwrap()).unwrap();
    data["data_to"].as_str().map(str::to_owned)
}

#[test]
fn nobody_takes_the_lines_of_others_or_hears_of_their_data() {
    let stage = Stage::new();
    let token = stage.register_park();
    register_other(&stage);
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_LIVE__STREAMS_PER_ACCOUNT_MAX", "2");
    });
    let own = program(&stage, "own.clerk", "enterprise", ENTERPRISE);
    let other = program(&stage, "other.clerk", "enterprise", OTHER);
    let admin = program(&stage, "sys.one", "sys", "");
    for nobody in ["X-Nobody: 1", admin.as_str()] {
        assert_eq!(line(&server, nobody).0, 404);
    }
    let at = jiff::Timestamp::now().as_second() - 60;
    let reading = format!(r#"{{"meter":"E-01","at":{at},"values":{{"kw":5}}}}"#);
    let bearer = format!("Authorization: Bearer {token}");
    let sent = server.send("POST", "/api/v1/readings", &[&bearer], reading.as_bytes());
    assert_eq!(sent.status, 200, "{}", sent.text());
    until(Duration::from_secs(20), "one's own data", || {
        data_to(&server, &own)
    });
    assert_eq!(data_to(&server, &other), None, "they are another's");

    // Those before have gone by now, or go in a moment.
    let held = until(Duration::from_secs(20), "two places", || {
        let held = [line(&server, &own), line(&server, &own)];
        held.iter().all(|one| one.0 == 200).then_some(held)
    });
    assert_eq!(line(&server, &own).0, 503);
    assert_eq!(line(&server, &other).0, 200);
    drop(held);
    until(Duration::from_secs(20), "a place again", || {
        (line(&server, &own).0 == 200).then_some(())
    });
    server.stop();
}
