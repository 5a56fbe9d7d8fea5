//! Bars on paper, one a month or the like, each with its figure above it; what is not known is said, not
//! drawn as nothing.

use super::{MARGIN, NOTE_PT, Paper, ROOM, Tone};
use crate::units::convert::len_as_f64;

/// Room of the bars themselves.
const HIGH: f64 = 120.0;
/// What bars take with the head above and a note below them.
pub(in crate::http) const BARS_HIGH: f64 = HIGH + 60.0;
/// How much of its place a bar takes.
const SHARE: f64 = 0.62;

/// One bar.
#[derive(Clone, Debug)]
pub(in crate::http) struct Bar {
    /// What stands below it.
    pub(in crate::http) name: String,
    /// How high it is, in the unit of all; for drawing alone. `None`: it is not known.
    pub(in crate::http) size: Option<f64>,
    /// What stands above it.
    pub(in crate::http) figure: String,
    /// Whether it is whole; one that is not is lighter.
    pub(in crate::http) is_whole: bool,
}

/// Bars from the left.
#[derive(Clone, Debug)]
pub(in crate::http) struct Bars {
    /// The bars.
    pub(in crate::http) bars: Vec<Bar>,
}

impl Paper<'_> {
    /// Draws the bars from zero up, or down where one is below.
    pub(in crate::http) fn bars(&mut self, bars: &Bars) {
        if bars.bars.is_empty() {
            return;
        }
        let sizes = || bars.bars.iter().filter_map(|bar| bar.size);
        let (most, least) = (sizes().fold(0.0, f64::max), sizes().fold(0.0, f64::min));
        let unit = if most > least {
            HIGH / (most - least)
        } else {
            0.0
        };
        let zero = self.top + 1.6 * NOTE_PT + most * unit;
        let place = ROOM / len_as_f64(bars.bars.len());
        for (index, bar) in bars.bars.iter().enumerate() {
            let left = MARGIN + len_as_f64(index) * place;
            let size = bar.size.unwrap_or_default();
            let top = zero - size.max(0.0) * unit;
            let tone = if bar.is_whole { Tone::Bar } else { Tone::Lack };
            let wide = place * SHARE;
            self.area(
                (left + 0.5 * (place - wide), top),
                (wide, size.abs() * unit),
                tone,
            );
            self.centred(&bar.figure, (left, top - 1.4 * NOTE_PT), place);
            let below = self.top + 1.6 * NOTE_PT + HIGH;
            self.centred(&bar.name, (left, below + 0.5 * NOTE_PT), place);
        }
        self.area((MARGIN, zero), (ROOM, 0.75), Tone::Ink);
        self.top += 1.6 * NOTE_PT + HIGH + 2.4 * NOTE_PT;
    }

    fn centred(&mut self, words: &str, (left, top): (f64, f64), place: f64) {
        let wide = self.face.width(words, NOTE_PT).min(place);
        let x = left + 0.5 * (place - wide);
        self.words(words, NOTE_PT, (x, top), place, Tone::Ink);
    }
}
