//! What an asker may see, before a handler looks at the store.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::{Action, Matter, Principal, Scope, scope};
use crate::park::{Enterprise, EnterpriseCode, ParkId};
use crate::store::StoreFault;
use crate::store::registry::PAGE_LIMIT;

use super::{Desk, Problem};

/// Passes whoever may do `action` with everything of `matter`; to others it is not there. Said before
/// anything is read.
///
/// # Errors
/// 404.
pub(super) fn demand_all(who: &Principal, action: Action, matter: Matter) -> Result<(), Problem> {
    let may = scope(who, action, matter) == Scope::Everything;
    may.then_some(()).ok_or_else(Problem::not_found)
}

/// Passes whoever may do `action` with some of `matter`; to others it is not there.
///
/// # Errors
/// 404.
pub(super) fn demand_some(who: &Principal, action: Action, matter: Matter) -> Result<(), Problem> {
    let may = scope(who, action, matter) != Scope::Nothing;
    may.then_some(()).ok_or_else(Problem::not_found)
}

/// The enterprises whose meters, raw series and gateways `who` may look at (contract.md 6, row 1).
///
/// # Errors
/// The registry failed.
pub(super) async fn in_sight(
    desk: &Desk,
    who: &Principal,
) -> Result<BTreeSet<EnterpriseCode>, Problem> {
    let firms = firms_in_sight(desk, who, None, None).await?;
    Ok(firms.into_keys().collect())
}

/// The same with what is known of them: all, only one of them, or those of one park.
///
/// # Errors
/// The registry failed.
pub(super) async fn firms_in_sight(
    desk: &Desk,
    who: &Principal,
    only: Option<&EnterpriseCode>,
    park: Option<&ParkId>,
) -> Result<BTreeMap<EnterpriseCode, Enterprise>, Problem> {
    let now = desk.clock.now();
    let mut found = BTreeMap::new();
    let mut after: Option<String> = None;
    loop {
        let page = desk
            .registry
            .list_enterprises(who, now, park, after.as_deref(), PAGE_LIMIT)
            .await
            .map_err(Problem::internal)?;
        let wanted = page.entries.into_iter().filter(|one| {
            only.is_none_or(|only| *only == one.code) && who.may_read_series(&one.code, &one.park)
        });
        found.extend(wanted.map(|one| (one.code.clone(), one)));
        after = page.next;
        if after.is_none() {
            return Ok(found);
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
