//! The demo city with its year, laid by the ordinary write paths: how long until it is served, and
//! until its months are closed, so that its first layer has figures.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use parkpulse::app::SystemClock;
use parkpulse::calendar::{Clock, Month};

use super::figure::{Goal, Report};
use super::server::Server;

const CLOSED_WITHIN: Duration = Duration::from_mins(20);

/// `days` of history instead of the year, for a short run.
pub(crate) fn measure(folder: &Path, days: Option<u32>, report: &mut Report) {
    let days = days.map(|days| days.to_string());
    let mut arguments = vec!["demo", "--scale", "city", "--no-simulator"];
    if let Some(days) = &days {
        arguments.extend(["--days", days]);
    }
    let began = Instant::now();
    let server = Server::start_as(&folder.join("city"), &arguments);
    let laid = began.elapsed().as_secs_f64();
    report.figure("demo city laid and served", laid, "s", Goal::AtMost(60.0));
    report.note(&format!(
        "its processor time until then: {}",
        server.cpu().parts()
    ));
    let month = Month::of(SystemClock.now()).previous();
    let page = format!("/api/v1/map?k=energy_per_mu&p={month}");
    let until = Instant::now() + CLOSED_WITHIN;
    while !String::from_utf8_lossy(&server.get(&page)).contains(r#""closed":true"#) {
        assert!(Instant::now() < until, "{month} is not closed");
        sleep(Duration::from_millis(500));
    }
    let closed = began.elapsed().as_secs_f64();
    report.figure("  and its months are closed", closed, "s", Goal::None);
    report.memory("after closing them", &server);
    server.kill();
}
