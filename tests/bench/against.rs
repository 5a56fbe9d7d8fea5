//! The same publishers against Mosquitto with a consumer that writes into the same store: values
//! per CPU-second of all processes of that side, beside ours in the same run.
//!
//! Mosquitto is set as it ships with `persistence true`, except for its queues, which are opened so
//! far that nothing is dropped and the consumer is never waited for: both to its advantage. Either
//! side has the same messages to bring from the socket into the store; its time is over when the
//! last of them is synced there.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Extent;
use super::consumer::ROLE;
use super::figure::{Goal, Report};
use super::flood::pour;
use super::ground::Ground;
use super::server::{Cpu, Server};

const VALUES: f64 = 9.0;
const PATIENCE: Duration = Duration::from_mins(3);

/// A process that is ended with its measurement.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _ended = self.0.wait();
    }
}

pub(crate) fn measure(folder: &Path, extent: &Extent, report: &mut Report) {
    let Some(version) = version() else {
        report.note("mosquitto is not installed (apt-get install mosquitto): not compared");
        return;
    };
    let ground = Ground::lay(&folder.join("against"));
    let ours = ours(&ground, extent, report);
    let theirs = theirs(folder, &ground, extent, &version, report);
    report.figure(
        &format!("ours over Mosquitto {version} and a consumer"),
        ours / theirs,
        "times",
        Goal::None,
    );
    report.note(
        "ours acknowledges what is synced, checked and counted, and keeps the ledger beside;",
    );
    report.note(
        "Mosquitto acknowledges what it holds in memory and writes its file every 30 minutes:",
    );
    report.note("a power cut loses what the consumer has not taken. The consumer checks nothing.");
}

fn version() -> Option<String> {
    let told = Command::new(mosquitto()).arg("-h").output().ok()?;
    let text = String::from_utf8_lossy(&told.stdout).into_owned();
    let line = text.lines().find(|line| line.contains("version"))?;
    line.split_whitespace().last().map(str::to_owned)
}

/// Debian keeps it where only administrators look.
fn mosquitto() -> &'static str {
    let beside = "/usr/sbin/mosquitto";
    if Path::new(beside).exists() {
        beside
    } else {
        "mosquitto"
    }
}

fn ours(ground: &Ground, extent: &Extent, report: &mut Report) -> f64 {
    let server = Server::start(ground);
    server.rest(Duration::from_secs(5));
    let (began, before) = (Instant::now(), server.cpu());
    let messages = pour(server.mqtt, ground, extent.compared_rounds);
    let used = server.cpu().since(&before);
    let seconds = began.elapsed().as_secs_f64();
    server.kill();
    let rate = messages as f64 * VALUES / used.all;
    let name = format!("{messages} messages of 9, from socket to synced: ours");
    report.figure(&name, rate, "values/CPU-s", Goal::None);
    report.note(&format!(
        "{:.1} CPU-s in {seconds:.1} s; {}",
        used.all,
        used.parts()
    ));
    rate
}

fn theirs(
    folder: &Path,
    ground: &Ground,
    extent: &Extent,
    version: &str,
    report: &mut Report,
) -> f64 {
    let folder = folder.join("mosquitto");
    fs::create_dir_all(&folder).unwrap();
    let (broker, address) = broker(&folder);
    let expected = u64::from(extent.compared_rounds) * 2_000;
    let mut consumer = consumer(&folder, address, expected);
    let mut told = BufReader::new(consumer.0.stdout.take().unwrap()).lines();
    let mut hear = || told.next().unwrap().unwrap();
    assert_eq!(hear(), "ready");
    let cpu = || (Cpu::of(broker.0.id()), Cpu::of(consumer.0.id()));
    let (began, before) = (Instant::now(), cpu());
    let messages = pour(address, ground, extent.compared_rounds);
    let acknowledged = began.elapsed().as_secs_f64();
    // Waits as long as it takes: with these queues nothing is dropped.
    let kept: u64 = hear().trim_start_matches("kept ").parse().unwrap();
    let after = cpu();
    let seconds = began.elapsed().as_secs_f64();
    assert_eq!(
        kept, messages,
        "messages that Mosquitto acknowledged and the store has"
    );
    let (broker, consumer) = (after.0.since(&before.0), after.1.since(&before.1));
    let rate = messages as f64 * VALUES / (broker.all + consumer.all);
    let name = format!("the same through Mosquitto {version} and a consumer");
    report.figure(&name, rate, "values/CPU-s", Goal::None);
    report.note(&format!(
        "broker {:.1} CPU-s, consumer {:.1} CPU-s; acknowledged in {acknowledged:.1} s, in the store in {seconds:.1} s",
        broker.all, consumer.all
    ));
    rate
}

fn broker(folder: &Path) -> (Ended, SocketAddr) {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let settings = folder.join("mosquitto.conf");
    let text = format!(
        "listener {} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {}/\n\
         max_queued_messages 0\nmax_inflight_messages 20000\nset_tcp_nodelay true\n\
         log_dest none\nuser root\n",
        address.port(),
        folder.display()
    );
    fs::write(&settings, text).unwrap();
    let broker = Command::new(mosquitto())
        .arg("-c")
        .arg(&settings)
        .stdin(Stdio::null())
        .spawn();
    let broker = Ended(broker.unwrap());
    let until = Instant::now() + PATIENCE;
    while TcpStream::connect(address).is_err() {
        assert!(Instant::now() < until, "mosquitto does not start");
        sleep(Duration::from_millis(20));
    }
    (broker, address)
}

fn consumer(folder: &Path, address: SocketAddr, messages: u64) -> Ended {
    let store = folder.join("store");
    fs::create_dir_all(&store).unwrap();
    let role = format!("{} {messages} {}", address.port(), store.display());
    let consumer = Command::new(std::env::current_exe().unwrap())
        .env(ROLE, role)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    Ended(consumer.unwrap())
}
