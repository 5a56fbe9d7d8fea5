//! Carriers that no meter of ours counts: fuels and what is sold on, as they are stated; and carriers
//! that are the difference of two others, as what of the roof's solar was used here.

use crate::access::Matter;
use crate::ledger::factor::Carrier;
use crate::ledger::figure::{Figure, Formula, Input};
use crate::park::StatementPeriod;

use super::metered::share;
use super::{Gap, GapCode, HolderAccount, Material, Stated, stated};

/// Adds a figure for each carrier that somebody states, and for each difference.
pub(super) fn add(material: &Material<'_>, account: &mut HolderAccount) {
    for carrier in material.factors.carriers() {
        if let Some(code) = statement(carrier) {
            add_stated(material, (carrier, code), account);
        }
        if let Some((first, second)) = &carrier.difference {
            add_difference(material, carrier, (first, second), account);
        }
    }
}

/// The statement that is all there is of a carrier.
pub(super) fn statement(carrier: &Carrier) -> Option<&str> {
    let stated = carrier.stated.as_deref();
    stated.filter(|_| carrier.indicator.is_none())
}

/// What is stated of `code` that the months' statements do not make up: a year, half-years or
/// quarters. Months hold their own part already.
pub(super) fn is_stated_over_months(material: &Material<'_>, code: &str) -> bool {
    let rows = stated::rows(material, code, true);
    let mut periods = rows.iter().map(|row| row.period);
    periods.any(|period| !matches!(period, StatementPeriod::Month(_)))
}

fn add_stated(
    material: &Material<'_>,
    (carrier, code): (&Carrier, &str),
    account: &mut HolderAccount,
) {
    let of_it =
        |one: &&Stated| one.indicator == code && stated::lies_in(one.period, material.period);
    if !material.stated.iter().any(|one| of_it(&one)) {
        return;
    }
    let rows = stated::rows(material, code, true);
    if rows.is_empty() {
        // Some months of the year are stated, and the year is not whole.
        let gap = Gap::of(GapCode::StatementMissing, code, "");
        account.gaps.push(gap);
    }
    let inputs: Vec<Input> = rows
        .iter()
        .map(|row| stated::input(row, &carrier.unit))
        .collect();
    let unit = (carrier.unit.as_str(), stated::places(&inputs));
    let figure = Figure::of(&carrier.code, unit, Formula::Sum, inputs, &[Matter::Series]);
    account.figures.push(figure);
}

/// The first less the second; without the first there is nothing.
fn add_difference(
    material: &Material<'_>,
    carrier: &Carrier,
    (first, second): (&str, &str),
    account: &mut HolderAccount,
) {
    let Some(whole) = account.find(first) else {
        return;
    };
    let mut shares = vec![whole.known_share.clone()];
    let mut inputs = vec![whole.as_input(material.id(first))];
    if let Some(part) = account.find(second) {
        shares.push(part.known_share.clone());
        inputs.push(Input {
            minus: true,
            ..part.as_input(material.id(second))
        });
    }
    let unit = (carrier.unit.as_str(), stated::places(&inputs));
    // Of a difference nothing is known where one of the two is not.
    if inputs.iter().any(|input| input.value.is_none()) {
        inputs.clear();
    }
    let mut figure = Figure::of(&carrier.code, unit, Formula::Sum, inputs, &[Matter::Series]);
    let known = shares.into_iter().flatten();
    figure.known_share = known.min_by_key(|text| share(Some(text)));
    account.figures.push(figure);
}
