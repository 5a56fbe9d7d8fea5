//! Puts a card together.

use std::collections::BTreeMap;

use crate::heatmap::Category;
use crate::http::figures::{Figure, Figures, State, land_m2, percent};
use crate::http::map::{Compared, state};
use crate::park::{EnterpriseCode, Parcel, Standing};
use crate::units::Exact;

use super::meters::CardMeter;
use super::wire::{Card, CardEnterprise, MeterShown};

/// The card of `parcel`; `seen` is the land of each that the asker may see, in m².
pub(super) fn card(
    figures: &Figures,
    parcel: &Parcel,
    figure: &Figure,
    meters: &[CardMeter],
    (seen, closes_at): (&BTreeMap<EnterpriseCode, Exact>, Option<String>),
) -> Card {
    let holders = figures.holders(&parcel.id, figure);
    let m2 = land_m2(holders);
    let (numerator_unit, denominator_unit) = figures.layer.division();
    let revision = figures.revision;
    let key = revision.map_or_else(|| "open".to_owned(), |number| number.to_string());
    let indicator = figures.layer.as_str();
    Card {
        id: format!("{indicator}:{}:{}:{key}", parcel.id, figures.shown),
        parcel: parcel.id.to_string(),
        state: state(figure.state),
        mu: mu(&m2),
        m2: trimmed(&m2, 2),
        indicator,
        unit: figures.layer.unit(),
        period: figures.shown.to_string(),
        from: figures.period.from().to_string(),
        to: figures.period.to().to_string(),
        value: figure.ratio.map(|ratio| ratio.written()),
        category: figure.category.map(Category::code),
        beyond: figure.times.map(|times| times.open),
        beyond_day: figure.times.map(|times| times.day),
        numerator: figure.ratio.map(|ratio| ratio.numerator.to_string()),
        numerator_unit,
        denominator: figure.ratio.map(|ratio| ratio.denominator.to_string()),
        denominator_unit,
        rank: figure.rank,
        ranked: figures.ranked(),
        compared: Compared::of(figures),
        change: figure.change.clone(),
        since: figure.since.map(|day| day.to_string()),
        completeness: figure.completeness.as_ref().map(percent),
        closed: revision.is_some(),
        closes_at,
        revision,
        as_of: figures.as_of.to_string(),
        source: figures.layer.source(),
        enterprises: holders
            .iter()
            .filter_map(|one| enterprise(figures, figure, (one, seen)))
            .collect(),
        meters: meters.iter().map(MeterShown::of).collect(),
    }
}

fn enterprise(
    figures: &Figures,
    figure: &Figure,
    (standing, seen): (&Standing, &BTreeMap<EnterpriseCode, Exact>),
) -> Option<CardEnterprise> {
    let known = figures.ground.enterprises.get(&standing.enterprise)?;
    let total = figures.ground.land.get(&standing.enterprise)?;
    let is_all_seen = seen.get(&standing.enterprise) == Some(total);
    Some(CardEnterprise {
        enterprise: known.code.to_string(),
        name: known.name.to_string(),
        industry: known.industry.to_string(),
        scale: known.scale.as_str(),
        mu: mu(&standing.land_m2),
        // What is seen of it, where that is all there is.
        mu_total: is_all_seen.then(|| mu(total)),
        // Of whom a band is seen the figure is not, nor one over land that is not seen.
        figure: figures
            .account_figure(&standing.enterprise)
            .filter(|_| figure.state == State::Value && is_all_seen),
        grade_figure: figures.grade_figure(&standing.enterprise),
    })
}

/// Square metres as mu, four places at most.
fn mu(m2: &Exact) -> String {
    trimmed(&(m2 * &Exact::whole(15)).share(1, 10_000), 4)
}

/// A number with at most so many places, without zeros at its end.
fn trimmed(number: &Exact, places: usize) -> String {
    let text = number.rounded(places);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
