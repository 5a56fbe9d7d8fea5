//! Outlines as text in a column: the coordinates of a GeoJSON `MultiPolygon`, degrees.

use geo::{Coord, LineString, MultiPolygon, Polygon};

use crate::park::outline::Outline;
use crate::units::Mu;

use super::RegistryFault;

type Ring = Vec<[f64; 2]>;

fn ring(line: &LineString<f64>) -> Ring {
    line.coords().map(|at| [at.x, at.y]).collect()
}

/// The text that is kept of an outline.
pub(super) fn outline_text(outline: &Outline) -> String {
    let polygons: Vec<Vec<Ring>> = outline
        .polygons()
        .iter()
        .map(|polygon| {
            let shell = std::iter::once(polygon.exterior());
            shell.chain(polygon.interiors()).map(ring).collect()
        })
        .collect();
    // Arrays of finite numbers always write themselves.
    serde_json::to_string(&polygons).unwrap_or_default()
}

/// The outline that was kept as `text`, with its `area`.
pub(super) fn outline(text: &str, area: Mu) -> Result<Outline, RegistryFault> {
    let polygons: Vec<Vec<Ring>> =
        serde_json::from_str(text).map_err(|cause| RegistryFault::damaged("parcel_fact", cause))?;
    let line = |ring: &Ring| {
        let coords = ring.iter().map(|[x, y]| Coord { x: *x, y: *y });
        LineString::new(coords.collect())
    };
    let polygon = |rings: &Vec<Ring>| {
        let mut lines = rings.iter().map(line);
        let shell = lines.next().unwrap_or_else(|| LineString::new(Vec::new()));
        Polygon::new(shell, lines.collect())
    };
    let polygons = polygons.iter().map(polygon).collect();
    Ok(Outline::restored(MultiPolygon::new(polygons), area))
}
