//! Standard coal on both bases and carbon (domain.md 3.1, 3.2): purchased less what is sold on,
//! times the factor that holds when the month begins. A year is the sum of its months.

use std::collections::BTreeMap;

use crate::access::Matter;
use crate::calendar::{Day, Month};
use crate::ledger::factor::{Carrier, Counts, Factor, Measure};
use crate::ledger::figure::{Figure, Formula, Input, Operation, Step};
use crate::units::Exact;

use super::metered::{days, share};
use super::{Gap, GapCode, HolderAccount, Material};

/// Decimal places of tonnes.
const PLACES: usize = 4;

/// Kind and unit of what is made of energy, and the unit of a factor before the slash.
const MADE: [(&str, &str, Measure, &str); 3] = [
    ("tce_equivalent", "tce", Measure::Equivalent, "kgce"),
    ("tce_equal", "tce", Measure::Equal, "kgce"),
    ("tco2", "tCO₂", Measure::Carbon, "kgCO₂"),
];

/// Adds coal and carbon of the carriers that the account has.
pub(super) fn of_month(material: &Material<'_>, account: &mut HolderAccount) {
    let day = Day::of(material.period.period().from());
    for (kind, unit, measure, factor_unit) in MADE {
        let (mut inputs, mut known) = (Vec::new(), Vec::new());
        for carrier in material.factors.carriers() {
            let Some(figure) = account.find(&carrier.code) else {
                continue;
            };
            if carrier.counts == Counts::No {
                continue;
            }
            known.extend(figure.known_share.clone());
            let factor = material.factors.find(&carrier.code, measure, day);
            inputs.push(Input {
                minus: carrier.counts == Counts::Minus,
                steps: steps(carrier, factor, factor_unit),
                lacks_factor: factor.is_none(),
                ..figure.as_input(material.id(&carrier.code))
            });
        }
        for lacking in inputs.iter().filter(|input| input.lacks_factor) {
            let gap = Gap::of(GapCode::FactorMissing, &lacking.what, kind);
            account.gaps.push(gap);
        }
        // What is known of it is what is known of the least known that it is made of.
        let known = known.into_iter().min_by_key(|text| share(Some(text)));
        push(account, kind, unit, inputs, known);
    }
}

fn steps(carrier: &Carrier, factor: Option<&Factor>, unit: &str) -> Vec<Step> {
    let Some(factor) = factor else {
        return Vec::new();
    };
    let times = Step {
        operation: Operation::Times,
        by: factor.written.clone(),
        unit: format!("{unit}/{}", carrier.unit),
        what: "factor".to_owned(),
        source: factor.source.clone(),
    };
    let over = Step {
        operation: Operation::Over,
        by: "1000".to_owned(),
        unit: "kg/t".to_owned(),
        what: "thousand".to_owned(),
        source: String::new(),
    };
    vec![times, over]
}

/// Adds the sums of the months. Of a month without a figure nothing is known.
pub(super) fn of_year(months: &BTreeMap<Month, HolderAccount>, account: &mut HolderAccount) {
    let whole = account.period.period();
    for (kind, unit, ..) in MADE {
        let (mut inputs, mut known) = (Vec::new(), Exact::zero());
        for (month, of_month) in months {
            let Some(figure) = of_month.find(kind).filter(|one| !one.inputs.is_empty()) else {
                continue;
            };
            let part = share(figure.known_share.as_deref());
            known += &part.share(days(month.period()), days(whole));
            let lacks_factor = figure.inputs.iter().any(|input| input.lacks_factor);
            if lacks_factor {
                let gap = Gap::of(GapCode::FactorMissing, &month.to_string(), kind);
                account.gaps.push(gap);
            }
            inputs.push(Input {
                what: month.to_string(),
                lacks_factor,
                ..figure.as_input(of_month.id(kind))
            });
        }
        let known = (!inputs.is_empty()).then(|| known.rounded(4));
        push(account, kind, unit, inputs, known);
    }
}

/// Adds the figure, and which share of the period is known of it.
fn push(
    account: &mut HolderAccount,
    kind: &str,
    unit: &str,
    inputs: Vec<Input>,
    known: Option<String>,
) {
    let touches = [Matter::Series];
    let mut figure = Figure::of(kind, (unit, PLACES), Formula::Sum, inputs, &touches);
    figure.known_share = known;
    account.figures.push(figure);
}
