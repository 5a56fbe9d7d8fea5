//! Text as outlines: font bytes in; widths and contours out. Knows no file: where the bytes come
//! from is the caller's matter.
//!
//! Each glyph stands at its own left bearing and moves the pen by its own advance. A character
//! that no font has is drawn as a box and told.

use std::collections::BTreeSet;

use ttf_parser::{GlyphId, OutlineBuilder};

use crate::heatmap::scene::Point;
use crate::units::convert::pixel;

/// Fonts in order of preference.
pub struct Face<'a> {
    fonts: Vec<ttf_parser::Face<'a>>,
}

/// Bytes that are no font.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("font {index} cannot be read: {detail}; give a TrueType or OpenType file")]
pub struct FontUnreadable {
    /// Its place in the list, from 0.
    pub index: usize,
    /// What the reader stumbled over.
    pub detail: String,
}

/// Advance of a character that no font has, in ems.
const BOX_EM: f64 = 0.9;
/// How far the corners of a flattened curve may lie from it, in pixels.
const FLATNESS_PX: f64 = 0.04;
/// Most straight pieces of one curve.
const PIECES_MAX: i32 = 12;

impl<'a> Face<'a> {
    /// A face of these fonts; none at all is allowed, then every character is a box.
    ///
    /// # Errors
    /// The first bytes that are no font.
    pub fn new(fonts: &[&'a [u8]]) -> Result<Self, FontUnreadable> {
        let fonts = fonts
            .iter()
            .enumerate()
            .map(|(index, bytes)| {
                ttf_parser::Face::parse(bytes, 0).map_err(|cause| FontUnreadable {
                    index,
                    detail: cause.to_string(),
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { fonts })
    }

    fn glyph(&self, character: char) -> Option<(&ttf_parser::Face<'a>, GlyphId)> {
        self.fonts
            .iter()
            .find_map(|font| font.glyph_index(character).map(|glyph| (font, glyph)))
    }

    /// `text` in runs of one font each, with the font's place in the list; what no font has goes with the
    /// first.
    #[must_use]
    pub fn runs<'t>(&self, text: &'t str) -> Vec<(usize, &'t str)> {
        let font_of = |character: char| {
            let has = |font: &ttf_parser::Face<'_>| font.glyph_index(character).is_some();
            self.fonts.iter().position(has).unwrap_or_default()
        };
        let mut runs = Vec::new();
        let (mut begin, mut font) = (0, None);
        for (place, character) in text.char_indices() {
            let own = font_of(character);
            if let Some(before) = font.replace(own).filter(|before| *before != own) {
                runs.extend(text.get(begin..place).map(|run| (before, run)));
                begin = place;
            }
        }
        runs.extend(font.and_then(|font| Some((font, text.get(begin..)?))));
        runs
    }

    /// The characters of `text` that no font has.
    #[must_use]
    pub fn missing(&self, text: &str) -> BTreeSet<char> {
        text.chars()
            .filter(|character| !character.is_whitespace())
            .filter(|character| self.glyph(*character).is_none())
            .collect()
    }

    fn advance(&self, character: char, px: f64) -> f64 {
        self.glyph(character).map_or(BOX_EM * px, |(font, glyph)| {
            let units = font.glyph_hor_advance(glyph).unwrap_or_default();
            f64::from(units) * scale(font, px)
        })
    }

    /// Width of `text` at `px` pixels an em, in pixels.
    #[must_use]
    pub fn width(&self, text: &str, px: f64) -> f64 {
        text.chars()
            .map(|character| self.advance(character, px))
            .sum()
    }

    /// `text`, or as much of it as fits `width` with an ellipsis.
    #[must_use]
    pub fn fitted(&self, text: &str, px: f64, width: f64) -> String {
        if self.width(text, px) <= width {
            return text.to_owned();
        }
        let mut left = width - self.advance('…', px);
        let mut fitted: String = text
            .chars()
            .take_while(|character| {
                left -= self.advance(*character, px);
                left >= 0.0
            })
            .collect();
        fitted.push('…');
        fitted
    }

    /// The contours of `text` with its pen starting at `origin` on the baseline, y downwards;
    /// one list of closed rings for each glyph that has ink.
    #[must_use]
    pub fn contours(&self, text: &str, px: f64, origin: Point) -> Vec<Vec<Vec<Point>>> {
        let mut pen = origin;
        let mut glyphs = Vec::new();
        for character in text.chars() {
            let mut tracer = Tracer::new(pen, px);
            if let Some((font, glyph)) = self.glyph(character) {
                tracer.scale = scale(font, px);
                let _bounds = font.outline_glyph(glyph, &mut tracer);
            } else if !character.is_whitespace() {
                tracer.missing_box(px);
            }
            if !tracer.rings.is_empty() {
                glyphs.push(tracer.rings);
            }
            pen.x += self.advance(character, px);
        }
        glyphs
    }
}

impl std::fmt::Debug for Face<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Face of {} fonts", self.fonts.len())
    }
}

/// Pixels of a font unit.
fn scale(font: &ttf_parser::Face<'_>, px: f64) -> f64 {
    px / f64::from(font.units_per_em())
}

/// Collects a glyph's contours as straight pieces.
struct Tracer {
    origin: Point,
    scale: f64,
    at: Point,
    rings: Vec<Vec<Point>>,
}

impl Tracer {
    const fn new(origin: Point, px: f64) -> Self {
        Self {
            origin,
            scale: px,
            at: origin,
            rings: Vec::new(),
        }
    }

    fn place(&self, x: f32, y: f32) -> Point {
        Point {
            x: self.origin.x + f64::from(x) * self.scale,
            y: self.origin.y - f64::from(y) * self.scale,
        }
    }

    fn push(&mut self, point: Point) {
        self.at = point;
        if let Some(ring) = self.rings.last_mut() {
            ring.push(point);
        }
    }

    /// Points along a curve, evenly in its parameter, as many as its bend needs.
    fn curve(&mut self, bend_px: f64, along: impl Fn(f64) -> Point) {
        let pieces = pixel((bend_px / FLATNESS_PX).sqrt().ceil()).clamp(1, PIECES_MAX);
        for piece in 1..=pieces {
            self.push(along(f64::from(piece) / f64::from(pieces)));
        }
    }

    /// A hollow box, the sign of a character that no font has.
    fn missing_box(&mut self, px: f64) {
        let ring = |inset: f64| {
            let (left, right) = (0.1 * px + inset, 0.8 * px - inset);
            let (low, high) = (-0.05 * px + inset, 0.75 * px - inset);
            [
                (left, low),
                (right, low),
                (right, high),
                (left, high),
                (left, low),
            ]
            .map(|(x, y)| Point {
                x: self.origin.x + x,
                y: self.origin.y - y,
            })
        };
        let inner: Vec<Point> = ring((0.07 * px).max(1.0)).into_iter().rev().collect();
        self.rings = vec![ring(0.0).to_vec(), inner];
    }
}

/// How far `pull` draws the way from `from` to `to` aside.
fn bend(from: Point, pull: Point, to: Point) -> f64 {
    (from.x - 2.0 * pull.x + to.x).hypot(from.y - 2.0 * pull.y + to.y)
}

/// The sum of points, each times its weight.
fn blend<const N: usize>(parts: [(Point, f64); N]) -> Point {
    let mut sum = Point { x: 0.0, y: 0.0 };
    for (point, weight) in parts {
        sum.x += point.x * weight;
        sum.y += point.y * weight;
    }
    sum
}

impl OutlineBuilder for Tracer {
    fn move_to(&mut self, x: f32, y: f32) {
        self.rings.push(Vec::new());
        let point = self.place(x, y);
        self.push(point);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let point = self.place(x, y);
        self.push(point);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (from, pull, to) = (self.at, self.place(x1, y1), self.place(x, y));
        self.curve(bend(from, pull, to) / 4.0, |share| {
            let left = 1.0 - share;
            blend([
                (from, left * left),
                (pull, 2.0 * left * share),
                (to, share * share),
            ])
        });
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (from, to) = (self.at, self.place(x, y));
        let (first, second) = (self.place(x1, y1), self.place(x2, y2));
        let bent = bend(from, first, second).max(bend(first, second, to));
        self.curve(bent * 0.75, |share| {
            let left = 1.0 - share;
            blend([
                (from, left * left * left),
                (first, 3.0 * left * left * share),
                (second, 3.0 * left * share * share),
                (to, share * share * share),
            ])
        });
    }

    fn close(&mut self) {
        if let Some(ring) = self.rings.last_mut()
            && let Some(first) = ring.first().copied()
        {
            ring.push(first);
        }
    }
}
