//! The table of a map as CSV, the same rows and roundings as on the screen. Opens with a BOM, so
//! that spreadsheets read UTF-8; cells that a spreadsheet would calculate are made harmless.

use crate::heatmap::{Class, Mark, Shading};
use crate::http::figures::{Figure, Figures, percent};
use crate::http::spreadsheet::harmless;
use crate::park::ParcelId;

use super::wire::state;

const HEAD: [&str; 14] = [
    "rank",
    "parcel",
    "enterprises",
    "value",
    "unit",
    "class",
    "state",
    "change_percent",
    "completeness_percent",
    "period",
    "method",
    "as_of",
    "revision",
    "source",
];

/// The rows, by parcel.
pub(super) fn csv(
    figures: &Figures,
    shading: &Shading,
    method: &str,
) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(HEAD)?;
    for ((parcel, figure), mark) in figures.each().zip(&shading.marks) {
        let class = match mark {
            Mark::Class(Class::Number(class)) => (class + 1).to_string(),
            Mark::Class(Class::Negative) => "0".to_owned(),
            _ => String::new(),
        };
        let revision = figures.revision.map(|revision| revision.to_string());
        writer.write_record([
            figure.rank.map(|rank| rank.to_string()).unwrap_or_default(),
            harmless(parcel.id.as_str()),
            harmless(&names(figures, &parcel.id, figure)),
            figure
                .ratio
                .map(|ratio| ratio.written())
                .or(figure.grade.map(|grade| grade.to_string()))
                .unwrap_or_default(),
            figures.layer.unit().to_owned(),
            class,
            state(figure.state).to_owned(),
            figure.change.clone().unwrap_or_default(),
            figure
                .completeness
                .as_ref()
                .map(percent)
                .unwrap_or_default(),
            figures.shown.to_string(),
            method.to_owned(),
            figures.as_of.to_string(),
            revision.unwrap_or_default(),
            figures.layer.source().to_owned(),
        ])?;
    }
    writer
        .into_inner()
        .map_err(|cause| cause.into_error().into())
}

/// The names of those who stand there; of none that the asker may not see.
fn names(figures: &Figures, parcel: &ParcelId, figure: &Figure) -> String {
    let enterprises = &figures.ground.enterprises;
    let here = figures.holders(parcel, figure).iter();
    let names = here.filter_map(|one| enterprises.get(&one.enterprise));
    names
        .map(|one| one.name.as_str())
        .collect::<Vec<_>>()
        .join("；")
}
