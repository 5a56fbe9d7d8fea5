//! The first map that a served park shows after its start: the figures of a closed month, then the
//! same as a picture, cold, and again for the next who asks. Over HTTP, from the request to the last
//! byte of the answer.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use parkpulse::app::SystemClock;
use parkpulse::calendar::{Clock, Month};

use super::figure::{Goal, Report};
use super::server::Server;

const CLOSED_WITHIN: Duration = Duration::from_mins(10);

pub(crate) fn measure(folder: &Path, report: &mut Report) {
    let data_dir = folder.join("park");
    let arguments = ["demo", "--scale", "park", "--no-simulator"];
    let server = Server::start_as(&data_dir, &arguments);
    let month = Month::of(SystemClock.now()).previous();
    let query = format!("k=energy_per_mu&park=WJ&p={month}");
    let page = format!("/api/v1/map?{query}");
    let until = Instant::now() + CLOSED_WITHIN;
    while !text(&server.get(&page)).contains(r#""closed":true"#) {
        assert!(Instant::now() < until, "{month} is not closed");
        sleep(Duration::from_millis(500));
    }
    server.rest(Duration::from_mins(2));
    server.stop();
    let server = Server::start_as(&data_dir, &arguments);
    let picture = format!("/api/v1/map.png?{query}");
    for (name, path) in [
        ("first map of a park after a start: its figures", &page),
        ("  asked for again", &page),
        ("  as PNG, not painted yet", &picture),
        ("  as PNG, painted before", &picture),
    ] {
        let began = Instant::now();
        let answer = server.get(path);
        let ms = began.elapsed().as_secs_f64() * 1e3;
        assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", text(&answer));
        assert!(answer.len() > 2_000);
        report.figure(name, ms, "ms", Goal::None);
    }
    server.kill();
}

fn text(answer: &[u8]) -> String {
    String::from_utf8_lossy(answer).into_owned()
}
