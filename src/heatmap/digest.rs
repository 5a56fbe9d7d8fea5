//! The digest (核对码) of a map: SHA-256 of all that it shows, so that a printed picture can be
//! compared with its data.

use std::fmt;

use geo::CoordsIter;
use sha2::{Digest as _, Sha256};

use crate::heatmap::cell::{Area, Cell, Column};
use crate::heatmap::classes::Class;
use crate::heatmap::shading::Shading;
use crate::park::Name;

/// SHA-256 of a map's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of a column and its classes.
    ///
    /// Over lines of text, each ended by a newline and its fields parted by tabs (names hold
    /// neither): `parkpulse map 1`; title, unit, period, as-of, source, method; the breaks; then
    /// each parcel by id: id, cell, grade, gaps, and the digits of its outline's degrees as the
    /// 16 hex digits of each IEEE double. Absent fields are empty.
    #[must_use]
    pub fn of(column: &Column<'_>, shading: &Shading) -> Self {
        let mut hash = Sha256::new();
        let mut line = |fields: &[String]| {
            hash.update(fields.join("\t"));
            hash.update("\n");
        };
        let text =
            |name: &Option<Name>| name.as_ref().map_or_else(String::new, ToString::to_string);
        line(&["parkpulse map 1".to_owned()]);
        line(&[
            column.title.to_string(),
            text(&column.unit),
            text(&column.period),
            column.as_of.map_or_else(String::new, |at| at.to_string()),
            text(&column.source),
            shading.method.clone(),
        ]);
        let breaks = shading.breaks().iter();
        line(
            &breaks
                .map(|at| at.normalize().to_string())
                .collect::<Vec<_>>(),
        );
        let mut areas: Vec<&Area<'_>> = column.areas.iter().collect();
        areas.sort_by_key(|area| area.parcel);
        for area in areas {
            line(&fields(area));
        }
        Self(hash.finalize().into())
    }

    /// A digest whose bytes another file of this room has made.
    pub(super) const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The first eight bytes, as printed on a picture.
    #[must_use]
    pub fn short(&self) -> String {
        let hex = self.to_string();
        let (first, rest) = hex.split_at_checked(8).unwrap_or_default();
        let second = rest.get(..8).unwrap_or_default();
        format!("{first} {second}")
    }
}

fn fields(area: &Area<'_>) -> [String; 5] {
    let cell = match area.cell {
        Cell::Value(value) => value.normalize().to_string(),
        Cell::Band(Class::Negative) => "band negative".to_owned(),
        Cell::Band(Class::Number(class)) => format!("band {}", class + 1),
        Cell::Grade(grade) => grade.to_string(),
        Cell::Category(category) => format!("category {}", category.code()),
        Cell::NoData => "no_data".to_owned(),
        Cell::NotCounted => "not_counted".to_owned(),
        Cell::Hidden => "hidden".to_owned(),
        Cell::Neighbour => "neighbour".to_owned(),
    };
    let mut outline = String::new();
    for coord in area.outline.polygons().coords_iter() {
        for degrees in [coord.x, coord.y] {
            outline.push_str(&hex::encode(degrees.to_be_bytes()));
        }
    }
    [
        area.parcel.to_string(),
        cell,
        area.grade
            .map_or_else(String::new, |grade| grade.to_string()),
        area.has_gaps.to_string(),
        outline,
    ]
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}
