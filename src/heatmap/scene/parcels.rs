//! Parcels on the map: ground, pattern, border, and what is written in them.

use crate::heatmap::cell::{Area, Cell};
use crate::heatmap::classes::Class;
use crate::heatmap::colour::Rgb;
use crate::heatmap::figure::brief;
use crate::heatmap::scene::Chosen;
use crate::heatmap::scene::ground::Ground;
use crate::heatmap::scene::hatch::{Slope, bounds, dots, lines};
use crate::heatmap::scene::label::room;
use crate::heatmap::scene::shape::{ASCENT_EM, DESCENT_EM, Point, Rect, Shape, Text};
use crate::heatmap::scene::sheet::Sheet;
use crate::heatmap::shading::{Entry, Mark, Pattern, Shading};
use crate::heatmap::words;

/// Lines of hatching, and borders of swatches.
pub(super) const HATCH: Rgb = Rgb::hex(0x007d_8894);
/// Borders of parcels.
const BORDER: Rgb = Rgb::hex(0x0047_535f);
/// Parcels narrower than this are not written in (screens.md 6, "In the parcel").
const WRITTEN_MIN_PX: f64 = 18.0;
/// Between text and border, in small ems.
const AIR_EM: f64 = 0.3;
/// Between two lines in a parcel.
const LINE_GAP_PX: f64 = 1.0;
/// From this many parcels on, borders are drawn thin.
const CROWD: usize = 1000;

/// What is not looked at, as the page fades it.
const FADED: Rgb = Rgb::hex(0x00ec_eff2);
/// The line around the selected parcel, on a wider white one (screens.md 6, "In the parcel").
const SELECTED: Rgb = Rgb::hex(0x000b_2f6b);

/// Draws every parcel of `areas`, whose marks are the shading's; those that were not `chosen` faint.
pub(super) fn put(
    sheet: &mut Sheet<'_>,
    areas: &[Area<'_>],
    shading: &Shading,
    ground: &Ground,
    chosen: Option<&Chosen>,
) {
    let border = if areas.len() < CROWD { 1.2 } else { 0.6 };
    for (place, (area, mark)) in areas.iter().zip(&shading.marks).enumerate() {
        let is_faded = chosen.is_some_and(|chosen| chosen.passes.get(place) == Some(&false));
        if is_faded {
            for polygon in area.outline.polygons().iter() {
                let rings = ground.rings(polygon);
                patterned(
                    &mut sheet.shapes,
                    &rings,
                    FADED,
                    Pattern::Plain,
                    sheet.small,
                );
                outlined(&mut sheet.shapes, &rings, border, BORDER);
            }
            continue;
        }
        let Some(entry) = shading.entry(*mark) else {
            continue;
        };
        let pattern = if area.has_gaps && entry.pattern == Pattern::Plain {
            Pattern::Dots
        } else {
            entry.pattern
        };
        let parts: Vec<Vec<Vec<Point>>> = area
            .outline
            .polygons()
            .iter()
            .map(|polygon| ground.rings(polygon))
            .collect();
        for rings in &parts {
            patterned(&mut sheet.shapes, rings, entry.ground, pattern, sheet.small);
            outlined(&mut sheet.shapes, rings, border, BORDER);
        }
        let boxed = parts.iter().map(|rings| (rings, bounds(rings)));
        let largest = boxed
            .max_by(|(_, a), (_, b)| (a.width() * a.height()).total_cmp(&(b.width() * b.height())));
        if let Some((rings, bounds)) = largest {
            write(sheet, area, entry, pattern, (rings, &bounds));
        }
    }
}

/// The selected parcel's lines, over all others.
pub(super) fn put_selected(
    sheet: &mut Sheet<'_>,
    areas: &[Area<'_>],
    ground: &Ground,
    chosen: Option<&Chosen>,
) {
    let place = chosen.and_then(|chosen| chosen.selected);
    let Some(area) = place.and_then(|place| areas.get(place)) else {
        return;
    };
    for polygon in area.outline.polygons().iter() {
        let rings = ground.rings(polygon);
        outlined(&mut sheet.shapes, &rings, 6.0, Rgb::WHITE);
        outlined(&mut sheet.shapes, &rings, 4.0, SELECTED);
    }
}

fn outlined(shapes: &mut Vec<Shape>, rings: &[Vec<Point>], width: f64, colour: Rgb) {
    shapes.extend(rings.iter().map(|ring| Shape::Line {
        points: ring.clone(),
        width,
        colour,
    }));
}

/// A surface with its pattern.
pub(super) fn patterned(
    shapes: &mut Vec<Shape>,
    rings: &[Vec<Point>],
    fill: Rgb,
    pattern: Pattern,
    small: f64,
) {
    shapes.push(Shape::Area {
        rings: rings.to_vec(),
        fill,
    });
    let gap = 0.5 * small;
    let mut hatch = |slope| {
        shapes.extend(
            lines(rings, gap, slope)
                .into_iter()
                .map(|piece| Shape::Line {
                    points: piece.to_vec(),
                    width: 0.09 * small,
                    colour: HATCH,
                }),
        );
    };
    match pattern {
        Pattern::Plain => {}
        Pattern::Hatch => hatch(Slope::Rising),
        Pattern::Cross => {
            hatch(Slope::Rising);
            hatch(Slope::Falling);
        }
        Pattern::Dots => {
            let radius = 0.1 * small;
            let colour = fill.ink();
            shapes.extend(dots(rings, gap, radius).into_iter().map(|at| Shape::Dot {
                at,
                radius,
                colour,
            }));
        }
    }
}

/// The lines of text that belong into a parcel, with their share of the small type.
fn wanted(area: &Area<'_>, mark: Option<Mark>) -> Vec<(String, f64)> {
    let class_number = || match mark {
        Some(Mark::Class(Class::Number(class))) => Some((class + 1).to_string()),
        Some(Mark::Class(Class::Negative)) => Some(words::NEGATIVE_SHORT.to_owned()),
        _ => None,
    };
    match (area.cell, area.grade) {
        // The class' number, so that a grey copy can be read; there is nothing more to tell.
        (Cell::Band(_), None) => class_number()
            .map(|number| (number, 1.0))
            .into_iter()
            .collect(),
        (Cell::Category(category), _) => vec![(category.mark().to_owned(), 1.3)],
        (Cell::Grade(grade), _) => vec![(grade.letter().to_owned(), 1.3)],
        (Cell::Value(_) | Cell::Band(_), Some(grade)) => {
            let letter = (grade.letter().to_owned(), 1.3);
            std::iter::once(letter)
                .chain(class_number().map(|number| (number, 1.0)))
                .collect()
        }
        // Too few to be classified are too few to be told one by one.
        (Cell::Value(value), None) if class_number().is_some() => vec![(brief(value), 1.0)],
        _ => Vec::new(),
    }
}

/// Writes into a parcel what finds room wholly inside, in large type or small; else nothing.
fn write(
    sheet: &mut Sheet<'_>,
    area: &Area<'_>,
    entry: &Entry,
    pattern: Pattern,
    (rings, bounds): (&[Vec<Point>], &Rect),
) {
    let lines = wanted(area, entry.mark);
    if lines.is_empty() || bounds.width().min(bounds.height()) < WRITTEN_MIN_PX {
        return;
    }
    let choices = [(lines.len(), 1.2), (lines.len(), 1.0), (1, 1.2), (1, 1.0)];
    for (count, share) in choices {
        let set: Vec<(&str, f64, f64)> = lines
            .iter()
            .take(count)
            .map(|(words, em)| {
                let px = (em * share * sheet.small).min(1.6 * sheet.small);
                (words.as_str(), px, sheet.face.width(words, px))
            })
            .collect();
        let width = set.iter().map(|(_, _, width)| *width).fold(0.0, f64::max);
        let line = |px: f64| px * (ASCENT_EM + DESCENT_EM) + LINE_GAP_PX;
        let height: f64 = set.iter().map(|(_, px, _)| line(*px)).sum();
        // Air around, so that no letter touches the border.
        let roomy = width + 2.0 * AIR_EM * sheet.small;
        let Some(place) = room(rings, bounds, roomy, height + AIR_EM * sheet.small) else {
            continue;
        };
        if pattern == Pattern::Dots {
            sheet.shapes.push(Shape::filled(&place, entry.ground));
        }
        let mut top = place.top + 0.5 * AIR_EM * sheet.small;
        for (words, px, taken) in set {
            let left = f64::midpoint(place.left, place.right) - taken / 2.0;
            let text = Text::new(words.to_owned(), px, (left, top), taken);
            sheet.texts.push(text.on(entry.ground));
            top += line(px);
        }
        return;
    }
}
