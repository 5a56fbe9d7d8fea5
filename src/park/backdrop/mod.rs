//! The backdrop of a map: the park's limit, green, water and roads, drawn under its parcels so that
//! people know where they are. From a GeoJSON file of the installation's own; no map of anybody else.
//!
//! Knows no parcel: nothing is measured, counted or worked out by it.

mod file;

use std::str::FromStr;

use geo::Coord;

use crate::park::{Name, ParkId};

use file::{CollectionFile, FeatureFile, GeometryFile, KindFile};

/// Roads wider than this are a slip of the pen, metres.
const WIDTH_MAX_M: f64 = 200.0;
/// More corners in a file than this are no drawing.
const CORNERS_MAX: usize = 100_000;

/// What a thing of the backdrop is; in the order of drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Lawns, banks.
    Green,
    /// Rivers, lakes.
    Water,
    /// The middle line of a road.
    Road,
    /// Where the park ends.
    Limit,
}

impl Kind {
    /// Its code, as files write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Water => "water",
            Self::Road => "road",
            Self::Limit => "limit",
        }
    }
}

/// A thing of the backdrop.
#[derive(Clone, Debug, PartialEq)]
pub struct Thing {
    /// In which park.
    pub park: ParkId,
    /// What it is.
    pub kind: Kind,
    /// What it is called.
    pub name: Option<Name>,
    /// Of a road, metres; 0 of everything else.
    pub width_m: f64,
    /// Corners in degrees, CGCS2000: the closed rings of a surface, or the one line of a road.
    pub lines: Vec<Vec<Coord<f64>>>,
}

/// A backdrop that cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum BackdropRefused {
    /// Not such a file.
    #[error("not a GeoJSON file of a backdrop")]
    Unreadable(#[from] serde_json::Error),
    /// One feature is wrong.
    #[error("feature {place}: {what}")]
    Feature {
        /// Its place in the file, from 1.
        place: usize,
        /// What is wrong with it.
        what: &'static str,
    },
}

/// The things of a file, in the order of drawing.
///
/// # Errors
/// The first feature that cannot be drawn; nothing of a faulty file is used.
pub fn read_backdrop(text: &str) -> Result<Vec<Thing>, BackdropRefused> {
    let file: CollectionFile = serde_json::from_str(text)?;
    let features = (1..).zip(file.features);
    let things = features.map(|(place, feature)| {
        thing(feature).map_err(|what| BackdropRefused::Feature { place, what })
    });
    let mut things = things.collect::<Result<Vec<_>, _>>()?;
    let corners = things.iter().flat_map(|thing| &thing.lines);
    if corners.map(Vec::len).sum::<usize>() > CORNERS_MAX {
        let what = "more than 100,000 corners in all; draw it more simply";
        return Err(BackdropRefused::Feature { place: 1, what });
    }
    things.sort_by_key(|thing| thing.kind);
    Ok(things)
}

fn thing(feature: FeatureFile) -> Result<Thing, &'static str> {
    let FeatureFile {
        properties,
        geometry,
    } = feature;
    let kind = match properties.kind {
        KindFile::Limit => Kind::Limit,
        KindFile::Green => Kind::Green,
        KindFile::Water => Kind::Water,
        KindFile::Road => Kind::Road,
    };
    let (lines, is_line) = match geometry {
        GeometryFile::Polygon { coordinates } => (coordinates, false),
        GeometryFile::LineString { coordinates } => (vec![coordinates], true),
    };
    if is_line != (kind == Kind::Road) {
        return Err("a road is a LineString, everything else a Polygon");
    }
    let width_m = properties.width_m.unwrap_or(0.0);
    let is_road = kind == Kind::Road;
    if !(0.0..=WIDTH_MAX_M).contains(&width_m) || is_road != (width_m > 0.0) {
        return Err("a road has a width_m above 0 and at most 200, and nothing else has one");
    }
    let name = properties.name.as_deref().map(Name::from_str).transpose();
    Ok(Thing {
        park: properties
            .park
            .parse()
            .map_err(|_cause| "park is not an id")?,
        kind,
        name: name.map_err(|_cause| "name is not a name")?,
        width_m,
        lines: lines
            .into_iter()
            .map(|line| corners(line, if is_road { 2 } else { 4 }))
            .collect::<Result<_, _>>()?,
    })
}

fn corners(line: Vec<[f64; 2]>, least: usize) -> Result<Vec<Coord<f64>>, &'static str> {
    if line.len() < least {
        return Err("a line has two corners, a ring four with the first one again");
    }
    let within = |[x, y]: &[f64; 2]| x.abs() <= 180.0 && y.abs() <= 90.0;
    if !line.iter().all(within) {
        return Err("coordinates are not degrees, longitude first");
    }
    Ok(line.into_iter().map(|[x, y]| Coord { x, y }).collect())
}
