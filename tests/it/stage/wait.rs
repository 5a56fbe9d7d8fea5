//! Waiting for a condition, with a bound: never sleeping for luck.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// Asks again and again until there is an answer; panics when `within` is over.
pub(crate) fn until<T>(within: Duration, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < within, "{what}: not within {within:?}");
        sleep(Duration::from_millis(10));
    }
}
