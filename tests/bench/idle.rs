//! Sessions that say nothing: what each costs, and how long it takes until all are back that lost
//! their connection at the same moment.
//!
//! Each is a kept session (`clean session` 0) of a gateway of its own, as a gateway has it. All
//! connect at once, as after a switch came back; the time is counted from the first of them, and
//! of each from its CONNECT to its CONNACK. A refusal ends the measurement.

use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use super::Extent;
use super::figure::{Goal, Report, quantile};
use super::ground::{Gateway, Ground};
use super::sender::{KEPT, hello};
use super::server::Server;

/// Descriptors that either process needs besides its sockets, with room for the pages' own.
const OTHERS: u64 = 1_536;
/// A session that has no answer by then was forgotten.
const PATIENCE: Duration = Duration::from_mins(2);

/// All of them, connected.
struct Crowd {
    sockets: Vec<TcpStream>,
    /// Until the last had its CONNACK.
    seconds: f64,
    /// From CONNECT to CONNACK in milliseconds, sorted.
    waits: Vec<f64>,
    /// Sessions that the server knew already.
    known: usize,
}

pub(crate) fn measure(folder: &Path, extent: &Extent, report: &mut Report) {
    let count = allowed(extent.idle_sessions, report);
    let ground = Ground::crowd(folder, count);
    let server = Server::start(&ground);
    report.memory("of the idle server", &server);
    let (before, _) = server.memory_mib();
    let runtime = Runtime::new().unwrap();
    let cpu = server.cpu();
    let first = runtime.block_on(come(&server, &ground));
    tell("connect for the first time", &first, report);
    report.note(&parts(&server.cpu().since(&cpu), count));
    assert_eq!(first.known, 0);
    let (after, _) = server.memory_mib();
    let each = (after - before) * 1024.0 / count as f64;
    let name = format!("memory of an idle session, of {count}");
    report.figure(&name, each, "KiB", Goal::None);
    // The switch goes down, and comes back.
    drop(first);
    let cpu = server.cpu();
    let again = runtime.block_on(come(&server, &ground));
    tell("come back at once", &again, report);
    report.note(&parts(&server.cpu().since(&cpu), count));
    assert_eq!(again.known, count, "sessions that were kept");
    report.memory("with all of them back", &server);
    drop(again);
    server.kill();
}

fn parts(used: &super::server::Cpu, count: usize) -> String {
    let each = used.all / count as f64 * 1e6;
    format!("{each:.0} us of processor time each; {}", used.parts())
}

fn tell(what: &str, crowd: &Crowd, report: &mut Report) {
    let count = crowd.sockets.len();
    report.figure(
        &format!("{count} sessions {what}, none refused: all are in"),
        crowd.seconds,
        "s",
        Goal::None,
    );
    report.figure(
        "  CONNECT to CONNACK, p99",
        quantile(&crowd.waits, 990),
        "ms",
        Goal::None,
    );
}

/// How many sessions the descriptors of a process allow; the soft limit is raised to the hard one,
/// and the server inherits it.
fn allowed(wanted: usize, report: &mut Report) -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, raised).unwrap();
    let limit = maximum.unwrap_or(u64::MAX);
    let soft = current.map_or("none".to_owned(), |soft| soft.to_string());
    report.note(&format!(
        "file descriptors: the soft limit was {soft}, raised to {limit}"
    ));
    let room = usize::try_from(limit.saturating_sub(OTHERS)).unwrap_or(usize::MAX);
    if room < wanted {
        report.note(&format!("these allow {room} sessions and not {wanted}"));
    }
    wanted.min(room)
}

/// Lets all gateways connect at once.
async fn come(server: &Server, ground: &Ground) -> Crowd {
    let began = Instant::now();
    let mut coming = JoinSet::new();
    for gateway in &ground.gateways {
        coming.spawn(enter(server.mqtt, gateway.clone()));
    }
    let mut crowd = Crowd {
        sockets: Vec::with_capacity(ground.gateways.len()),
        seconds: 0.0,
        waits: Vec::with_capacity(ground.gateways.len()),
        known: 0,
    };
    while let Some(entered) = coming.join_next().await {
        let (socket, wait, known) = entered.unwrap();
        crowd.sockets.push(socket);
        crowd.waits.push(wait);
        crowd.known += usize::from(known);
    }
    crowd.seconds = began.elapsed().as_secs_f64();
    crowd.waits.sort_by(f64::total_cmp);
    crowd
}

async fn enter(address: std::net::SocketAddr, gateway: Gateway) -> (TcpStream, f64, bool) {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    let packet = hello(&gateway, &gateway.id, KEPT);
    let said = Instant::now();
    socket.write_all(&packet).await.unwrap();
    let mut answer = [0; 4];
    let answered = tokio::time::timeout(PATIENCE, socket.read_exact(&mut answer)).await;
    let heard = answered.expect("no CONNACK came");
    heard.expect("the connection was closed before its CONNACK");
    assert_eq!((answer[0], answer[3]), (0x20, 0), "CONNACK {answer:?}");
    let wait = said.elapsed().as_secs_f64() * 1e3;
    (socket, wait, answer[2] == 1)
}
