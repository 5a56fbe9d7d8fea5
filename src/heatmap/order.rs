//! A map from files: the texts of a parcels file and a values file in, a picture and its report
//! out (contract.md 5, `map`). Knows no path: the command reads and writes.

use std::collections::BTreeSet;

use crate::calendar::Moment;
use crate::heatmap::cell::{Area, Cell, Column};
use crate::heatmap::classes::{Method, Rounding};
use crate::heatmap::face::Face;
use crate::heatmap::geojson::geojson;
use crate::heatmap::paint::{Unpainted, pdf, png, svg};
use crate::heatmap::palette::{Palette, PaletteUnknown};
use crate::heatmap::scene::{Scene, Size};
use crate::heatmap::shading::{Look, Shading};
use crate::heatmap::values::{Given, ValueFaults, read_values};
use crate::heatmap::wire::MapReport;
use crate::heatmap::words;
use crate::park::Name;
use crate::park::outline::{CityBox, Crs, Faults, Parcel, ParkProperty, Reading, read_parcels};

/// What a picture is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Raster.
    Png,
    /// Vector, text as outlines.
    Svg,
    /// Vector for paper, text as outlines.
    Pdf,
    /// Geometry with values and colours.
    GeoJson,
}

impl Format {
    /// The format that the end of a file's name asks for.
    #[must_use]
    pub fn of_file(name: &str) -> Option<Self> {
        let (_, end) = name.rsplit_once('.')?;
        match end.to_ascii_lowercase().as_str() {
            "png" => Some(Self::Png),
            "svg" => Some(Self::Svg),
            "pdf" => Some(Self::Pdf),
            "geojson" => Some(Self::GeoJson),
            _ => None,
        }
    }
}

/// All that decides a map from files.
#[derive(Clone, Debug)]
pub struct Order<'a> {
    /// Text of the GeoJSON file.
    pub parcels: &'a str,
    /// Text of the CSV file.
    pub values: &'a str,
    /// Coordinate system of the parcels.
    pub crs: Crs,
    /// Where parcels can lie.
    pub city: CityBox,
    /// How breaks are found; they are not rounded.
    pub method: Method,
    /// Palette of numbers; `None` is [`Palette::DEFAULT`].
    pub palette: Option<&'a str>,
    /// Headline; `None` is a plain one.
    pub title: Option<Name>,
    /// Unit of the values.
    pub unit: Option<Name>,
    /// Period in words.
    pub period: Option<Name>,
    /// When the values were read.
    pub as_of: Option<Moment>,
    /// Where the values come from.
    pub source: Option<Name>,
    /// Pixels.
    pub size: Size,
    /// What to write.
    pub format: Format,
}

/// A painted map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// The file to write.
    pub bytes: Vec<u8>,
    /// What `--json` prints.
    pub report: String,
    /// Characters that no font has; they are boxes in the picture.
    pub missing: BTreeSet<char>,
}

/// Why there is no map.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum OrderRefused {
    /// Faults of the parcels file.
    #[error(transparent)]
    Parcels(#[from] Faults),
    /// Faults of the values file.
    #[error(transparent)]
    Values(#[from] ValueFaults),
    /// No such palette.
    #[error(transparent)]
    Palette(#[from] PaletteUnknown),
    /// The canvas refused.
    #[error(transparent)]
    Paint(#[from] Unpainted),
}

impl Order<'_> {
    /// Reads, classifies, lays out and paints.
    ///
    /// # Errors
    /// Every fault of a file, with its row; nothing is painted then.
    pub fn paint(self, face: &Face<'_>) -> Result<Product, OrderRefused> {
        let reading = Reading {
            crs: self.crs,
            city: self.city,
            park: ParkProperty::Optional,
        };
        let parcels = read_parcels(self.parcels, &reading)?;
        let areas = areas(&parcels, self.values)?;
        let column = Column {
            title: match self.title {
                Some(title) => title,
                None => Name::fixed(words::UNTITLED),
            },
            unit: self.unit,
            period: self.period,
            as_of: self.as_of,
            source: self.source,
            areas,
        };
        let look = Look {
            method: &self.method,
            rounding: Rounding::Exact,
            palette: &Palette::named(self.palette.unwrap_or(Palette::DEFAULT))?,
            grades: &Palette::named(Palette::GRADES)?,
        };
        let shading = Shading::of(&column, &look);
        let scene = Scene::of(&column, &shading, self.size, face);
        let bytes = match self.format {
            Format::Png => png(&scene, face)?,
            Format::Svg => svg(&scene, face)?.into_bytes(),
            Format::Pdf => pdf(&scene, face)?,
            Format::GeoJson => geojson(&column, &shading, None).into_bytes(),
        };
        let report = MapReport::of(&column, &look, &shading, &scene)
            .text()
            .map_err(|cause| Unpainted {
                detail: cause.to_string(),
            })?;
        Ok(Product {
            bytes,
            report,
            missing: scene.missing,
        })
    }
}

/// Each parcel with what the values file gives it.
fn areas<'a>(parcels: &'a [Parcel], values: &str) -> Result<Vec<Area<'a>>, ValueFaults> {
    let known: BTreeSet<&str> = parcels
        .iter()
        .map(|parcel| parcel.parcel.as_str())
        .collect();
    let given = read_values(values, |parcel| known.contains(parcel))?;
    Ok(parcels
        .iter()
        .map(|parcel| Area {
            parcel: &parcel.parcel,
            outline: &parcel.outline,
            cell: cell(parcel, given.get(&parcel.parcel).copied()),
            grade: None,
            has_gaps: false,
        })
        .collect())
}

fn cell(parcel: &Parcel, given: Option<Given>) -> Cell {
    let state = parcel.state.as_ref().map(Name::as_str);
    match given {
        Some(Given::Value(value)) => Cell::Value(value),
        Some(Given::Grade(grade)) => Cell::Grade(grade),
        Some(Given::Nothing) | None => {
            if state.is_some_and(|state| words::LAND_NOT_COUNTED.contains(&state)) {
                Cell::NotCounted
            } else {
                Cell::NoData
            }
        }
    }
}
