//! Figures of accounts: of an enterprise, a park, the city.

use std::collections::BTreeSet;

use crate::access::{Action, Object, Principal, may};
use crate::http::accounts::{ShownClose, Sight, find, note};
use crate::http::{Desk, Problem, Purpose};
use crate::ledger::figure::{Figure, FigureId, Input, TakenFrom};
use crate::ledger::holder::HolderAccount;
use crate::park::EnterpriseCode;
use crate::store::registry::{Holder, KeptAccount};

use super::borders::Borders;
use super::wire;

/// Revisions listed of a figure, the newest ones.
const REVISIONS_MAX: usize = 20;

/// The source of an enterprise's figure.
pub(super) async fn of_enterprise(
    desk: &Desk,
    (who, purpose): (&Principal, &Purpose),
    id: FigureId,
    code: &EnterpriseCode,
) -> Result<wire::Source, Problem> {
    let shown = ShownClose::find(desk, Some(id.period), Some(id.revision)).await?;
    let kept = find(desk, who, code, &shown).await?;
    let kept = kept.ok_or_else(Problem::not_found)?;
    let mut sight = Sight::of(who, BTreeSet::from([id.kind.clone()]));
    let figure = sight.cut(&kept).first().copied().cloned();
    let figure = figure.ok_or_else(Problem::not_found)?;
    let object = format!("source {id}");
    note(desk, (who, purpose), &sight, &object).await?;
    let mut revisions = Vec::new();
    for close in shown.all.iter().rev().take(REVISIONS_MAX) {
        let then = shown.as_of_close(close);
        let kept = find(desk, who, code, &then).await?;
        revisions.extend(kept.map(|kept| kept.account));
    }
    let mut answer = wire::Source::of(&id, &shown, &kept, &figure);
    answer.set_inputs(&figure.inputs, 0);
    answer.set_revisions(&shown, &id.kind, &revisions);
    for input in &figure.inputs {
        if let Some(from) = &input.taken_from {
            let borders = borders(desk, from, &id).await?;
            answer.add_taken_from(input, from, borders.as_ref());
        }
    }
    Ok(answer)
}

/// Whether `who` is shown each of these figures of enterprises, all of one closing: of a figure over land
/// that lies in parks which are not theirs they are not (contract.md 6).
pub(super) async fn are_shown(
    desk: &Desk,
    who: &Principal,
    ids: &[Option<FigureId>],
) -> Result<Vec<bool>, Problem> {
    let Some(first) = ids.iter().flatten().next() else {
        return Ok(vec![false; ids.len()]);
    };
    let shown = ShownClose::find(desk, Some(first.period), Some(first.revision)).await?;
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        let code = id
            .as_ref()
            .and_then(|id| id.key.parse::<EnterpriseCode>().ok());
        let kept = match &code {
            Some(code) => find(desk, who, code, &shown).await?,
            None => None,
        };
        let kind = id.as_ref().map_or("", |id| id.kind.as_str());
        all.push(kept.is_some_and(|kept| kept.account.find(kind).is_some()));
    }
    Ok(all)
}

/// The source of a park's or the city's figure; of its inputs those that `who` may see.
pub(super) async fn of_total(
    desk: &Desk,
    (who, purpose): (&Principal, &Purpose),
    id: FigureId,
) -> Result<wire::Source, Problem> {
    let shown = ShownClose::find(desk, Some(id.period), Some(id.revision)).await?;
    let totals = shown.totals(desk, who).await?;
    let kept = totals.iter().find(|kept| kept.holder.key() == id.key);
    let kept = kept.ok_or_else(Problem::not_found)?;
    let mut sight = Sight::of(who, BTreeSet::from([id.kind.clone()]));
    let figure = sight.cut_total(kept).first().copied().cloned();
    let figure = figure.ok_or_else(Problem::not_found)?;
    let object = format!("source {id}");
    note(desk, (who, purpose), &sight, &object).await?;
    let (seen, hidden): (Vec<Input>, Vec<Input>) = figure
        .inputs
        .iter()
        .cloned()
        .partition(|input| is_seen(who, kept, &figure, input));
    let mut answer = wire::Source::of(&id, &shown, kept, &figure);
    answer.set_inputs(&seen, hidden.len());
    answer.set_revisions(
        &shown,
        &id.kind,
        &totals_then(desk, who, &id, &shown).await?,
    );
    Ok(answer)
}

/// The account of a park or the city as of each closing, the newest first; of those alone in which
/// `who` may see the figure: a sum that may be shown now may have been one of two enterprises.
async fn totals_then(
    desk: &Desk,
    who: &Principal,
    id: &FigureId,
    shown: &ShownClose,
) -> Result<Vec<HolderAccount>, Problem> {
    let mut accounts = Vec::new();
    if let Some(open) = &shown.provisional {
        let mut open = open.accounts.iter();
        let own = open.find(|kept| kept.holder.key() == id.key);
        accounts.extend(own.map(|kept| kept.account.clone()));
    }
    for close in shown.all.iter().rev().take(REVISIONS_MAX) {
        let then = shown.as_of_close(close);
        let totals = then.totals(desk, who).await?;
        let own = totals.into_iter().find(|kept| kept.holder.key() == id.key);
        let mut sight = Sight::of(who, BTreeSet::from([id.kind.clone()]));
        accounts.extend(
            own.filter(|kept| !sight.cut_total(kept).is_empty())
                .map(|kept| kept.account),
        );
    }
    Ok(accounts)
}

/// Whether an input of a sum is theirs to see: an own figure of the same account, or that of an
/// enterprise whose figures of that matter they may see.
fn is_seen(who: &Principal, kept: &KeptAccount, figure: &Figure, input: &Input) -> bool {
    let Some(of) = &input.figure else {
        return true;
    };
    if of.key == id_of(kept) {
        return true;
    }
    let Ok(code) = of.key.parse::<EnterpriseCode>() else {
        // The parts of the city are its parks; who sees the city sees them.
        return kept.holder == Holder::City;
    };
    figure.touches.iter().all(|matter| {
        let object = Object {
            matter: *matter,
            enterprise: Some(&code),
            park: kept.holder.park(),
        };
        may(who, Action::Read, &object).is_allowed()
    })
}

fn id_of(kept: &KeptAccount) -> &str {
    kept.holder.key()
}

/// The registers at both borders, if it was taken from readings.
async fn borders(desk: &Desk, from: &TakenFrom, id: &FigureId) -> Result<Option<Borders>, Problem> {
    let TakenFrom::Register {
        meter, indicator, ..
    } = from
    else {
        return Ok(None);
    };
    Borders::read(desk, meter, indicator, id.period.period()).await
}
