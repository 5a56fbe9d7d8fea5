//! How long an acknowledgement takes at a steady rate. Messages leave when they are due, whatever
//! the server does, and the time is counted from when they were due: a server that stalls cannot
//! hide it (no coordinated omission).

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use super::Extent;
use super::figure::{Goal, Report, quantile};
use super::flood::unix_ms;
use super::ground::{GATEWAYS, Ground, METERS};
use super::sender::{Writer, acknowledgements, connect, written};
use super::server::Server;

/// Packet ids in use, so many messages may be on their way on one connection.
const IDS: u16 = 4_096;
const WARM_UP: Duration = Duration::from_secs(1);

/// When the message of each packet id was due, in nanoseconds after the start.
type Due = Arc<Vec<AtomicU64>>;

pub(crate) fn measure(
    server: &Server,
    ground: &Ground,
    extent: &Extent,
    rate: u64,
    report: &mut Report,
) {
    measure_beside(server, ground, (extent, rate), "", report);
}

/// The same while something else goes on, whose name stands behind the figures'. Gives how many
/// messages were acknowledged of those that count.
pub(crate) fn measure_beside(
    server: &Server,
    ground: &Ground,
    (extent, rate): (&Extent, u64),
    beside: &str,
    report: &mut Report,
) -> usize {
    let start = Instant::now();
    let lines: Vec<_> = (0..GATEWAYS)
        .map(|number| {
            let due: Due = Arc::new((0..=IDS).map(|_| AtomicU64::new(0)).collect());
            (connect(server.mqtt, &ground.gateways[number], 0), due)
        })
        .collect();
    let readers: Vec<_> = lines
        .iter()
        .map(|(socket, due)| {
            let (socket, due) = (socket.try_clone().unwrap(), Arc::clone(due));
            thread::spawn(move || read(socket, &due, start))
        })
        .collect();
    let before = Arc::new(server.cpu());
    let began = Instant::now();
    send(ground, lines, start, rate, extent.paced + WARM_UP);
    let seconds = began.elapsed().as_secs_f64();
    let used = server.cpu().since(&before);
    let times = readers
        .into_iter()
        .flat_map(|reader| reader.join().unwrap());
    let mut times: Vec<f64> = times.collect();
    times.sort_by(f64::total_cmp);
    let p99 = quantile(&times, 990);
    let most = (3.0 * report.sync_p99_ms).max(25.0);
    report.figure(
        &format!("ack latency at {rate} messages/s{beside}, p50"),
        quantile(&times, 500),
        "ms",
        Goal::None,
    );
    report.figure(
        &format!("ack latency at {rate} messages/s{beside}, p99"),
        p99,
        "ms",
        Goal::AtMost(most),
    );
    report.figure(
        &format!("ack latency at {rate} messages/s{beside}, p99.9"),
        quantile(&times, 999),
        "ms",
        Goal::None,
    );
    report.figure(
        &format!("server at {rate} messages/s of 9 values{beside}"),
        used.all / seconds,
        "cores",
        Goal::None,
    );
    report.note(&format!(
        "{} messages in {seconds:.1} s; {}",
        times.len(),
        used.parts()
    ));
    times.len()
}

/// Sends each message when it is due, on one connection after the other, then waits for the last
/// answers by closing its side.
fn send(
    ground: &Ground,
    mut lines: Vec<(TcpStream, Due)>,
    start: Instant,
    rate: u64,
    within: Duration,
) {
    let epoch = u64::try_from(unix_ms() / 1_000).unwrap() + rate;
    let mut writers: Vec<_> = (0..lines.len())
        .map(|number| Writer::new(number, &ground.gateways[number], epoch, 9, IDS))
        .collect();
    let (first, first_ms) = (start.elapsed(), unix_ms());
    let count = rate * within.as_secs();
    let mut out = Vec::new();
    for number in 0..count {
        let after = Duration::from_nanos(number * 1_000_000_000 / rate);
        let due = first + after;
        if let Some(early) = due.checked_sub(start.elapsed()) {
            sleep(early);
        }
        let number = usize::try_from(number).unwrap();
        let line = number % lines.len();
        let place = number / lines.len() % METERS;
        // The gateway measures when it is due; one meter's times differ by more than 1 ms.
        let at_ms = first_ms + i64::try_from(after.as_millis()).unwrap();
        out.clear();
        let id = writers[line].message(place, &written(at_ms), &mut out);
        let (socket, dues) = &mut lines[line];
        let nanos = u64::try_from(due.as_nanos()).unwrap();
        // The first second is for warming up: 0 is not counted.
        let counted = if after < WARM_UP { 0 } else { nanos };
        dues[usize::from(id)].store(counted, Ordering::Release);
        std::io::Write::write_all(socket, &out).unwrap();
    }
    sleep(Duration::from_millis(300));
    for (socket, _) in &mut lines {
        // DISCONNECT: the server answers what it holds, then closes.
        std::io::Write::write_all(socket, &[0xE0, 0]).unwrap();
    }
}

fn read(mut socket: TcpStream, due: &Due, start: Instant) -> Vec<f64> {
    let mut times = Vec::new();
    let mut left = Vec::new();
    loop {
        let here = acknowledgements(&mut socket, &mut left, |id| {
            let due = due[usize::from(id)].load(Ordering::Acquire);
            if due > 0 {
                let late = start.elapsed().saturating_sub(Duration::from_nanos(due));
                times.push(late.as_secs_f64() * 1e3);
            }
        });
        if !here {
            return times;
        }
    }
}
