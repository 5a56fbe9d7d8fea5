//! Ends the connections of credentials that were revoked or have expired, within seconds
//! (contract.md 2).

use std::sync::Arc;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::ingest::line::Ending;
use crate::ingest::{Door, Fault};

/// Holds every open connection against the registry: at each change of it, and by the clock for
/// credentials that expire. Returns at `stop`.
pub async fn watch_credentials(door: Arc<Door>, stop: CancellationToken) {
    let directory = door.parts.registry.directory().clone();
    let mut changes = directory.changes();
    loop {
        let alive = tokio::select! {
            () = stop.cancelled() => return,
            alive = changes.next() => alive,
            () = sleep(door.settings().revoked_within) => true,
        };
        if !alive {
            return;
        }
        let now = door.parts.clock.now();
        door.roll.each_line(|line| {
            let holds = directory.holds(&line.admission, now);
            if !holds && !door.settings().faults.has(Fault::RevokedStays) {
                line.end(Ending::Revoked);
            }
        });
    }
}
