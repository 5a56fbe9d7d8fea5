//! The total of a map: what is divided by what, and what each enterprise adds to both; each opens to
//! the figure of its account. Cut as the map is: of whom the value may not be seen the part is not.

pub(super) mod wire;

use crate::access::{Principal, Role};
use crate::http::figures::{Added, Figures, Layer, When};
use crate::http::{Desk, Problem, Purpose, Trouble};
use crate::ledger::figure::{FigureId, Input};
use crate::ledger::holder::CITY;
use crate::park::ParkId;
use crate::text::{Language, find_sentence};

use super::wire::Source;
use wire::AddedShown;

/// The source of the total that `id` names; nothing for whoever may not see it.
pub(super) async fn source(
    desk: &Desk,
    (who, purpose): (&Principal, &Purpose),
    id: FigureId,
    layer: Layer,
) -> Result<Source, Problem> {
    if layer.is_of_now() || layer.is_public() {
        return Err(Problem::not_found());
    }
    let park: Option<ParkId> = match id.key.as_str() {
        CITY => None,
        one => Some(one.parse().map_err(|_cause| Problem::not_found())?),
    };
    let when = When {
        period: Some(id.period),
        revision: (id.revision > 0).then_some(id.revision),
        against: None,
    };
    let loaded = Figures::load(desk, (who, purpose), layer, park.as_ref(), when).await;
    // A period that the layer does not have: there is no such figure.
    let figures = loaded.map_err(|problem| match problem.trouble() {
        Trouble::BadRequest => Problem::not_found(),
        _ => problem,
    })?;
    let is_it = figures.total_id().as_ref() == Some(&id);
    let total = figures.total.filter(|_| is_it);
    let total = total.ok_or_else(Problem::not_found)?;
    let [above, below] = layer.divided();
    let (over, under) = layer.division();
    let parts = [
        Input::plain(above, Some(total.numerator.to_string()), &unit(over)),
        Input::plain(below, Some(total.denominator.to_string()), &unit(under)),
    ];
    let (added, hidden) = figures.added(who);
    let mut answer = Source::of_map(&id, &figures, &total.written());
    answer.set_inputs(&parts, hidden);
    let shown = shown(desk, who, &added).await?;
    let each = added.iter().zip(&shown);
    answer.added = each
        .map(|(one, shown)| AddedShown::of(one, *shown))
        .collect();
    Ok(answer)
}

/// Whether the figure of each opens: an operator is not told of land in other parks, nor of what is
/// divided by it, so a link to that would lead to what does not exist.
async fn shown(desk: &Desk, who: &Principal, added: &[Added]) -> Result<Vec<bool>, Problem> {
    if !matches!(who.role, Role::Operator(_) | Role::Kiosk(_)) {
        return Ok(vec![true; added.len()]);
    }
    let ids = added.iter().map(|one| one.figure.as_ref()?.parse().ok());
    let ids: Vec<Option<FigureId>> = ids.collect();
    super::account::are_shown(desk, who, &ids).await
}

/// A unit as it is printed.
fn unit(code: &str) -> String {
    let printed = find_sentence(Language::Chinese, &format!("unit.{code}"));
    printed.unwrap_or(code).to_owned()
}
