//! Outlines for drawing: less than half the text of GeoJSON, and numbers that a browser reads in a
//! tenth of the time. Nothing is lost of what is worth a centimetre. Knows no page and no colour.

use std::fmt::Write;

use geo::{Coord, LineString};

use crate::calendar::Moment;
use crate::park::Parcel;
use crate::units::convert::pixel;

/// Steps in a degree: of a centimetre. 180 degrees of them stay below 2^31.
const DEGREE: f64 = 10_000_000.0;

/// Where the text stands: each ring begins from the first corner of the one before.
#[derive(Debug)]
pub(super) struct Compact {
    corner: [i64; 2],
}

impl Compact {
    /// What stands before the first parcel; behind the last one stands `]}`. `as_of` says when an
    /// outline of these last changed.
    pub(super) fn opening(as_of: Option<Moment>) -> String {
        let as_of = as_of.map_or_else(|| "null".to_owned(), |at| format!("\"{at}\""));
        format!("{{\"degree\":10000000,\"as_of\":{as_of},\"parcels\":[")
    }

    /// Before the first parcel.
    pub(super) const fn new() -> Self {
        Self { corner: [0, 0] }
    }

    /// Adds a parcel with all its rings, holes too: what an odd number of them surrounds is inside.
    pub(super) fn write(&mut self, parcel: &Parcel, to: &mut String) {
        // An id needs no escape (contract.md 2). Writing to a string cannot fail.
        let _written = write!(to, "[\"{}\",[", parcel.id);
        let polygons = parcel.outline.polygons().iter();
        let rings = polygons
            .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
        for (place, ring) in rings.enumerate() {
            to.push_str(if place == 0 { "[" } else { ",[" });
            self.write_ring(ring, to);
            to.push(']');
        }
        to.push_str("]]");
    }

    /// The last corner is the first and is left out.
    fn write_ring(&mut self, ring: &LineString<f64>, to: &mut String) {
        let corners = ring.0.split_last().map_or(&[][..], |(_, open)| open);
        let mut before = self.corner;
        for (place, corner) in corners.iter().enumerate() {
            let here = steps(corner);
            let comma = if place == 0 { "" } else { "," };
            let [x, y] = [here[0] - before[0], here[1] - before[1]];
            let _written = write!(to, "{comma}{x},{y}");
            before = here;
            if place == 0 {
                self.corner = here;
            }
        }
    }
}

fn steps(corner: &Coord<f64>) -> [i64; 2] {
    [corner.x, corner.y].map(|degrees| i64::from(pixel((degrees * DEGREE).round())))
}
