//! A scene: everything a picture shows, placed in pixels, before anything is painted. What can
//! be asked of a picture (type size, overlaps, contrast, counts) is asked of its scene.

mod backdrop;
mod ground;
mod hatch;
mod label;
mod legend;
mod parcels;
mod shape;
mod sheet;
mod size;

use std::collections::BTreeSet;

use crate::heatmap::cell::{Area, Column};
use crate::heatmap::colour::Rgb;
use crate::heatmap::digest::Digest;
use crate::heatmap::face::Face;
use crate::heatmap::scene::ground::Ground;
use crate::heatmap::scene::legend::Legend;
use crate::heatmap::scene::sheet::{Sheet, height};
use crate::heatmap::shading::Shading;
use crate::heatmap::words;
use crate::park::Name;
use crate::park::backdrop::Thing;

pub use shape::{Point, Rect, Shape, Text};
pub use size::{Size, SizeRefused};

/// Ground of the map around the parcels.
const LAND: Rgb = Rgb::hex(0x00ee_f0f2);

/// A picture before it is painted.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Its size.
    pub size: Size,
    /// Surfaces, lines and dots, in the order of drawing.
    pub shapes: Vec<Shape>,
    /// Texts, drawn over them.
    pub texts: Vec<Text>,
    /// Its title, for those who do not see it.
    pub title: String,
    /// What it says beside the map, as one sentence.
    pub description: String,
    /// The digest of its data.
    pub digest: Digest,
    /// Characters that no font has; they are drawn as boxes.
    pub missing: BTreeSet<char>,
}

/// What stands around the parcels and changes nothing that is said of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Around<'a> {
    /// What is drawn under them.
    pub backdrop: &'a [Thing],
    /// A last line of the foot: who took the picture away, and when.
    pub taken: Option<&'a str>,
}

impl Scene {
    /// Lays a column out; `shading` must be that of the column.
    #[must_use]
    pub fn of(column: &Column<'_>, shading: &Shading, size: Size, face: &Face<'_>) -> Self {
        Self::over(Around::default(), column, shading, size, face)
    }

    /// The same with what stands around it.
    #[must_use]
    pub fn over(
        around: Around<'_>,
        column: &Column<'_>,
        shading: &Shading,
        size: Size,
        face: &Face<'_>,
    ) -> Self {
        let mut sheet = Sheet::new(face, size);
        let digest = Digest::of(column, shading);
        let page = Rect {
            left: 0.0,
            top: 0.0,
            right: f64::from(size.width_px()),
            bottom: f64::from(size.height_px()),
        };
        sheet.shapes.push(Shape::filled(&page, Rgb::WHITE));
        let facts = facts(column, shading);
        let mut sources = sources(column, &digest);
        sources.extend(around.taken.map(str::to_owned));
        let said = (&*facts, &*sources);
        lay_out(&mut sheet, &page, (column, around), shading, said);
        let missing = sheet
            .texts
            .iter()
            .flat_map(|text| face.missing(&text.words))
            .collect();
        let Sheet { shapes, texts, .. } = sheet;
        Self {
            size,
            shapes,
            texts,
            title: column.title.to_string(),
            description: [facts, sources].concat().join("；"),
            digest,
            missing,
        }
    }
}

/// Heading, map, legend and foot; the map gets what the others leave.
fn lay_out(
    sheet: &mut Sheet<'_>,
    page: &Rect,
    (column, around): (&Column<'_>, Around<'_>),
    shading: &Shading,
    (facts, sources): (&[String], &[String]),
) {
    let small = sheet.small;
    let inner = page.inset(1.7 * small);
    let heading = sheet.headline(
        column.title.as_str(),
        (inner.left, inner.top),
        inner.width(),
    );
    let facts_px = 1.1 * small;
    let facts = sheet.flow(facts, facts_px, inner.width());
    let map_top = heading + height(&facts, facts_px) + 0.8 * small;
    sheet.put(facts, facts_px, (inner.left, heading));

    let foot = sheet.flow(sources, small, inner.width());
    let foot_top = inner.bottom - height(&foot, small);
    sheet.put(foot, small, (inner.left, foot_top));

    let unit = words::unit(column.unit.as_ref().map(Name::as_str));
    let legend = Legend::of(shading, &unit, sheet, inner.width() - 2.0 * small);
    let strip_bottom = foot_top - 0.8 * small;
    let strip = Rect {
        top: strip_bottom - legend.height(small),
        bottom: strip_bottom,
        ..inner
    };
    let frame = Rect {
        top: map_top,
        bottom: strip.top,
        ..inner
    };
    let shown = (&*column.areas, shading, &legend);
    map(sheet, (&frame, &strip), around, shown);
}

fn map(
    sheet: &mut Sheet<'_>,
    (frame, strip): (&Rect, &Rect),
    around: Around<'_>,
    (areas, shading, legend): (&[Area<'_>], &Shading, &Legend),
) {
    let small = sheet.small;
    sheet.shapes.push(Shape::filled(frame, LAND));
    let ground = Ground::fitting(areas, &frame.inset(1.5 * small));
    backdrop::put(&mut sheet.shapes, around.backdrop, &ground, frame);
    parcels::put(sheet, areas, shading, &ground);
    sheet.shapes.push(Shape::border(frame, 1.0, legend::FRAME));
    legend.put(sheet, strip, &ground);
}

/// What must be said above the map (house.md, "Every picture prints").
fn facts(column: &Column<'_>, shading: &Shading) -> Vec<String> {
    vec![
        words::unit(column.unit.as_ref().map(Name::as_str)),
        words::period(column.period.as_ref().map(Name::as_str)),
        shading.method.clone(),
        words::valued(shading.counts.valued),
        words::without_data(shading.counts.no_data),
        words::in_all(shading.counts.all),
    ]
}

/// What must be said below it.
fn sources(column: &Column<'_>, digest: &Digest) -> Vec<String> {
    vec![
        words::source(column.source.as_ref().map(Name::as_str)),
        words::as_of(column.as_of),
        words::digest(&digest.short()),
        words::COORDINATES.to_owned(),
    ]
}
