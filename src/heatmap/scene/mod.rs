//! A scene: everything a picture shows, placed in pixels, before anything is painted. What can
//! be asked of a picture (type size, overlaps, contrast, counts) is asked of its scene.

mod backdrop;
mod ground;
mod hatch;
mod label;
mod legend;
mod listing;
mod parcels;
mod shape;
mod sheet;
mod size;
mod surface;

use std::collections::BTreeSet;

use crate::heatmap::cell::{Area, Column};
use crate::heatmap::colour::Rgb;
use crate::heatmap::digest::Digest;
use crate::heatmap::face::Face;
use crate::heatmap::scene::ground::Ground;
use crate::heatmap::scene::legend::{Legend, Swatch};
use crate::heatmap::scene::sheet::{Sheet, height};
use crate::heatmap::shading::Shading;
use crate::heatmap::surface::{Site, Surface};
use crate::heatmap::words;
use crate::park::Name;
use crate::park::backdrop::Thing;

pub use listing::{Listed, Listing};
pub use shape::{Point, Rect, Shape, Text};
pub use size::{Size, SizeRefused};

/// Ground of the map around the parcels.
const LAND: Rgb = Rgb::hex(0x00ee_f0f2);

/// What of the page's width a map beside a list takes: 290 of 420 mm (screens.md 6, "A3 print").
const MAP_SHARE: f64 = 290.0 / 420.0;

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
    /// More that is said above the map.
    pub facts: &'a [String],
    /// A column to the right of the map: who stands first and who last.
    pub listing: Option<&'a Listing>,
    /// Which of the parcels are looked at; the others are faint. Nothing: all of them, and none marked.
    pub chosen: Option<&'a Chosen>,
}

/// What a hand chose on the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Whether each parcel of the column passes the filter, in their order.
    pub passes: Vec<bool>,
    /// The place of the parcel that is outlined.
    pub selected: Option<usize>,
}

/// What is said around a map, and its swatches.
struct Said<'a> {
    title: &'a str,
    facts: Vec<String>,
    sources: Vec<String>,
    unit: String,
    method: &'a str,
    swatches: Vec<Swatch>,
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
        let digest = Digest::of(column, shading);
        let said = Said {
            title: column.title.as_str(),
            facts: facts(column, shading),
            sources: sources(column, &digest, around),
            unit: words::unit(column.unit.as_ref().map(Name::as_str)),
            method: &shading.method,
            swatches: Swatch::of_shading(shading),
        };
        Self::laid_out(
            (size, face),
            digest,
            (&column.areas, around),
            said,
            |sheet, ground| {
                parcels::put(sheet, &column.areas, shading, ground, around.chosen);
                parcels::put_selected(sheet, &column.areas, ground, around.chosen);
            },
        )
    }

    /// A surface under the outlines of the column's parcels, of which nothing else is shown; `sites`
    /// must be those that it was made of.
    #[must_use]
    pub fn of_surface(
        around: Around<'_>,
        column: &Column<'_>,
        (sites, surface): (&[Site], &Surface),
        size: Size,
        face: &Face<'_>,
    ) -> Self {
        let digest = Digest::of_surface(column, sites, surface);
        let said = Said {
            title: column.title.as_str(),
            facts: vec![
                words::unit(column.unit.as_ref().map(Name::as_str)),
                words::period(column.period.as_ref().map(Name::as_str)),
                words::way(surface.way),
                surface.method.clone(),
                words::spots(surface.spots.len()),
                words::NOT_FOR_ASSESSMENT.to_owned(),
            ],
            sources: sources(column, &digest, around),
            unit: words::unit(column.unit.as_ref().map(Name::as_str)),
            method: &surface.method,
            swatches: Swatch::of_surface(surface),
        };
        Self::laid_out(
            (size, face),
            digest,
            (&column.areas, around),
            said,
            |sheet, ground| {
                surface::put(sheet, &column.areas, surface, ground);
            },
        )
    }

    fn laid_out<'a>(
        (size, face): (Size, &'a Face<'a>),
        digest: Digest,
        land: (&[Area<'_>], Around<'_>),
        said: Said<'_>,
        draw: impl FnOnce(&mut Sheet<'a>, &Ground),
    ) -> Self {
        let mut sheet = Sheet::new(face, size);
        let page = Rect {
            left: 0.0,
            top: 0.0,
            right: f64::from(size.width_px()),
            bottom: f64::from(size.height_px()),
        };
        sheet.shapes.push(Shape::filled(&page, Rgb::WHITE));
        let title = said.title.to_owned();
        let description = [&*said.facts, land.1.facts, &*said.sources]
            .concat()
            .join("；");
        lay_out(&mut sheet, &page, land, said, draw);
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
            title,
            description,
            digest,
            missing,
        }
    }
}

/// Heading, map, legend and foot; the map gets what the others leave.
fn lay_out<'a>(
    sheet: &mut Sheet<'a>,
    page: &Rect,
    (areas, around): (&[Area<'_>], Around<'_>),
    said: Said<'_>,
    draw: impl FnOnce(&mut Sheet<'a>, &Ground),
) {
    let small = sheet.small;
    let inner = page.inset(1.7 * small);
    let heading = sheet.headline(said.title, (inner.left, inner.top), inner.width());
    let facts_px = 1.1 * small;
    let facts = [&*said.facts, around.facts].concat();
    let facts = sheet.flow(&facts, facts_px, inner.width());
    let map_top = heading + height(&facts, facts_px) + 0.8 * small;
    sheet.put(facts, facts_px, (inner.left, heading));

    let foot = sheet.flow(&said.sources, small, inner.width());
    let foot_top = inner.bottom - height(&foot, small);
    sheet.put(foot, small, (inner.left, foot_top));

    let strip_bottom = foot_top - 0.8 * small;
    let listing = around.listing.filter(|listing| !listing.is_empty());
    let left = match listing {
        None => inner,
        Some(listing) => {
            let middle = inner.left + MAP_SHARE * page.width();
            let column = Rect {
                left: middle + 1.5 * small,
                top: map_top,
                bottom: strip_bottom,
                ..inner
            };
            listing.put(sheet, &column);
            Rect {
                right: middle,
                ..inner
            }
        }
    };
    let head = [&*said.unit, said.method];
    let legend = Legend::of(said.swatches, head, sheet, left.width() - 2.0 * small);
    let strip = Rect {
        top: strip_bottom - legend.height(small),
        bottom: strip_bottom,
        ..left
    };
    let frame = Rect {
        top: map_top,
        bottom: strip.top,
        ..left
    };
    sheet.shapes.push(Shape::filled(&frame, LAND));
    let ground = Ground::fitting(areas, &frame.inset(1.5 * small));
    backdrop::put(&mut sheet.shapes, around.backdrop, &ground, &frame);
    draw(sheet, &ground);
    sheet.shapes.push(Shape::border(&frame, 1.0, legend::FRAME));
    legend.put(sheet, &strip, &ground);
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
fn sources(column: &Column<'_>, digest: &Digest, around: Around<'_>) -> Vec<String> {
    let mut sources = vec![
        words::source(column.source.as_ref().map(Name::as_str)),
        words::as_of(column.as_of),
        words::digest(&digest.short()),
        words::COORDINATES.to_owned(),
    ];
    sources.extend(around.taken.map(str::to_owned));
    sources
}
