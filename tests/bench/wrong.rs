//! Hundreds of wrong sign-ins at once while readings come at the full rate: what acknowledgements
//! take then, and whether whoever works here gets in. Unlike the other parts this one fails where
//! something was lost or somebody was locked out; how fast it was is a figure.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use super::Extent;
use super::figure::{Goal, Report};
use super::ground::Ground;
use super::paced;
use super::server::Server;

/// Wrong sign-ins at once, again and again as long as readings come.
const WRONG: usize = 500;
const RATE: u64 = 8_000;
/// A stranger's browser comes again until there is a place.
const IN_WITHIN: Duration = Duration::from_mins(1);
const SIGN_IN: &str = "/api/v1/sign-in";

pub(crate) fn measure(server: &Server, ground: &Ground, extent: &Extent, report: &mut Report) {
    ground.somebody("works.here");
    let password = ground.somebody("comes.in");
    let over = AtomicBool::new(false);
    let (statuses, entered) = thread::scope(|scope| {
        let flooding = scope.spawn(|| {
            let mut statuses = BTreeMap::new();
            while !over.load(Ordering::SeqCst) {
                flood(server, &mut statuses);
            }
            statuses
        });
        let entering = scope.spawn(|| enter(server, &password));
        let beside = " beside wrong sign-ins";
        let heard = paced::measure_beside(server, ground, (extent, RATE), beside, report);
        over.store(true, Ordering::SeqCst);
        let sent = RATE * extent.paced.as_secs();
        assert_eq!(u64::try_from(heard).unwrap(), sent, "acknowledged");
        (flooding.join().unwrap(), entering.join().unwrap())
    });
    let known = [401, 429, 503];
    assert!(
        statuses.keys().all(|one| known.contains(one)),
        "{statuses:?}"
    );
    assert!(statuses.contains_key(&401), "{statuses:?}");
    let most = Goal::AtMost(IN_WITHIN.as_secs_f64());
    let name = "  until somebody with a new browser is in";
    report.figure(name, entered.as_secs_f64(), "s", most);
    report.note(&format!("wrong sign-ins by status: {statuses:?}"));
}

/// One wave of wrong ones, half of them at the account of somebody who works here.
fn flood(server: &Server, statuses: &mut BTreeMap<u16, usize>) {
    let found: Vec<u16> = thread::scope(|scope| {
        let tries: Vec<_> = (0..WRONG)
            .map(|number| {
                scope.spawn(move || {
                    let nobody = format!("nobody.{number}");
                    let account = if number % 2 == 0 {
                        "works.here"
                    } else {
                        &nobody
                    };
                    sign_in(server, account, "wrong and long enough")
                })
            })
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    for status in found {
        *statuses.entry(status).or_default() += 1;
    }
}

/// How long it takes until the right password is heard.
fn enter(server: &Server, password: &str) -> Duration {
    let begun = Instant::now();
    loop {
        let status = sign_in(server, "comes.in", password);
        if status == 200 {
            return begun.elapsed();
        }
        assert!(matches!(status, 429 | 503), "{status}");
        assert!(begun.elapsed() < IN_WITHIN, "never let in: {status}");
        sleep(Duration::from_millis(500));
    }
}

/// The status of an answer.
fn sign_in(server: &Server, account: &str, password: &str) -> u16 {
    let body = serde_json::json!({"account": account, "password": password}).to_string();
    let answer = server.post(SIGN_IN, &body);
    let status = answer.get(9..12).map(String::from_utf8_lossy);
    status.and_then(|status| status.parse().ok()).unwrap_or(0)
}
