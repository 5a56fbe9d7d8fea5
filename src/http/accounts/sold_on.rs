//! What a seller of energy is told of whom it sells to: how much that is together, which is its own
//! figure; neither the meters nor what each of them counted, which are the buyer's (contract.md 6,
//! "meters, raw series": no other enterprise, no other park's operator).

use std::collections::BTreeSet;

use crate::access::Principal;
use crate::http::{Desk, Problem, in_sight};
use crate::ledger::figure::{Figure, FigureId, Input};
use crate::ledger::holder::{Gap, GapCode};
use crate::park::{EnterpriseCode, Roster};
use crate::store::registry::{Holder, KeptAccount};
use crate::units::Exact;

/// What stands in place of somebody else's meter.
const SOLD_ON: &str = "sold_on";
/// Decimal places of consumption.
const PLACES: usize = 4;

/// Takes out of each account what `who` may not read of others: land in other parks, and one input
/// in place of the meters of others.
///
/// # Errors
/// The registry failed.
pub(in crate::http) async fn veil(
    desk: &Desk,
    who: &Principal,
    accounts: &mut [KeptAccount],
) -> Result<(), Problem> {
    super::land_elsewhere::cut(desk, who, accounts).await?;
    let roster = desk.registry.directory().current();
    let mut sight: Option<BTreeSet<EnterpriseCode>> = None;
    for kept in accounts {
        let Holder::Enterprise(own, _) = &kept.holder else {
            continue;
        };
        let buyers = buyers(kept, own, &roster);
        if buyers.is_empty() {
            continue;
        }
        let seen = match sight.take() {
            Some(seen) => seen,
            None => in_sight(desk, who).await?,
        };
        let foreign = |meter: &str| {
            let meter = roster.find_meter(meter);
            meter.is_some_and(|one| one.enterprise != *own && !seen.contains(&one.enterprise))
        };
        kept.account
            .figures
            .iter_mut()
            .for_each(|figure| put_together(figure, foreign));
        let gaps = kept.account.gaps.iter_mut();
        for gap in gaps.filter(|gap| is_of_meter(gap) && foreign(&gap.what)) {
            SOLD_ON.clone_into(&mut gap.what);
        }
        sight = Some(seen);
    }
    Ok(())
}

/// Whose meters are named in an account besides its holder's.
fn buyers(kept: &KeptAccount, own: &EnterpriseCode, roster: &Roster) -> BTreeSet<EnterpriseCode> {
    let inputs = kept.account.figures.iter().flat_map(|one| &one.inputs);
    let sold = inputs.filter(|input| input.minus && input.taken_from.is_none());
    let gaps = kept.account.gaps.iter().filter(|gap| is_of_meter(gap));
    let meters = sold
        .map(|input| &input.what)
        .chain(gaps.map(|gap| &gap.what));
    let owners = meters.filter_map(|meter| Some(roster.find_meter(meter)?.enterprise.clone()));
    owners.filter(|owner| owner != own).collect()
}

const fn is_of_meter(gap: &Gap) -> bool {
    matches!(gap.code, GapCode::MeterGap | GapCode::MeterBegins)
}

/// One input in place of all those of foreign meters, where the first of them stood.
fn put_together(figure: &mut Figure, foreign: impl Fn(&str) -> bool) {
    let is_foreign = |input: &Input| {
        let is_figure = |id: &FigureId| foreign(&id.key);
        input.minus && input.figure.as_ref().is_some_and(is_figure)
    };
    let Some(place) = figure.inputs.iter().position(is_foreign) else {
        return;
    };
    let values = figure.inputs.iter().filter(|input| is_foreign(input));
    let mut known = values
        .filter_map(|input| Exact::decimal(input.value.as_deref()?).ok())
        .peekable();
    let sum = known.peek().is_some().then(|| known.sum::<Exact>());
    let together = Input {
        minus: true,
        ..Input::plain(SOLD_ON, sum.map(|sum| sum.rounded(PLACES)), &figure.unit)
    };
    figure.inputs.retain(|input| !is_foreign(input));
    figure.inputs.insert(place, together);
}
