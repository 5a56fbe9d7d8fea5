//! Figures as the column that `heatmap` classifies and paints.

use std::str::FromStr;

use crate::heatmap::{Area, Cell, Column, Look, Method, Palette, Rounding, Shading};
use crate::http::figures::{Figure, Figures, Layer, Shown, State};
use crate::http::{Problem, Trouble};
use crate::park::Name;

/// The column; its words are those of the pictures.
pub(super) fn column(figures: &Figures) -> Column<'_> {
    let areas = figures.each().map(|(parcel, figure)| Area {
        parcel: &parcel.id,
        outline: &parcel.outline,
        cell: cell(figure),
        grade: None,
        has_gaps: figure.has_gaps(),
    });
    let (layer, source) = match figures.layer {
        Layer::KwhPerMu => ("亩均用电", "平台计量（表底差 × 倍率）"),
        Layer::Freshness => ("数据新鲜度", "平台收到的最近一次读数"),
    };
    let title = format!("{} · {layer}", figures.ground.name);
    Column {
        title: Name::from_str(&title).unwrap_or_else(|_too_long| figures.ground.name.clone()),
        unit: name(figures.layer.unit()),
        period: name(&period(figures)),
        as_of: Some(figures.as_of),
        source: name(source),
        areas: areas.collect(),
    }
}

fn cell(figure: &Figure) -> Cell {
    match (figure.state, &figure.ratio) {
        (State::Value, Some(ratio)) => Cell::Value(ratio.value),
        (State::Value | State::NoData, _) => Cell::NoData,
        (State::NotCounted, _) => Cell::NotCounted,
        (State::Hidden, _) => Cell::Hidden,
    }
}

fn name(text: &str) -> Option<Name> {
    Name::from_str(text).ok()
}

/// The period in words.
fn period(figures: &Figures) -> String {
    let Shown::Month(month) = figures.shown else {
        return "现在".to_owned();
    };
    let state = match &figures.close {
        Some(close) => format!("已结账，第 {} 版", close.revision),
        None => "未结账".to_owned(),
    };
    format!("{}年{}月（{state}）", month.year().number(), month.number())
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
