//! Painting a scene: drawn once, through plotters' drawing API, on either canvas.
//!
//! The API counts in whole units; ours are hundredths of a pixel, so that outlines and letters
//! keep their shape. Text is drawn as the outlines of its letters, on both canvases alike.

mod pdf;
mod png;
mod svg;

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{Circle, PathElement, Polygon};
use plotters::prelude::IntoDrawingArea;
use plotters::style::{RGBColor, ShapeStyle};
use plotters_backend::DrawingBackend;

use crate::heatmap::colour::Rgb;
use crate::heatmap::face::Face;
use crate::heatmap::scene::{Point, Scene, Shape};
use crate::units::convert::pixel;

pub use pdf::pdf;
pub use png::png;
pub use svg::svg;

/// A picture that could not be painted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the picture could not be painted: {detail}; try a smaller size")]
pub struct Unpainted {
    /// What the canvas said.
    pub detail: String,
}

/// Units of a pixel.
const UNITS: f64 = 100.0;

/// A place in units.
type Spot = (i32, i32);

fn spot(point: &Point) -> Spot {
    (
        pixel((point.x * UNITS).round()),
        pixel((point.y * UNITS).round()),
    )
}

/// A length in units, at least one.
fn length(px: f64) -> u32 {
    u32::try_from(pixel((px * UNITS).round())).map_or(1, |units| units.max(1))
}

fn style(colour: Rgb, filled: bool, stroke_width: u32) -> ShapeStyle {
    ShapeStyle {
        color: RGBColor(colour.red, colour.green, colour.blue).into(),
        filled,
        stroke_width,
    }
}

/// Several rings as one: out from ring to ring and back on the same way, so that the way
/// encloses nothing and holes stay holes.
fn chained(rings: &[Vec<Point>]) -> Vec<Spot> {
    let mut chain: Vec<Spot> = rings.iter().flatten().map(spot).collect();
    let returns = rings.iter().rev().skip(1).filter_map(|ring| ring.first());
    chain.extend(returns.map(spot));
    chain
}

/// Draws the whole scene on any canvas.
fn draw<B: DrawingBackend>(scene: &Scene, face: &Face<'_>, canvas: B) -> Result<(), Unpainted> {
    let area = canvas.into_drawing_area();
    for shape in &scene.shapes {
        draw_shape(&area, shape)?;
    }
    for text in &scene.texts {
        let ink = style(text.ink, true, 1);
        for glyph in face.contours(&text.words, text.px, text.origin) {
            done(area.draw(&Polygon::new(chained(&glyph), ink)))?;
        }
    }
    done(area.present())
}

fn draw_shape<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    shape: &Shape,
) -> Result<(), Unpainted> {
    match shape {
        Shape::Area { rings, fill } => {
            done(area.draw(&Polygon::new(chained(rings), style(*fill, true, 1))))
        }
        Shape::Line {
            points,
            width,
            colour,
        } => {
            let points: Vec<Spot> = points.iter().map(spot).collect();
            done(area.draw(&PathElement::new(
                points,
                style(*colour, false, length(*width)),
            )))
        }
        Shape::Dot { at, radius, colour } => {
            let circle = Circle::new(spot(at), length(*radius), style(*colour, true, 1));
            done(area.draw(&circle))
        }
    }
}

fn done<E: std::error::Error>(result: Result<(), E>) -> Result<(), Unpainted> {
    result.map_err(|cause| Unpainted {
        detail: cause.to_string(),
    })
}
