//! The sheet around the map: heading above, foot below, text set in flowing lines.

use crate::heatmap::colour::Rgb;
use crate::heatmap::face::Face;
use crate::heatmap::scene::shape::{ASCENT_EM, DESCENT_EM, LINE_EM, Shape, Text};
use crate::heatmap::scene::size::Size;
use crate::units::convert::len_as_f64;

/// A picture being laid out.
#[derive(Debug)]
pub(super) struct Sheet<'a> {
    pub(super) face: &'a Face<'a>,
    /// The smallest type, pixels; everything else is measured in it.
    pub(super) small: f64,
    pub(super) shapes: Vec<Shape>,
    pub(super) texts: Vec<Text>,
}

/// Pieces of text set side by side in lines: for each its words, left edge and width.
pub(super) type Lines = Vec<Vec<(String, f64, f64)>>;

impl<'a> Sheet<'a> {
    pub(super) fn new(face: &'a Face<'a>, size: Size) -> Self {
        Self {
            face,
            small: size.small_px(),
            shapes: Vec::new(),
            texts: Vec::new(),
        }
    }

    /// One line of at most `width`, cut with an ellipsis if need be; returns its width.
    pub(super) fn line(
        &mut self,
        words: &str,
        px: f64,
        (left, top): (f64, f64),
        width: f64,
    ) -> f64 {
        let words = self.face.fitted(words, px, width);
        let taken = self.face.width(&words, px);
        self.texts.push(Text::new(words, px, (left, top), taken));
        taken
    }

    /// Sets pieces side by side, broken into lines of `width`; a piece is never parted.
    pub(super) fn flow(&self, pieces: &[String], px: f64, width: f64) -> Lines {
        let gap = 2.0 * px;
        let mut lines: Lines = vec![Vec::new()];
        let mut left = 0.0;
        for piece in pieces {
            let words = self.face.fitted(piece, px, width);
            let taken = self.face.width(&words, px);
            if left > 0.0 && left + taken > width {
                lines.push(Vec::new());
                left = 0.0;
            }
            if let Some(line) = lines.last_mut() {
                line.push((words, left, taken));
            }
            left += taken + gap;
        }
        lines
    }

    /// Puts flowing lines down, the upper left corner at `left`, `top`.
    pub(super) fn put(&mut self, lines: Lines, px: f64, (left, top): (f64, f64)) {
        let mut at = top;
        for line in lines {
            for (words, offset, taken) in line {
                let text = Text::new(words, px, (left + offset, at), taken);
                self.texts.push(text.in_ink(Rgb::INK_QUIET));
            }
            at += LINE_EM * px;
        }
    }

    /// The headline, shrunk to three quarters before it is cut; returns where it ends.
    pub(super) fn headline(&mut self, title: &str, (left, top): (f64, f64), width: f64) -> f64 {
        let full = 2.0 * self.small;
        let share = width / self.face.width(title, full).max(1.0);
        let px = full * share.clamp(0.75, 1.0);
        self.line(title, px, (left, top), width);
        top + LINE_EM * px
    }
}

/// Height of so many flowing lines.
pub(super) fn height(lines: &Lines, px: f64) -> f64 {
    let baselines = len_as_f64(lines.len().saturating_sub(1)) * LINE_EM;
    (baselines + ASCENT_EM + DESCENT_EM) * px
}
