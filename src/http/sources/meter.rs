//! What one register came to in a month, as closed, or so far in an open one.

use crate::access::Principal;
use crate::http::figures::unavailable;
use crate::http::{Desk, Problem};
use crate::jobs::PROVISIONAL;
use crate::ledger::figure::{AccountPeriod, FigureId, Input, TakenFrom};
use crate::park::MeterId;
use crate::store::registry::SeriesKey;

use super::borders::Borders;
use super::wire;

/// The source of a meter's amount.
pub(super) async fn source(
    desk: &Desk,
    who: &Principal,
    id: FigureId,
) -> Result<wire::Source, Problem> {
    let meter: MeterId = id.key.parse().map_err(|_cause| Problem::not_found())?;
    let history = desk.registry.find_meter_history(who, &meter).await;
    history
        .map_err(unavailable)?
        .ok_or_else(Problem::not_found)?;
    let AccountPeriod::Month(month) = id.period else {
        return Err(Problem::not_found());
    };
    let indicator = desk
        .catalogue
        .find(&id.kind)
        .ok_or_else(Problem::not_found)?;
    let roster = desk.registry.directory().current();
    let number = roster.find_meter(meter.as_str()).map(|one| one.number);
    let key = SeriesKey {
        meter: number.ok_or_else(Problem::not_found)?,
        indicator: indicator.number,
    };
    if id.revision == PROVISIONAL {
        return open(desk, id, &indicator.unit).await;
    }
    let last = desk.registry.find_close(month).await.map_err(unavailable)?;
    let last = last.filter(|last| (1..=last.revision).contains(&id.revision));
    let last = last.ok_or_else(Problem::not_found)?;
    let (mut revisions, mut shown) = (Vec::new(), None);
    for revision in (1..=last.revision).rev() {
        let entries = desk.registry.closed_entries(month, revision).await;
        let mut entries = entries.map_err(unavailable)?;
        let entry = entries.remove(&key);
        if let Some(entry) = entry {
            revisions.push((revision, entry.used.clone()));
            if revision == id.revision {
                shown = Some(entry);
            }
        }
    }
    let entry = shown.ok_or_else(Problem::not_found)?;
    let from = TakenFrom::Register {
        meter: meter.to_string(),
        indicator: id.kind.clone(),
        known_share: entry.known_share.clone(),
        flags: entry.flags.clone(),
    };
    let period = id.period.period();
    let borders = Borders::read(desk, meter.as_str(), &id.kind, period).await?;
    let amount = (entry.used.as_deref(), entry.known_share.as_str());
    let settled = (last.closed_at, true);
    let mut answer = wire::Source::of_meter(&id, &indicator.unit, amount, settled);
    let input = Input::plain(meter.as_str(), entry.used.clone(), &indicator.unit);
    answer.add_taken_from(&input, &from, borders.as_ref());
    answer.set_meter_revisions(revisions);
    Ok(answer)
}

/// What a register came to so far in a month that is not closed, as the account of its enterprise
/// shows it.
async fn open(desk: &Desk, id: FigureId, unit: &str) -> Result<wire::Source, Problem> {
    let found = desk.book.provisional(id.period).await;
    let found = found.map_err(unavailable)?.ok_or_else(Problem::not_found)?;
    let figures = found.accounts.iter().flat_map(|kept| &kept.account.figures);
    let mut inputs = figures.flat_map(|figure| &figure.inputs);
    // Whoever sells on to it has it among the inputs too, without where it was taken from.
    let is_own = |input: &&Input| input.figure.as_ref() == Some(&id) && input.taken_from.is_some();
    let input = inputs.find(is_own);
    let input = input.ok_or_else(Problem::not_found)?;
    let from = input.taken_from.as_ref().ok_or_else(Problem::not_found)?;
    let TakenFrom::Register { known_share, .. } = from else {
        return Err(Problem::not_found());
    };
    let period = id.period.period();
    let borders = Borders::read(desk, &id.key, &id.kind, period).await?;
    let amount = (input.value.as_deref(), known_share.as_str());
    let mut answer = wire::Source::of_meter(&id, unit, amount, (found.as_of, false));
    answer.add_taken_from(input, from, borders.as_ref());
    Ok(answer)
}
