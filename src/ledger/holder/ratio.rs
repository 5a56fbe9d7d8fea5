//! Figures over figures: always one sum over another, never a mean of ratios (domain.md 2.15).

use crate::access::Matter;
use crate::ledger::figure::{Figure, Formula, Input};

use super::HolderAccount;

/// Decimal places of ratios.
const PLACES: usize = 4;

/// Kind, numerator, denominator, unit, times.
type Row = (&'static str, &'static str, &'static str, &'static str, u32);

#[rustfmt::skip]
const RATIOS: &[Row] = &[
    ("output_per_mu",         "output_value",    "land_mu",         "万元/亩",   1),
    ("sales_per_mu",          "invoiced_sales",  "land_mu",         "万元/亩",   1),
    ("tax_per_mu",            "tax",             "land_mu",         "万元/亩",   1),
    ("va_per_mu",             "value_added",     "land_mu",         "万元/亩",   1),
    ("kwh_per_mu",            "electricity_kwh", "land_mu",         "kWh/亩",    1),
    ("energy_per_mu",         "tce_equal",       "land_mu",         "tce/亩",    1),
    ("energy_per_mu_equivalent", "tce_equivalent", "land_mu",       "tce/亩",    1),
    ("carbon_per_mu",         "tco2",            "land_mu",         "tCO₂/亩",   1),
    ("energy_per_output",     "tce_equal",       "output_value",    "kgce/万元", 1000),
    ("energy_per_output_equivalent", "tce_equivalent", "output_value", "kgce/万元", 1000),
    ("carbon_per_output",     "tco2",            "output_value",    "kgCO₂/万元", 1000),
    ("tax_per_tce",           "tax",             "tce_equal",       "万元/tce",  1),
    ("va_per_tce",            "value_added",     "tce_equal",       "万元/tce",  1),
    ("tax_per_kwh",           "tax",             "electricity_kwh", "元/kWh",    10_000),
    ("labour_productivity",   "value_added",     "staff_average",   "万元/人",   1),
    ("rd_ratio",              "rd_expense",      "revenue",         "%",         100),
];

/// Adds every ratio; one whose parts are not known has no value.
pub(super) fn add(account: &mut HolderAccount) {
    for (kind, numerator, denominator, unit, times) in RATIOS {
        let mut touches: Vec<Matter> = Vec::new();
        let mut part = |code: &str| {
            let Some(figure) = account.find(code) else {
                return Input::plain(code, None, "");
            };
            touches.extend(&figure.touches);
            figure.as_input(account.id(code))
        };
        let inputs = vec![part(numerator), part(denominator)];
        let shares = [numerator, denominator]
            .into_iter()
            .filter_map(|code| account.find(code)?.known_share.clone());
        let known_share = shares.min();
        let formula = Formula::Ratio(*times);
        let mut figure = Figure::of(kind, (unit, PLACES), formula, inputs, &touches);
        figure.known_share = known_share;
        account.figures.push(figure);
    }
}

/// Whether figures of this kind are ratios.
pub(super) fn is_ratio(kind: &str) -> bool {
    RATIOS.iter().any(|(ratio, ..)| *ratio == kind)
}
