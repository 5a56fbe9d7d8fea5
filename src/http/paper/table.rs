//! A table on paper: heads on a band, rows with a rule below, figures to the right.

use crate::units::convert::len_as_f64;

use super::{LINE_EM, MARGIN, NOTE_PT, Paper, ROOM, TEXT_PT, Tone};

/// Room of a row, in ems of its type.
const ROW_EM: f64 = 1.75;
/// Between a column and the next.
const GAP: f64 = 6.0;

/// A column.
#[derive(Clone, Debug)]
pub(in crate::http) struct Column {
    /// Its head; a line break parts name and unit.
    pub(in crate::http) head: String,
    /// How wide it is beside the others.
    pub(in crate::http) share: f64,
    /// Whether it holds figures, which stand to the right.
    pub(in crate::http) is_figures: bool,
}

/// Columns and rows; a row has a cell for each column.
#[derive(Clone, Debug)]
pub(in crate::http) struct Table {
    /// The columns, from the left.
    pub(in crate::http) columns: Vec<Column>,
    /// The rows, from the top.
    pub(in crate::http) rows: Vec<Vec<String>>,
    /// Whether the last row is the sum of those above it.
    pub(in crate::http) has_sum: bool,
}

impl Paper<'_> {
    /// Writes the table; one that is longer than the leaf goes on on the next, with its heads.
    pub(in crate::http) fn table(&mut self, table: &Table) {
        self.heads(table);
        let high = ROW_EM * TEXT_PT;
        let last = table.rows.len().checked_sub(1).filter(|_| table.has_sum);
        for (place, row) in table.rows.iter().enumerate() {
            if self.left() < high {
                self.turn();
                self.heads(table);
            }
            let top = self.top;
            if last == Some(place) {
                self.area((MARGIN, top), (ROOM, high), Tone::Band);
            }
            let top_of_words = top + 0.5 * (high - 1.1 * TEXT_PT);
            let places = places(&table.columns);
            for ((column, words), (left, wide)) in table.columns.iter().zip(row).zip(places) {
                self.cell(
                    words,
                    TEXT_PT,
                    (left, top_of_words),
                    wide,
                    column.is_figures,
                );
            }
            self.area((MARGIN, top + high - 0.5), (ROOM, 0.5), Tone::Rule);
            self.top = top + high;
        }
        self.top += TEXT_PT;
    }

    fn heads(&mut self, table: &Table) {
        let lines = table.columns.iter().map(|one| one.head.lines().count());
        let lines = len_as_f64(lines.max().unwrap_or(1));
        let high = (lines * 1.25 + 0.6) * NOTE_PT;
        let top = self.top;
        self.area((MARGIN, top), (ROOM, high), Tone::Band);
        for (column, (left, wide)) in table.columns.iter().zip(places(&table.columns)) {
            let mut line_top = top + 0.4 * NOTE_PT;
            for line in column.head.lines() {
                self.cell(line, NOTE_PT, (left, line_top), wide, column.is_figures);
                line_top += 1.25 * NOTE_PT;
            }
        }
        self.top = top + high;
    }

    fn cell(&mut self, words: &str, pt: f64, (left, top): (f64, f64), wide: f64, to_right: bool) {
        let fitted = self.face.fitted(words, pt, wide);
        let x = if to_right {
            left + wide - self.face.width(&fitted, pt)
        } else {
            left
        };
        // A hair more than it measures: it was fitted already.
        self.words(&fitted, pt, (x, top), wide + LINE_EM, Tone::Ink);
    }
}

/// Where each column begins, and how wide it is.
fn places(columns: &[Column]) -> Vec<(f64, f64)> {
    let whole: f64 = columns.iter().map(|one| one.share).sum();
    let mut left = MARGIN + 0.5 * GAP;
    let place = |one: &Column| {
        let wide = (ROOM - GAP) * one.share / whole;
        let place = (left, wide - GAP);
        left += wide;
        place
    };
    columns.iter().map(place).collect()
}
