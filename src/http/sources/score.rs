//! The total of a rated enterprise: the sum of its points.

use crate::access::Principal;
use crate::http::{Desk, Problem, ratings};
use crate::ledger::figure::{AccountPeriod, FigureId};
use crate::park::EnterpriseCode;

use super::wire;

/// The kind of totals.
pub(super) const KIND: &str = "score";

/// The source of a total.
pub(super) async fn source(
    desk: &Desk,
    who: &Principal,
    id: FigureId,
) -> Result<wire::Source, Problem> {
    let AccountPeriod::Year(year) = id.period else {
        return Err(Problem::not_found());
    };
    let code: EnterpriseCode = id.key.parse().map_err(|_cause| Problem::not_found())?;
    let rated = ratings::result(desk, who, &code, (year, id.revision)).await?;
    let (assessment, unit) = rated;
    Ok(wire::Source::of_score(
        &id,
        &assessment,
        unit.total(),
        &unit.parts(),
    ))
}
