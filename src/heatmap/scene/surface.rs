//! A surface on the map: its bands, the outlines of the parcels over them, and on top where the
//! amounts are that it was made of.

use geo::MultiPolygon;

use crate::heatmap::cell::Area;
use crate::heatmap::colour::Rgb;
use crate::heatmap::scene::ground::Ground;
use crate::heatmap::scene::shape::{Point, Shape};
use crate::heatmap::scene::sheet::Sheet;
use crate::heatmap::surface::Surface;

/// Outlines of parcels and the ring of a dot, which must be seen on dark bands and on light ones.
const OUTLINE: Rgb = Rgb::hex(0x0047_535f);
/// Radius of a dot, and of the ring around it, in small ems.
const DOT_EM: (f64, f64) = (0.16, 0.24);

/// Draws `surface` under the outlines of `areas`.
pub(super) fn put(sheet: &mut Sheet<'_>, areas: &[Area<'_>], surface: &Surface, ground: &Ground) {
    for band in &surface.bands {
        let each = band.shape.iter().map(|part| Shape::Area {
            rings: ground.rings(part),
            fill: band.colour,
        });
        sheet.shapes.extend(each);
    }
    for area in areas {
        let rings = rings(area.outline.polygons(), ground);
        sheet.shapes.extend(rings.map(|points| Shape::Line {
            points,
            width: 0.8,
            colour: OUTLINE,
        }));
    }
    for spot in &surface.spots {
        let at = ground.point(spot);
        for (em, colour) in [(DOT_EM.1, Rgb::WHITE), (DOT_EM.0, Rgb::INK)] {
            let radius = em * sheet.small;
            sheet.shapes.push(Shape::Dot { at, radius, colour });
        }
    }
}

fn rings<'a>(
    polygons: &'a MultiPolygon<f64>,
    ground: &'a Ground,
) -> impl Iterator<Item = Vec<Point>> + 'a {
    polygons.iter().flat_map(|polygon| ground.rings(polygon))
}
