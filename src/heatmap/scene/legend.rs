//! The strip under the map: unit and method, a swatch with range and count for each entry, the
//! scale and north. It never lies over parcels.

use crate::heatmap::colour::Rgb;
use crate::heatmap::scene::ground::Ground;
use crate::heatmap::scene::parcels::{HATCH, patterned};
use crate::heatmap::scene::shape::{DESCENT_EM, LINE_EM, Point, Rect, Shape, Text};
use crate::heatmap::scene::sheet::Sheet;
use crate::heatmap::shading::{Entry, Mark, Pattern, Shading};
use crate::heatmap::surface::Surface;
use crate::heatmap::words;
use crate::units::convert::len_as_f64;

/// Height of a swatch, in small ems.
const SWATCH_EM: f64 = 1.4;
/// Least width of a swatch, in small ems.
const SWATCH_WIDTH_EM: f64 = 4.4;
/// Between cells, in small ems.
const GAP_EM: f64 = 1.3;
/// Width kept for scale and north, in small ems.
const SCALE_EM: f64 = 13.0;

/// The strip, laid out but not yet put anywhere.
#[derive(Debug)]
pub(super) struct Legend {
    head: [String; 2],
    head_width: f64,
    /// Where the first cell stands, from the upper left corner of the inside.
    first: (f64, f64),
    /// Rows of cells: swatch, left edge from the first cell's, width.
    rows: Vec<Vec<(Swatch, f64, f64)>>,
}

/// One cell of the strip.
#[derive(Clone, Debug)]
pub(super) struct Swatch {
    ground: Rgb,
    pattern: Pattern,
    /// Written into it.
    letter: Option<&'static str>,
    /// Written under it.
    captions: Vec<String>,
}

impl Swatch {
    /// Those of a column's classes and states; a grade's letter stands in its swatch.
    pub(super) fn of_shading(shading: &Shading) -> Vec<Self> {
        let of = |entry: &Entry| {
            let count = words::parcels(entry.count);
            let (letter, captions) = match entry.mark {
                Some(Mark::Grade(grade)) => (Some(grade.letter()), vec![count]),
                Some(Mark::Category(category)) => {
                    (Some(category.mark()), vec![entry.label.clone(), count])
                }
                _ => (None, vec![entry.label.clone(), count]),
            };
            Self {
                ground: entry.ground,
                pattern: entry.pattern,
                letter,
                captions,
            }
        };
        shading.legend.iter().map(of).collect()
    }

    /// Those of a surface's bands, with their part of the land.
    pub(super) fn of_surface(surface: &Surface) -> Vec<Self> {
        let bands = surface.bands.iter();
        let of = bands.map(|band| Self {
            ground: band.colour,
            pattern: Pattern::Plain,
            letter: None,
            captions: vec![band.label.clone(), words::of_land(band.percent)],
        });
        of.collect()
    }
}

impl Legend {
    /// Lays the swatches out in rows for a strip of `width`; `head`: unit and method.
    pub(super) fn of(
        swatches: Vec<Swatch>,
        head: [&str; 2],
        sheet: &Sheet<'_>,
        width: f64,
    ) -> Self {
        let small = sheet.small;
        let cap = 0.26 * width;
        let head = head.map(|words| sheet.face.fitted(words, small, cap));
        let head_width = head
            .iter()
            .map(|words| sheet.face.width(words, small))
            .fold(0.0, f64::max);
        let beside = width - head_width - (SCALE_EM + 3.0 * GAP_EM) * small;
        // On a narrow strip head and scale get a line of their own.
        let (room, first) = if beside < 0.5 * width {
            (width, (0.0, (2.0 * LINE_EM + 0.8) * small))
        } else {
            (beside, (head_width + 1.5 * GAP_EM * small, 0.0))
        };
        let mut rows: Vec<Vec<(Swatch, f64, f64)>> = vec![Vec::new()];
        let mut left = 0.0;
        for swatch in swatches {
            let cell = cell_width(&swatch, sheet).min(room);
            if left > 0.0 && left + cell > room {
                rows.push(Vec::new());
                left = 0.0;
            }
            if let Some(row) = rows.last_mut() {
                row.push((swatch, left, cell));
            }
            left += cell + GAP_EM * small;
        }
        Self {
            head,
            head_width,
            first,
            rows,
        }
    }

    /// How high the strip is.
    pub(super) fn height(&self, small: f64) -> f64 {
        self.first.1 + len_as_f64(self.rows.len()) * row_height(small) + 1.6 * small
    }

    /// Puts the strip into `strip`.
    pub(super) fn put(&self, sheet: &mut Sheet<'_>, strip: &Rect, ground: &Ground) {
        let small = sheet.small;
        sheet.shapes.push(Shape::border(strip, 1.0, FRAME));
        let inner = strip.inset(small);
        for (line, words) in self.head.iter().enumerate() {
            let top = inner.top + len_as_f64(line) * LINE_EM * small;
            sheet.line(words, small, (inner.left, top), self.head_width + 1.0);
        }
        for (row, cells) in self.rows.iter().enumerate() {
            let top = inner.top + self.first.1 + len_as_f64(row) * row_height(small);
            for (swatch, left, width) in cells {
                let at = (inner.left + self.first.0 + left, top);
                put_cell(sheet, swatch, at, *width);
            }
        }
        scale(sheet, &inner, ground);
    }
}

/// Border of map and strip.
pub(super) const FRAME: Rgb = Rgb::INK;

fn row_height(small: f64) -> f64 {
    (SWATCH_EM + 2.0 * LINE_EM + 0.4) * small
}

fn cell_width(swatch: &Swatch, sheet: &Sheet<'_>) -> f64 {
    let captions = swatch.captions.iter();
    captions
        .map(|words| sheet.face.width(words, sheet.small))
        .fold(SWATCH_WIDTH_EM * sheet.small, f64::max)
}

fn put_cell(sheet: &mut Sheet<'_>, shown: &Swatch, (left, top): (f64, f64), width: f64) {
    let small = sheet.small;
    let swatch = Rect {
        left,
        top,
        right: left + width.min(1.4 * SWATCH_WIDTH_EM * small),
        bottom: top + SWATCH_EM * small,
    };
    let rings = vec![swatch.ring()];
    patterned(
        &mut sheet.shapes,
        &rings,
        shown.ground,
        shown.pattern,
        small,
    );
    sheet.shapes.push(Shape::border(&swatch, 1.0, HATCH));
    if let Some(letter) = shown.letter {
        let taken = sheet.face.width(letter, small);
        let at = (
            f64::midpoint(swatch.left, swatch.right) - taken / 2.0,
            top + 0.16 * small,
        );
        let text = Text::new(letter.to_owned(), small, at, taken);
        sheet.texts.push(text.on(shown.ground));
    }
    let mut below = swatch.bottom + 0.3 * small;
    for words in &shown.captions {
        sheet.line(words, small, (left, below), width + 1.0);
        below += LINE_EM * small;
    }
}

/// The scale bar with its length, and an arrow to the north.
fn scale(sheet: &mut Sheet<'_>, inner: &Rect, ground: &Ground) {
    let small = sheet.small;
    let metres = round_length(10.0 * small / ground.px_per_metre);
    let length = metres * ground.px_per_metre;
    let left = inner.right - SCALE_EM * small;
    let foot = inner.top + 2.6 * small;
    let tick = 0.5 * small;
    let points = [(0.0, -tick), (0.0, 0.0), (length, 0.0), (length, -tick)]
        .map(|(x, y)| Point {
            x: left + x,
            y: foot + y,
        })
        .to_vec();
    sheet.shapes.push(Shape::Line {
        points,
        width: 0.13 * small,
        colour: Rgb::INK,
    });
    let words = if metres >= 1000.0 {
        format!("{} km", metres / 1000.0)
    } else {
        format!("{metres} m")
    };
    let taken = sheet.face.width(&words, small);
    let at = left + (length - taken) / 2.0;
    let top = foot - tick - (DESCENT_EM + 1.1) * small;
    sheet.line(&words, small, (at.max(left), top), taken + 1.0);
    north(sheet, inner);
}

fn north(sheet: &mut Sheet<'_>, inner: &Rect) {
    let small = sheet.small;
    let taken = sheet.face.width(words::NORTH, small);
    let middle = inner.right - 0.8 * small;
    let top = inner.top;
    sheet.line(
        words::NORTH,
        small,
        (middle - taken / 2.0, top),
        taken + 1.0,
    );
    let tip = top + 1.3 * small;
    let corner = |x: f64, y: f64| Point {
        x: middle + x * small,
        y: tip + y * small,
    };
    let arrow = vec![
        corner(0.0, 0.0),
        corner(0.55, 1.7),
        corner(0.0, 1.25),
        corner(-0.55, 1.7),
        corner(0.0, 0.0),
    ];
    sheet.shapes.push(Shape::Area {
        rings: vec![arrow],
        fill: Rgb::INK,
    });
}

/// The longest of 1, 2 and 5 times a power of ten metres that is not above `most`.
fn round_length(most: f64) -> f64 {
    let power = 10.0_f64.powf(most.max(0.001).log10().floor());
    [5.0, 2.0, 1.0]
        .into_iter()
        .map(|digit| digit * power)
        .find(|length| *length <= most)
        .unwrap_or(power)
}
