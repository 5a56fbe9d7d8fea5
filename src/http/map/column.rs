//! Figures as the column that `heatmap` classifies and paints.

use std::str::FromStr;

use crate::calendar::Year;
use crate::heatmap::{Area, Cell, Column, Look, Method, Palette, Rounding, Shading};
use crate::http::figures::{Figure, Figures, Layer, Shown, State};
use crate::http::{Problem, Trouble};
use crate::ledger::figure::AccountPeriod;
use crate::park::Name;
use crate::text::{Language, filled, sentence};

/// The column; its words are those of the pictures.
pub(in crate::http) fn column(figures: &Figures, lettered: bool) -> Column<'_> {
    let areas = figures.each().map(|(parcel, figure)| Area {
        parcel: &parcel.id,
        outline: &parcel.outline,
        cell: cell(figure, figures.against.is_some()),
        grade: figures.letter(&parcel.id).filter(|_| lettered),
        has_gaps: figure.has_gaps(),
    });
    let (layer, source) = words(figures.layer);
    let layer = match figures.against {
        Some(_) => filled(const { said("picture.difference_of") }, &[("layer", layer)]),
        None => layer.to_owned(),
    };
    let title = format!("{} · {layer}", figures.ground.name);
    Column {
        title: Name::from_str(&title).unwrap_or_else(|_too_long| figures.ground.name.clone()),
        unit: name(figures.layer.unit()),
        period: name(&period(figures)),
        as_of: Some(figures.as_of),
        source: name(&sources(figures, source, lettered)),
        areas: areas.collect(),
    }
}

/// Where the values come from, and what the letters in the parcels are.
fn sources(figures: &Figures, source: &str, lettered: bool) -> String {
    match figures.rated.filter(|_| lettered) {
        None => source.to_owned(),
        Some(year) => {
            let year = year.to_string();
            let values = [("source", source), ("year", &*year)];
            filled(const { said("picture.lettered") }, &values)
        }
    }
}

/// A layer's name, and where its values come from.
const fn words(layer: Layer) -> (&'static str, &'static str) {
    match layer {
        Layer::TaxPerMu => (
            const { said("layer.tax_per_mu") },
            const { said("picture.from_statements") },
        ),
        Layer::OutputPerMu => (
            const { said("layer.output_per_mu") },
            const { said("picture.from_statements") },
        ),
        Layer::EnergyPerMu => (
            const { said("layer.energy_per_mu") },
            const { said("picture.from_registers") },
        ),
        Layer::EnergyPerOutput => (
            const { said("layer.energy_per_output") },
            const { said("picture.from_both") },
        ),
        Layer::Grade => (
            const { said("layer.grade") },
            const { said("picture.from_rating") },
        ),
        Layer::KwhPerMu => (
            const { said("layer.kwh_per_mu") },
            const { said("picture.from_registers") },
        ),
        Layer::Load => (
            const { said("layer.load_per_mu") },
            const { said("picture.from_latest") },
        ),
        Layer::Freshness => (
            const { said("layer.freshness") },
            const { said("picture.from_latest") },
        ),
        Layer::LandState => (
            const { said("layer.land_state") },
            const { said("picture.from_registered") },
        ),
        Layer::BeyondLimits => (
            const { said("layer.beyond_limits") },
            const { said("picture.from_quarantine") },
        ),
    }
}

/// A sentence of the picture's language.
const fn said(key: &str) -> &'static str {
    sentence(Language::Chinese, key)
}

fn cell(figure: &Figure, is_difference: bool) -> Cell {
    if is_difference && figure.state == State::Value {
        return figure.difference().map_or(Cell::NoData, Cell::Value);
    }
    if let Some(grade) = figure.grade {
        return Cell::Grade(grade);
    }
    if let Some(category) = figure.category {
        return Cell::Category(category);
    }
    match (figure.state, &figure.ratio, figure.band) {
        (State::Value, Some(ratio), _) => Cell::Value(ratio.value),
        (State::Band, _, Some(band)) => Cell::Band(band),
        (State::Value | State::Band | State::NoData, ..) => Cell::NoData,
        (State::NotCounted, ..) => Cell::NotCounted,
        (State::Hidden, ..) => Cell::Hidden,
    }
}

fn name(text: &str) -> Option<Name> {
    Name::from_str(text).ok()
}

/// The period in words.
fn period(figures: &Figures) -> String {
    let Shown::Period(period) = figures.shown else {
        return const { said("picture.now") }.to_owned();
    };
    let state = match figures.revision {
        Some(revision) => filled(
            const { said("picture.closed") },
            &[("revision", &revision.to_string())],
        ),
        None => const { said("picture.open") }.to_owned(),
    };
    let values = [("period", &*in_words(period)), ("state", &*state)];
    let shown = filled(const { said("picture.period_state") }, &values);
    match figures.against {
        None => shown,
        Some(base) => {
            let values = [("period", &*shown), ("base", &*in_words(base))];
            if figures.has_base() {
                filled(const { said("picture.against") }, &values)
            } else {
                filled(const { said("picture.against_none") }, &values)
            }
        }
    }
}

fn in_words(period: AccountPeriod) -> String {
    let year = |year: Year| year.number().to_string();
    match period {
        AccountPeriod::Year(one) => filled(const { said("picture.year") }, &[("year", &year(one))]),
        AccountPeriod::Month(one) => {
            let values = [
                ("year", &*year(one.year())),
                ("month", &*one.number().to_string()),
            ];
            filled(const { said("picture.month") }, &values)
        }
        AccountPeriod::HalfYear(one, half) => {
            let values = [("year", &*year(one)), ("half", &*half.to_string())];
            filled(const { said("picture.half_year") }, &values)
        }
    }
}

/// The column's classes and colours: the same for browser, pictures and files. Breaks are rounded
/// as pages show them (house.md, "Classes").
pub(super) fn shading(
    column: &Column<'_>,
    method: &Method,
    palette: &Palette,
) -> Result<Shading, Problem> {
    let grades = Palette::named(Palette::GRADES).map_err(|fault| {
        tracing::error!(%fault, "pages: the palette of grades is missing");
        Problem::new(Trouble::Internal, "the palettes of this build are faulty")
    })?;
    let look = Look {
        method,
        rounding: Rounding::TwoDigits,
        palette,
        grades: &grades,
    };
    Ok(Shading::of(column, &look))
}
