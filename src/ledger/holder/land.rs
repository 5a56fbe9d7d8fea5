//! Land in mu: owned + occupied + leased in + floor / plot ratio - leased out (contract.md 10, rule
//! 1), weighted by how long each holding ran in the period (domain.md 2.8, "area for a year =
//! time-weighted by days"), x 0.0015.

use crate::access::Matter;
use crate::ledger::figure::{Figure, Formula, Input, Operation, Step, TakenFrom};
use crate::park::{Extent, LandHolding, LandKind};
use crate::units::Exact;

use super::{Gap, GapCode, HolderAccount, Material};

/// The kind of the figure.
pub(super) const KIND: &str = "land_mu";
const UNIT: &str = "亩";
const PLACES: usize = 4;
/// Mu in a square metre.
const MU_IN_M2: &str = "0.0015";
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// Adds the land.
pub(super) fn add(material: &Material<'_>, account: &mut HolderAccount) {
    let inputs: Vec<Input> = material
        .holdings
        .iter()
        .filter_map(|holding| input(material, holding))
        .collect();
    let unit = (UNIT, PLACES);
    let figure = Figure::of(KIND, unit, Formula::Sum, inputs, &[Matter::Land]);
    if !figure.exact().is_some_and(|mu| Exact::is_positive(&mu)) {
        account.gaps.push(Gap::of(GapCode::NoLand, KIND, ""));
    }
    account.figures.push(figure);
}

/// What a holding adds; `None` if it did not run in the period.
fn input(material: &Material<'_>, holding: &LandHolding) -> Option<Input> {
    let period = material.period.period();
    let whole_ms = period.to().ms_since(period.from());
    let part_ms = holding.validity.ms_within(period);
    if part_ms == 0 {
        return None;
    }
    let step = |operation, by: String, unit: &str, what: &str| Step {
        operation,
        by,
        unit: unit.to_owned(),
        what: what.to_owned(),
        source: String::new(),
    };
    let (m2, mut steps) = match holding.extent {
        Extent::Ground { m2 } => (m2, Vec::new()),
        Extent::Floor { floor_m2, far } => {
            let far = far.normalize().to_string();
            let over = step(Operation::Over, far, "", "plot_ratio");
            (floor_m2, vec![over])
        }
    };
    if part_ms != whole_ms {
        let in_days = part_ms % DAY_MS == 0;
        let (unit_ms, unit) = if in_days { (DAY_MS, "d") } else { (1, "ms") };
        let part = (part_ms / unit_ms).to_string();
        let whole = (whole_ms / unit_ms).to_string();
        steps.push(step(Operation::Times, part, unit, "days"));
        steps.push(step(Operation::Over, whole, unit, "days"));
    }
    steps.push(step(Operation::Times, MU_IN_M2.to_owned(), "亩/m²", "mu"));
    Some(Input {
        minus: holding.kind == LandKind::LeasedOut,
        steps,
        taken_from: Some(TakenFrom::Holding {
            parcel: holding.parcel.to_string(),
            kind: holding.kind.as_str().to_owned(),
            counterparty: holding.counterparty.as_ref().map(ToString::to_string),
            valid_from: holding.validity.from().to_string(),
            valid_to: holding.validity.to().map(|to| to.to_string()),
        }),
        ..Input::plain(
            holding.parcel.as_str(),
            Some(m2.normalize().to_string()),
            "m²",
        )
    })
}
