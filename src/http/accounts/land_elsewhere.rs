//! What an operator is told of the land of an enterprise that has some in another park: nothing of
//! its sum, nor what is divided by it, as from both one could tell how much lies elsewhere
//! (contract.md 6, "land, parcels": an operator sees outlines of other parks). Knows the parcels
//! that an account names, and of them only whether the asker may read land there.

use std::collections::BTreeSet;

use crate::access::{Matter, Principal, Role};
use crate::http::figures::unavailable;
use crate::http::{Desk, Problem};
use crate::ledger::figure::TakenFrom;
use crate::store::registry::KeptAccount;

/// Takes the figures over land out of the accounts that count land where `who` may not read it.
///
/// # Errors
/// The registry failed.
pub(super) async fn cut(
    desk: &Desk,
    who: &Principal,
    accounts: &mut [KeptAccount],
) -> Result<(), Problem> {
    if !matches!(who.role, Role::Operator(_) | Role::Kiosk(_)) {
        return Ok(());
    }
    let named: BTreeSet<String> = accounts.iter().flat_map(parcels).collect();
    if named.is_empty() {
        return Ok(());
    }
    let seen = desk.registry.list_parcels_of_land(who, &named).await;
    let seen = seen.map_err(unavailable)?;
    for kept in accounts {
        if parcels(kept).any(|parcel| !seen.contains(&parcel)) {
            let figures = &mut kept.account.figures;
            figures.retain(|figure| !figure.touches.contains(&Matter::Land));
        }
    }
    Ok(())
}

/// The parcels that an account counts.
fn parcels(kept: &KeptAccount) -> impl Iterator<Item = String> {
    let inputs = kept.account.figures.iter().flat_map(|one| &one.inputs);
    inputs.filter_map(|input| match &input.taken_from {
        Some(TakenFrom::Holding { parcel, .. }) => Some(parcel.clone()),
        _ => None,
    })
}
