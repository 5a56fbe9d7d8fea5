//! As much as goes in: many connections, each with its window full. What a synced value costs is
//! processor time of the server over values acknowledged, between two instants of the flood.

use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, Scope, sleep};
use std::time::{Duration, Instant};

use super::Extent;
use super::figure::{Goal, Report};
use super::ground::{GATEWAYS, Ground, METERS};
use super::sender::{Writer, acknowledgements, connect, written};
use super::server::Server;

/// Threads that send, each for its share of the connections.
const SENDERS: usize = 2;
/// Rounds of all meters that a gateway may have unacknowledged: 80 of the 200 that are allowed.
const ROUNDS_OPEN: usize = 4;
/// Milliseconds from one round of a gateway to its next, by its clock: none comes late.
const ROUND_MS: i64 = 500;
const WARM_UP: Duration = Duration::from_secs(2);

/// What the messages hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One reading of nine values.
    Nine,
    /// One reading of one value.
    One,
}

impl Kind {
    const fn values(self) -> usize {
        match self {
            Self::Nine => 9,
            Self::One => 1,
        }
    }
}

/// How far it is, shared by the senders.
#[derive(Debug, Default)]
struct Flood {
    acknowledged: AtomicU64,
    over: AtomicBool,
    /// Rounds of each connection; endless if there are none.
    rounds: Option<i64>,
}

/// A connection with what it has in flight.
struct Line {
    socket: TcpStream,
    writer: Writer,
    left: Vec<u8>,
    open: usize,
    round: i64,
    out: Vec<u8>,
}

pub(crate) fn measure(
    server: &Server,
    ground: &Ground,
    extent: &Extent,
    kind: Kind,
    report: &mut Report,
) {
    let flood = Flood::default();
    thread::scope(|scope| {
        let senders = Senders {
            address: server.mqtt,
            ground,
            kind,
        };
        senders.start(&flood, scope);
        sleep(WARM_UP);
        let (cpu, count) = (server.cpu(), flood.acknowledged.load(Ordering::SeqCst));
        let (began, commits) = (Instant::now(), server.metric("store_commit_seconds_count"));
        sleep(extent.flood);
        let used = server.cpu().since(&cpu);
        let seconds = began.elapsed().as_secs_f64();
        let messages = (flood.acknowledged.load(Ordering::SeqCst) - count) as f64;
        let commits = server.metric("store_commit_seconds_count") - commits;
        flood.over.store(true, Ordering::SeqCst);
        tell(kind, messages, seconds, &used, report);
        report.note(&format!(
            "{:.0} messages a commit; {}",
            messages / commits as f64,
            used.parts()
        ));
    });
    after(server, kind, &flood, report);
    report.memory(
        &format!("under the flood of {} a message", kind.values()),
        server,
    );
}

fn tell(kind: Kind, messages: f64, seconds: f64, used: &super::server::Cpu, report: &mut Report) {
    let count = kind.values();
    let values = messages * count as f64;
    let goal = match kind {
        Kind::Nine => Goal::AtLeast(800_000.0),
        Kind::One => Goal::None,
    };
    let name = format!("values per CPU-second, {count} a message, socket to synced ack");
    report.figure(&name, values / used.all, "values/CPU-s", goal);
    let name = format!("CPU of a message of {count}");
    report.figure(&name, used.all / messages * 1e6, "us", Goal::None);
    let name = format!("messages acknowledged a second, {count} a message, senders beside");
    report.figure(&name, messages / seconds, "messages/s", Goal::None);
}

/// What folding and the ledger still have to do once nothing comes any more.
fn after(server: &Server, kind: Kind, flood: &Flood, report: &mut Report) {
    let began = (Instant::now(), server.cpu());
    let rests = server.rest(Duration::from_secs(40));
    let used = server.cpu().since(&began.1);
    let messages = flood.acknowledged.load(Ordering::SeqCst);
    report.note(&format!(
        "afterwards: {:.1} CPU-s in {:.1} s for {messages} messages of {} ({}){}",
        used.all,
        began.0.elapsed().as_secs_f64(),
        kind.values(),
        used.parts(),
        if rests { "" } else { ", and not done yet" },
    ));
}

/// Sends messages of 9 values, `rounds` of each meter, to whatever speaks MQTT at `address`, and
/// returns when the last is acknowledged. Returns how many they were.
pub(crate) fn pour(address: SocketAddr, ground: &Ground, rounds: u16) -> u64 {
    let flood = Flood {
        rounds: Some(i64::from(rounds)),
        ..Flood::default()
    };
    let senders = Senders {
        address,
        ground,
        kind: Kind::Nine,
    };
    thread::scope(|scope| senders.start(&flood, scope));
    flood.acknowledged.into_inner()
}

/// Who sends what where.
#[derive(Clone, Copy, Debug)]
struct Senders<'a> {
    address: SocketAddr,
    ground: &'a Ground,
    kind: Kind,
}

impl<'a> Senders<'a> {
    /// Starts the threads that send, each with its share of the connections.
    fn start<'scope>(self, flood: &'scope Flood, scope: &'scope Scope<'scope, '_>)
    where
        'a: 'scope,
    {
        let start_ms = unix_ms() - 50 * 60_000 + i64::try_from(self.kind.values()).unwrap();
        for sender in 0..SENDERS {
            scope.spawn(move || {
                let lines = (sender..GATEWAYS).step_by(SENDERS);
                let lines = lines.map(|number| self.open(number));
                send(&mut lines.collect::<Vec<_>>(), flood, start_ms);
            });
        }
    }

    fn open(&self, number: usize) -> Line {
        let gateway = &self.ground.gateways[number];
        let epoch = u64::try_from(unix_ms() / 1_000).unwrap();
        Line {
            socket: connect(self.address, gateway, 0),
            writer: Writer::new(number, gateway, epoch, self.kind.values(), 1_000),
            left: Vec::new(),
            open: 0,
            round: 0,
            out: Vec::new(),
        }
    }
}

/// Keeps every line's window full until it is over, then takes the last acknowledgements.
fn send(lines: &mut [Line], flood: &Flood, start_ms: i64) {
    let mut round = 0;
    while !flood.over.load(Ordering::Relaxed) && flood.rounds.is_none_or(|all| round < all) {
        round += 1;
        for line in &mut *lines {
            line.wait_below((ROUNDS_OPEN - 1) * METERS, flood);
            line.round(start_ms);
        }
    }
    for line in lines {
        line.wait_below(0, flood);
    }
}

impl Line {
    fn wait_below(&mut self, most: usize, flood: &Flood) {
        while self.open > most {
            let mut count = 0;
            let here = acknowledgements(&mut self.socket, &mut self.left, |_id| count += 1);
            assert!(here, "the server closed a connection");
            self.open -= count;
            flood
                .acknowledged
                .fetch_add(u64::try_from(count).unwrap(), Ordering::Relaxed);
        }
    }

    /// One message of each meter, all of one instant, in one write.
    fn round(&mut self, start_ms: i64) {
        let at = written(start_ms + self.round * ROUND_MS);
        self.round += 1;
        self.out.clear();
        for place in 0..METERS {
            self.writer.message(place, &at, &mut self.out);
        }
        self.open += METERS;
        std::io::Write::write_all(&mut self.socket, &self.out).unwrap();
    }
}

/// What time it is.
pub(crate) fn unix_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_millis()).unwrap()
}
