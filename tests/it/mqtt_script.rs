//! The little language of the conformance table: bytes in, bytes out, one step a line.
//!
//! | line | means |
//! |---|---|
//! | `> 10 0c 00 …` | send these bytes |
//! | `> connect …`, `> pub …` | send this packet, spelt out by [`Words`] |
//! | `< 20 02 00 00` | exactly this packet comes (`..` at the end: any more bytes) |
//! | `< in 0`, `< in 1` | the CONNACK that lets in, with this `session_present` |
//! | `< text a & b` | a packet that contains all of these |
//! | `< closed`, `< silence`, `< quiet 800` | the end comes, nothing comes (so many ms) |
//! | `= kept 2` | so many values are kept; `refused`, `quarantined`, `received` too |
//! | `! hold`, `! release` | the store stops and goes on committing |
//! | `! revoke`, `! leave`, `! gone`, `! said online` | what happens to the gateway |
//! | `@b` | from here on the second connection |
//!
//! A line that begins with `3:` or `5:` is for that version alone. `{G}` is the row's own gateway,
//! `{E}` its enterprise.

use std::collections::BTreeMap;
use std::time::Duration;

use parkpulse::access::Principal;
use parkpulse::ingest::Presence;

use super::mqtt_ground::{Came, Ground, PATIENCE, Plug, SILENCE};
use super::stage::until;

/// A payload that is kept whole: one reading of one value.
const GOOD: &str = r#"{"readings":[{"meter":"E-01","at":1795306500,"values":{"kw":1.5}}]}"#;

/// Runs one script at one version; says what went wrong, and where.
pub(crate) struct Player<'a> {
    ground: &'a Ground,
    gateway: &'a str,
    version: u8,
    plugs: BTreeMap<String, Plug>,
    current: String,
    dial: &'a dyn Fn(&Ground) -> Plug,
    /// How long it waits for what must come.
    pub(crate) patience: Duration,
}

impl<'a> Player<'a> {
    pub(crate) fn new(
        ground: &'a Ground,
        gateway: &'a str,
        version: u8,
        dial: &'a dyn Fn(&Ground) -> Plug,
    ) -> Self {
        Self {
            ground,
            gateway,
            version,
            plugs: BTreeMap::new(),
            current: "@a".to_owned(),
            dial,
            patience: PATIENCE,
        }
    }

    pub(crate) fn play(&mut self, script: &str) -> Result<(), String> {
        for (number, line) in script.lines().enumerate() {
            let line = line.trim();
            let line = match line.split_once(':') {
                Some(("3", rest)) if self.version == 3 => rest.trim(),
                Some(("5", rest)) if self.version == 5 => rest.trim(),
                Some(("3" | "5", _)) => continue,
                _ => line,
            };
            let line = &line.replace("{G}", self.gateway);
            if !line.is_empty() {
                let step = self.step(line);
                step.map_err(|fault| format!("line {}: `{line}`: {fault}", number + 1))?;
            }
        }
        Ok(())
    }

    /// Sends bytes that the other side may never read.
    pub(crate) fn send_within(&mut self, bytes: &[u8], within: Duration) {
        self.plug().send_within(bytes, within);
    }

    fn plug(&mut self) -> &mut Plug {
        let (ground, dial) = (self.ground, self.dial);
        let name = self.current.clone();
        self.plugs.entry(name).or_insert_with(|| dial(ground))
    }

    fn step(&mut self, line: &str) -> Result<(), String> {
        if line.starts_with('@') {
            line.clone_into(&mut self.current);
            return Ok(());
        }
        let (sign, rest) = line.split_at(1);
        let rest = rest.trim();
        match sign {
            ">" => {
                let bytes = self.bytes(rest);
                self.plug().send(&bytes);
                Ok(())
            }
            "<" => self.expect(rest),
            "=" => self.count(rest),
            "!" => self.change(rest),
            _ => panic!("no such step: {line}"),
        }
    }

    pub(crate) fn bytes(&self, line: &str) -> Vec<u8> {
        let mut all = Vec::new();
        for part in line.split(" + ") {
            match hex_bytes(part) {
                Some(bytes) => all.extend(bytes),
                None => all.extend(Words::of(part, self).packet()),
            }
        }
        all
    }

    fn expect(&mut self, line: &str) -> Result<(), String> {
        let quiet = line.strip_prefix("quiet ").map(|ms| ms.parse().unwrap());
        if line == "silence" || quiet.is_some() {
            return match self
                .plug()
                .next(quiet.map_or(SILENCE, Duration::from_millis))
            {
                Came::Nothing => Ok(()),
                came => Err(format!("{came:02x?} came")),
            };
        }
        let patience = self.patience;
        let came = self.plug().next(patience);
        if line == "closed" {
            return match came {
                Came::Closed => Ok(()),
                came => Err(format!("{came:02x?} came")),
            };
        }
        let Came::Packet(packet) = came else {
            return Err(format!("{came:02x?}"));
        };
        if let Some(wanted) = line.strip_prefix("text ") {
            let text = String::from_utf8_lossy(&packet).into_owned();
            let found = wanted.split(" & ").all(|part| text.contains(part));
            return if found { Ok(()) } else { Err(text) };
        }
        if let Some(known) = line.strip_prefix("in ") {
            let known: u8 = known.parse().unwrap();
            let length = if self.version == 5 { 5 } else { 4 };
            let same = packet.len() >= length && packet[0] == 0x20 && packet[2..4] == [known, 0];
            return if same {
                Ok(())
            } else {
                Err(format!("came {packet:02x?}"))
            };
        }
        let (wanted, open) = match line.strip_suffix("..") {
            Some(start) => (start.trim(), true),
            None => (line, false),
        };
        let wanted = hex_bytes(wanted).unwrap_or_else(|| panic!("not bytes: {line}"));
        let same = if open {
            packet.starts_with(&wanted)
        } else {
            packet == wanted
        };
        if same {
            Ok(())
        } else {
            Err(format!("came {packet:02x?}"))
        }
    }

    fn count(&self, line: &str) -> Result<(), String> {
        let (what, wanted) = line.split_once(' ').unwrap();
        let wanted: i64 = wanted.parse().unwrap();
        let read = || {
            let counts = self.ground.counts(self.gateway);
            match what {
                "kept" => counts.stored + counts.duplicate + counts.conflict,
                "received" => counts.received,
                "refused" => counts.refused,
                "quarantined" => counts.quarantined,
                "unpromised" => counts.unpromised,
                _ => panic!("no such count: {what}"),
            }
        };
        let start = std::time::Instant::now();
        while read() != wanted && start.elapsed() < Duration::from_secs(2) {
            std::thread::sleep(Duration::from_millis(5));
        }
        let found = read();
        if found == wanted {
            Ok(())
        } else {
            Err(format!("{found}"))
        }
    }

    fn presence(&self) -> Presence {
        let number = self.ground.number(self.gateway);
        let here = self.ground.door.presences();
        let own = here.into_iter().find(|presence| presence.gateway == number);
        own.expect("the gateway was never here")
    }

    fn change(&mut self, what: &str) -> Result<(), String> {
        let ground = self.ground;
        match what {
            "hold" => ground.store.turn(false),
            "release" => ground.store.turn(true),
            "leave" => {
                let name = self.current.clone();
                self.plugs.remove(&name);
            }
            "gone" => until(PATIENCE, "the connection is gone", || {
                (self.presence().connections == 0).then_some(())
            }),
            "said online" | "said offline" => until(PATIENCE, what, || {
                let said = self.presence().said?;
                (said.online == what.ends_with("online")).then_some(())
            }),
            "revoke" => {
                let id = self.gateway.parse().unwrap();
                let local = Principal::local();
                let revoked = ground.registry.revoke_gateway(&local, &id);
                ground
                    .runtime
                    .block_on(revoked)
                    .map_err(|fault| fault.to_string())?;
            }
            _ => panic!("no such change: {what}"),
        }
        Ok(())
    }
}

/// Bytes from pairs of hex digits, `x*n` repeating one.
pub(crate) fn hex_bytes(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for word in text.split_whitespace() {
        let (digits, times) = match word.split_once('*') {
            Some((digits, times)) => (digits, times.parse().ok()?),
            None => (word, 1),
        };
        if digits.len() != 2 {
            return None;
        }
        let byte = u8::from_str_radix(digits, 16).ok()?;
        bytes.extend(std::iter::repeat_n(byte, times));
    }
    Some(bytes)
}

/// A packet in words: a verb, then `name=value`.
struct Words<'a> {
    verb: &'a str,
    named: BTreeMap<&'a str, &'a str>,
    version: u8,
    ground: &'a Ground,
    gateway: &'a str,
}

fn text(text: &[u8], into: &mut Vec<u8>) {
    into.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
    into.extend_from_slice(text);
}

/// A packet around `body`.
pub(crate) fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = vec![first];
    let mut length = body.len();
    loop {
        let low = u8::try_from(length & 0x7F).unwrap();
        length >>= 7;
        packet.push(if length == 0 { low } else { low | 0x80 });
        if length == 0 {
            break;
        }
    }
    packet.extend_from_slice(body);
    packet
}

/// A message of so many readings.
fn readings(count: usize) -> Vec<u8> {
    let reading = r#"{"meter":"E-01","at":1795306500,"values":{"kw":1.5}}"#;
    let list = vec![reading; count].join(",");
    format!(r#"{{"readings":[{list}]}}"#).into_bytes()
}

/// A message of one reading with so many values, all of indicators that there are not.
fn values(count: usize) -> Vec<u8> {
    let list: Vec<String> = (0..count).map(|n| format!(r#""x{n}":1"#)).collect();
    let list = list.join(",");
    format!(r#"{{"readings":[{{"meter":"E-01","at":1795306500,"values":{{{list}}}}}]}}"#)
        .into_bytes()
}

impl<'a> Words<'a> {
    fn of(line: &'a str, player: &Player<'a>) -> Self {
        let mut words = line.split_whitespace();
        let verb = words.next().unwrap();
        let named = words
            .map(|word| word.split_once('=').unwrap_or((word, "1")))
            .collect();
        Self {
            verb,
            named,
            version: player.version,
            ground: player.ground,
            gateway: player.gateway,
        }
    }

    fn word(&self, name: &str) -> Option<&'a str> {
        self.named.get(name).copied()
    }

    fn number(&self, name: &str, default: u16) -> u16 {
        self.word(name)
            .map_or(default, |word| word.parse().unwrap())
    }

    fn is_v5(&self) -> bool {
        self.version == 5
    }

    /// A topic: a bare name lies below the own prefix, `/…` stands as it is, `*` is one NUL.
    fn topic(&self, word: &str) -> Vec<u8> {
        let topic = match word.strip_prefix('/') {
            Some(whole) => whole.to_owned(),
            None => format!("{}{word}", self.ground.prefix(self.gateway)),
        };
        let topic = topic.replace("{E}", self.ground.enterprise.as_str());
        topic.replace('*', "\0").into_bytes()
    }

    fn properties(&self, into: &mut Vec<u8>) {
        if self.is_v5() {
            let properties = self
                .word("props")
                .map_or_else(Vec::new, |word| hex_bytes(&word.replace(',', " ")).unwrap());
            into.push(u8::try_from(properties.len()).unwrap());
            into.extend(properties);
        }
    }

    fn packet(&self) -> Vec<u8> {
        match self.verb {
            "connect" => self.connect(),
            "pub" => self.publish(),
            "sub" => self.subscribe(0x82),
            "unsub" => self.subscribe(0xA2),
            verb => panic!("no such packet: {verb}"),
        }
    }

    fn connect(&self) -> Vec<u8> {
        let mut body = Vec::new();
        text(self.word("name").unwrap_or("MQTT").as_bytes(), &mut body);
        let level = if self.is_v5() { 5 } else { 4 };
        body.push(u8::try_from(self.number("level", level)).unwrap());
        let user = self.word("user").unwrap_or(self.gateway);
        let token = match self.word("token") {
            Some(token) => token.to_owned(),
            None => self.ground.token(user).to_owned(),
        };
        let will = self.word("will");
        let mut flags = 0;
        flags |= if user == "-" { 0 } else { 0x80 };
        flags |= if token == "-" { 0 } else { 0x40 };
        flags |= if will.is_some() { 0x04 } else { 0 };
        flags |= if self.number("clean", 1) == 1 {
            0x02
        } else {
            0
        };
        flags |= u8::try_from(self.number("flags", 0)).unwrap();
        body.push(flags);
        body.extend(self.number("keep", 60).to_be_bytes());
        self.properties(&mut body);
        let id = self.word("id").unwrap_or(self.gateway);
        let id = if id == "-" { "" } else { id };
        text(id.replace('*', "\0").as_bytes(), &mut body);
        if let Some(will) = will {
            if self.is_v5() {
                body.push(0);
            }
            text(&self.topic(will), &mut body);
            text(self.word("says").unwrap_or("offline").as_bytes(), &mut body);
        }
        if user != "-" {
            text(user.as_bytes(), &mut body);
        }
        if token != "-" {
            text(token.as_bytes(), &mut body);
        }
        if self.word("trailing").is_some() {
            body.push(0);
        }
        packet(0x10, &body)
    }

    fn publish(&self) -> Vec<u8> {
        let qos = self.number("q", 1);
        let mut body = Vec::new();
        let to = self.word("to").unwrap_or("readings");
        let topic = if to == "-" {
            Vec::new()
        } else {
            self.topic(to)
        };
        text(&topic, &mut body);
        if qos > 0 {
            body.extend(self.number("id", 1).to_be_bytes());
        }
        self.properties(&mut body);
        let payload = self.word("body").unwrap_or("GOOD");
        body.extend(match payload {
            "GOOD" => GOOD
                .replace("1.5", self.word("kw").unwrap_or("1.5"))
                .into_bytes(),
            "EMPTY" => Vec::new(),
            "HUGE" => vec![b' '; 262_145],
            "BRACKETS" => vec![b'['; 100_000],
            other => match other.split_once('*') {
                Some(("READINGS", count)) => readings(count.parse().unwrap()),
                Some(("VALUES", count)) => values(count.parse().unwrap()),
                _ => other.as_bytes().to_vec(),
            },
        });
        let mut first = 0x30 | u8::try_from(qos << 1).unwrap();
        first |= u8::from(self.word("dup").is_some()) << 3;
        first |= u8::from(self.word("retain").is_some());
        packet(first, &body)
    }

    /// `to=` filters parted by `,`, each with `:qos` if it is a SUBSCRIBE.
    fn subscribe(&self, first: u8) -> Vec<u8> {
        let mut body = self.number("id", 1).to_be_bytes().to_vec();
        self.properties(&mut body);
        for wish in self.word("to").unwrap().split(',') {
            let (filter, options) = wish.split_once(':').unwrap_or((wish, "0"));
            text(&self.topic(filter), &mut body);
            if first == 0x82 {
                body.push(options.parse().unwrap());
            }
        }
        packet(first, &body)
    }
}
