//! What an asker may see, before a handler looks at the store.

use std::collections::BTreeSet;

use crate::access::Principal;
use crate::park::EnterpriseCode;
use crate::store::StoreFault;
use crate::store::registry::PAGE_LIMIT;

use super::{Desk, Problem};

/// The enterprises whose meters, raw series and gateways `who` may look at (contract.md 6, row 1).
///
/// # Errors
/// The registry failed.
pub(super) async fn in_sight(
    desk: &Desk,
    who: &Principal,
) -> Result<BTreeSet<EnterpriseCode>, Problem> {
    let now = desk.clock.now();
    let mut seen = BTreeSet::new();
    let mut after: Option<String> = None;
    loop {
        let page = desk
            .registry
            .list_enterprises(who, now, None, after.as_deref(), PAGE_LIMIT)
            .await
            .map_err(Problem::internal)?;
        let readable = page
            .entries
            .into_iter()
            .filter(|enterprise| who.may_read_series(&enterprise.code, &enterprise.park));
        seen.extend(readable.map(|enterprise| enterprise.code));
        after = page.next;
        if after.is_none() {
            return Ok(seen);
        }
    }
}

/// Asks the store on a thread that may block.
///
/// # Errors
/// Reading failed.
pub(super) async fn off_thread<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, StoreFault> + Send + 'static,
) -> Result<T, Problem> {
    let answered = tokio::task::spawn_blocking(ask).await;
    answered
        .map_err(Problem::internal)?
        .map_err(Problem::internal)
}
