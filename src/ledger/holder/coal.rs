//! Standard coal on both bases and carbon (domain.md 3.1, 3.2): purchased less what is sold on,
//! times the factor that holds when the month begins. A year is the sum of its months.

use std::collections::BTreeMap;

use crate::access::Matter;
use crate::calendar::{Day, Month, Period};
use crate::ledger::factor::{Carrier, Counts, Factor, Measure};
use crate::ledger::figure::{Figure, Formula, Input, Operation, Step};
use crate::units::Exact;

use super::metered::{days, share};
use super::{Gap, GapCode, HolderAccount, Material, fuel};

/// Decimal places of tonnes.
const PLACES: usize = 4;

/// Kind and unit of what is made of energy, and the unit of a factor before the slash.
const MADE: [Made; 3] = [
    ("tce_equivalent", "tce", Measure::Equivalent, "kgce"),
    ("tce_equal", "tce", Measure::Equal, "kgce"),
    ("tco2", "tCO₂", Measure::Carbon, "kgCO₂"),
];

type Made = (&'static str, &'static str, Measure, &'static str);

/// Adds coal and carbon of the carriers that the account has.
pub(super) fn of_month(material: &Material<'_>, account: &mut HolderAccount) {
    let day = Day::of(material.period.period().from());
    for (kind, unit, measure, factor_unit) in MADE {
        let (mut inputs, mut known) = (Vec::new(), Vec::new());
        for carrier in material.factors.carriers() {
            let Some(figure) = account.find(&carrier.code) else {
                continue;
            };
            let counts = material.factors.counts(carrier, measure);
            if counts == Counts::No {
                continue;
            }
            known.extend(figure.known_share.clone());
            let factor = material.factors.find(&carrier.code, measure, day);
            inputs.push(Input {
                minus: counts == Counts::Minus,
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

/// Adds the sums of the months, and what was stated over them. Of a month without a figure nothing
/// is known.
pub(super) fn of_year(
    material: &Material<'_>,
    months: &BTreeMap<Month, HolderAccount>,
    account: &mut HolderAccount,
) {
    let whole = account.period.period();
    for made in MADE {
        let (kind, unit, ..) = made;
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
        inputs.extend(over_months(material, made, months, account));
        push(account, kind, unit, inputs, known);
    }
}

/// What was stated for the year, its halves or quarters, with the factor that holds when the year
/// begins; what months have of the same is in their sums already and goes out again.
fn over_months(
    material: &Material<'_>,
    (_, _, measure, unit): Made,
    months: &BTreeMap<Month, HolderAccount>,
    account: &HolderAccount,
) -> Vec<Input> {
    let mut inputs = Vec::new();
    for carrier in material.factors.carriers() {
        let counts = material.factors.counts(carrier, measure);
        let code = fuel::statement(carrier).filter(|_| counts != Counts::No);
        let over = code.filter(|code| fuel::is_stated_over_months(material, code));
        let (Some(_), Some(figure)) = (over, account.find(&carrier.code)) else {
            continue;
        };
        let is_minus = counts == Counts::Minus;
        let input = |input: Input, period: Period, minus: bool| {
            let day = Day::of(period.from());
            let factor = material.factors.find(&carrier.code, measure, day);
            Input {
                minus,
                steps: steps(carrier, factor, unit),
                lacks_factor: factor.is_none(),
                ..input
            }
        };
        let whole = figure.as_input(material.id(&carrier.code));
        inputs.push(input(whole, material.period.period(), is_minus));
        inputs.extend(months.iter().filter_map(|(month, of_month)| {
            let part = of_month.find(&carrier.code)?;
            let part = part.as_input(of_month.id(&carrier.code));
            Some(input(part, month.period(), !is_minus))
        }));
    }
    inputs
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
