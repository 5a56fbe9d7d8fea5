//! Cuts off the front of the audit log once it is older than it must be kept. Looks at a start and
//! every few hours.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::store::registry::{Registry, Trimmed};

/// Between two looks.
const REST: Duration = Duration::from_hours(6);

/// Trims until `stop`. A front that does not fit its hashes stays, and that is said aloud; what a stop
/// cuts off is done by the next start.
pub async fn trim_log(registry: Registry, keep_for: Duration, stop: CancellationToken) {
    let _cut_off = stop.run_until_cancelled(follow(&registry, keep_for)).await;
}

async fn follow(registry: &Registry, keep_for: Duration) {
    loop {
        while trim(registry, keep_for).await {}
        sleep(REST).await;
    }
}

/// Cuts some records off; whether there may be more.
async fn trim(registry: &Registry, keep_for: Duration) -> bool {
    match registry.trim_audit(keep_for).await {
        Ok(Trimmed::Nothing) => false,
        Ok(Trimmed::Cut(records)) => {
            tracing::info!(
                records,
                "audit log: records older than audit.keep_for were cut off"
            );
            true
        }
        Ok(Trimmed::Broken(record)) => {
            tracing::error!(
                record,
                "audit log: it does not fit, so nothing is cut off; verify it"
            );
            false
        }
        Ok(Trimmed::Waits) => {
            tracing::warn!(
                "audit log: by the clock its first records are older than audit.keep_for, by the log \
                 itself not so much time went by: the clock may have gone ahead, or the platform stood \
                 still for more than a month. Nothing is cut off. Look at the clock of this machine; where \
                 it is right, nothing is to be done"
            );
            false
        }
        Err(fault) => {
            tracing::error!(%fault, "audit log: nothing was cut off; it is tried again");
            false
        }
    }
}
