//! Every cell of the table of rights is asked (`rights_table`): by somebody of every role who signed
//! in, and then by every other way of coming to the door (`rights_ways`).

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::pages_rights::{City, cookie};
use crate::rights_people::Cast;
use crate::rights_table::{Cells, ROLES, rows};
use crate::rights_things::Things;
use crate::rights_ways::{self, GATEWAY_ONLY};

/// Somebody who asks: in whose words, and how they show who they are.
pub(crate) struct Comer {
    pub(crate) who: &'static str,
    pub(crate) role: &'static str,
    pub(crate) header: Option<String>,
}

/// A city whose `year` is rated, with what is asked for and those who ask.
pub(crate) struct Ground<'a> {
    pub(crate) city: &'a City,
    pub(crate) things: Things,
    pub(crate) cast: Cast,
    absent: Value,
}

/// Asks every cell, in every way.
pub(crate) fn holds(city: &City, year: &str) {
    let things = Things::of(city, year);
    let cast = Cast::of(city, &things.words);
    let absent = city.server.get("/api/v1/parcels/NONE/card").json();
    let ground = Ground {
        city,
        things,
        cast,
        absent,
    };
    // Before those whose they are sign out.
    let ways = rights_ways::all(&ground);
    let mut faults = Vec::new();
    for (place, role) in ROLES.into_iter().enumerate() {
        let header = match role {
            "public" => Some(cookie(&city.server, &json!({"role": "public"}))),
            "local" => None,
            _ => Some(ground.cast.cookie(role).to_owned()),
        };
        let comer = Comer {
            who: role,
            role,
            header,
        };
        for cell in rows() {
            let expected = cell.letters.split(' ').nth(place).unwrap();
            faults.extend(ground.fault(&comer, &cell, expected));
        }
    }
    for (comer, way) in ways {
        for cell in rows().filter(|cell| way.asks(cell)) {
            faults.extend(ground.fault(&comer, &cell, way.letter(&cell)));
        }
    }
    assert!(faults.is_empty(), "{} {faults:#?}", faults.len());
}

impl Ground<'_> {
    /// What is wrong with what `comer` finds in a cell, if anything is.
    fn fault(&self, comer: &Comer, cell: &Cells, expected: &str) -> Option<String> {
        let Cells {
            name,
            object,
            address,
            body,
            ..
        } = cell;
        let filled = |text: &str| self.things.filled(&self.cast.filled(comer.role, text));
        let (address, body) = (filled(address), filled(body));
        assert!(
            !address.contains('{'),
            "{name}: nothing stands for {address}"
        );
        let is_whole = |part: &str| !body.contains(part);
        assert!(
            is_whole(".number}") && is_whole(".late}"),
            "{name}: nothing stands for {body}"
        );
        let asks = format!("{}: {name}, {object}, {address}", comer.who);
        assert!(is_of(name, &address), "asks another operation: {asks}");
        let header = comer.header.as_deref();
        let (status, told) = asked(self.city, name, &address, &body, header);
        let is_right = match expected {
            "Y" | "C" => matches!(status, 200 | 204),
            "n" => status == 404,
            "u" => status == 401,
            "t" => status == 403,
            "x" => status == 409,
            "q" => status == 422,
            "w" => status == 400,
            other => panic!("{other}"),
        };
        if !is_right {
            return Some(format!("{asks}: {status}, not {expected}: {told}"));
        }
        if expected == "C" && told.contains(self.things.foreign(comer.role)) {
            return Some(format!("{asks}: holds what is not theirs"));
        }
        if expected != "n" {
            return None;
        }
        let found: Value = serde_json::from_str(&told).unwrap();
        let fields = ["type", "title", "status", "code", "params", "detail"];
        let mut fields = fields.into_iter();
        let telling = fields.find(|field| found[field] != self.absent[field]);
        telling.map(|field| format!("{asks}: {field} tells it from what is not there"))
    }
}

/// Whether `address` is one of the operation's: a row that asks for what nobody has says nothing.
fn is_of(name: &str, address: &str) -> bool {
    let path = name.split(' ').nth(1).unwrap();
    let asked = address.split('?').next().unwrap();
    let (path, asked) = (path.split('/'), asked.split('/'));
    path.clone().count() == asked.clone().count()
        && path
            .zip(asked)
            .all(|(part, asked)| part.starts_with('{') || part == asked)
}

/// Status and text of an answer. A live line never ends: of it the head alone.
fn asked(
    city: &City,
    name: &str,
    address: &str,
    body: &str,
    header: Option<&str>,
) -> (u16, String) {
    let server = &city.server;
    if name == "POST /api/v1/session" {
        // Without the cookie, for a choice ends the one before.
        let headers = ["Content-Type: application/json"];
        let answer = server.send("POST", address, &headers, br#"{"role":"public"}"#);
        return (answer.status, String::new());
    }
    let mut headers: Vec<&str> = header
        .into_iter()
        .chain([crate::accounts_api::PURPOSE])
        .collect();
    if name == "GET /api/v1/live" {
        let status = status_of(&server.http, address, &headers);
        if status == 200 {
            return (status, String::new());
        }
    }
    let verb = name.split(' ').next().unwrap();
    if name.contains("/imports/") {
        headers.push("Content-Type: text/csv");
    } else if !body.is_empty() {
        headers.push("Content-Type: application/json");
    }
    let body = if name == GATEWAY_ONLY {
        "no message"
    } else {
        body
    };
    let answer = server.send(verb, address, &headers, body.as_bytes());
    (
        answer.status,
        String::from_utf8_lossy(&answer.body).into_owned(),
    )
}

fn status_of(server: &str, address: &str, headers: &[&str]) -> u16 {
    let mut stream = TcpStream::connect(server).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let lines = [headers, &[""]].concat().join("\r\n");
    write!(
        stream,
        "GET {address} HTTP/1.1\r\nHost: {server}\r\n{lines}\r\n"
    )
    .unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).unwrap();
    std::str::from_utf8(&first[9..]).unwrap().parse().unwrap()
}
