//! Sheets of A4 that people lay beside a bill or put before a meeting: lines, tables and bars from top to
//! bottom, as PDF whose text can be searched and copied (screens.md 11, "Print").
//!
//! Knows no figure and no right: what it is handed is words. Lengths are points of 1/72 inch. Same words
//! and fonts, same bytes: no clock enters the file.

mod bars;
mod pdf;
mod table;
mod written;

use crate::heatmap::Face;
use crate::text::Language;
use crate::units::convert::len_as_f64;

pub(super) use bars::{BARS_HIGH, Bar, Bars};
pub(super) use table::{Column, Table};
pub(super) use written::{day, decimal, figure_text, minute, plain, written};

/// A4 (ISO 216: 210 x 297 mm).
const WIDTH: f64 = 595.28;
const HEIGHT: f64 = 841.89;
/// 15 mm around.
const MARGIN: f64 = 42.52;
/// From margin to margin.
const ROOM: f64 = WIDTH - 2.0 * MARGIN;
/// Kept free for the foot.
const FOOT: f64 = 44.0;

/// Type sizes.
const TITLE_PT: f64 = 16.0;
const SECTION_PT: f64 = 11.0;
const TEXT_PT: f64 = 8.5;
const NOTE_PT: f64 = 7.5;

/// From line to line, in ems.
const LINE_EM: f64 = 1.5;
/// Ink above the baseline, in ems.
const ASCENT_EM: f64 = 0.88;

/// What a thing is inked in; all of them stay apart in grey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tone {
    /// Text.
    Ink,
    /// Notes.
    Faint,
    /// Lines between rows.
    Rule,
    /// Ground of heads.
    Band,
    /// A bar that is whole.
    Bar,
    /// A bar of which something is missing.
    Lack,
}

/// One thing on a leaf.
#[derive(Clone, Debug)]
enum Mark {
    /// A line of text, its pen at `x`, `y` on the baseline.
    Words {
        words: String,
        pt: f64,
        x: f64,
        y: f64,
        tone: Tone,
    },
    /// An upright rectangle.
    Area {
        left: f64,
        top: f64,
        width: f64,
        height: f64,
        tone: Tone,
    },
}

/// What stands in the file and at the foot of each leaf.
#[derive(Clone, Debug)]
pub(super) struct About {
    /// The file's title.
    pub(super) title: String,
    /// The file's description.
    pub(super) subject: String,
    /// Its language.
    pub(super) language: Language,
    /// Of what it is, from where, for whom and when: one line of the foot each.
    pub(super) foot: Vec<String>,
}

/// Leaves that are written on from top to bottom.
#[derive(Debug)]
pub(super) struct Paper<'a> {
    face: &'a Face<'a>,
    leaves: Vec<Vec<Mark>>,
    top: f64,
}

impl<'a> Paper<'a> {
    /// One leaf with nothing on it.
    pub(super) fn new(face: &'a Face<'a>) -> Self {
        Self {
            face,
            leaves: vec![Vec::new()],
            top: MARGIN,
        }
    }

    /// Goes on with the next leaf.
    pub(super) fn turn(&mut self) {
        self.leaves.push(Vec::new());
        self.top = MARGIN;
    }

    /// Goes on with the next leaf unless this one has `height` left: what belongs together stays so.
    /// Whether it did.
    pub(super) fn keep(&mut self, height: f64) -> bool {
        let turns = self.left() < height;
        if turns {
            self.turn();
        }
        turns
    }

    /// How much of the leaf is left.
    fn left(&self) -> f64 {
        HEIGHT - MARGIN - FOOT - self.top
    }

    fn put(&mut self, mark: Mark) {
        if let Some(leaf) = self.leaves.last_mut() {
            leaf.push(mark);
        }
    }

    /// Words whose box begins at `x`, `top`; what does not fit `room` ends in an ellipsis.
    fn words(&mut self, words: &str, pt: f64, (x, top): (f64, f64), room: f64, tone: Tone) {
        if words.is_empty() {
            return;
        }
        let words = self.face.fitted(words, pt, room);
        let y = top + ASCENT_EM * pt;
        self.put(Mark::Words {
            words,
            pt,
            x,
            y,
            tone,
        });
    }

    fn area(&mut self, (left, top): (f64, f64), (width, height): (f64, f64), tone: Tone) {
        self.put(Mark::Area {
            left,
            top,
            width,
            height,
            tone,
        });
    }

    /// The name of the sheet, and of what it is.
    pub(super) fn title(&mut self, title: &str, facts: &[String]) {
        self.words(title, TITLE_PT, (MARGIN, self.top), ROOM, Tone::Ink);
        self.top += LINE_EM * TITLE_PT;
        for fact in facts {
            self.lines(fact, TEXT_PT, Tone::Faint);
        }
        self.top += TEXT_PT;
    }

    /// The name of a part.
    pub(super) fn section(&mut self, words: &str) {
        self.top += 0.4 * SECTION_PT;
        self.words(words, SECTION_PT, (MARGIN, self.top), ROOM, Tone::Ink);
        self.top += LINE_EM * SECTION_PT;
    }

    /// A remark, over as many lines as it takes.
    pub(super) fn note(&mut self, words: &str) {
        self.lines(words, NOTE_PT, Tone::Faint);
    }

    /// So many remarks as the leaf has room for; gives how many found none.
    pub(super) fn notes(&mut self, all: &[String], lines_kept: usize) -> usize {
        let kept = len_as_f64(lines_kept) * LINE_EM * NOTE_PT;
        for (place, words) in all.iter().enumerate() {
            let lines = self.broken(words, NOTE_PT).len();
            let height = len_as_f64(lines) * LINE_EM * NOTE_PT;
            if height + kept > self.left() {
                return all.len() - place;
            }
            self.note(words);
        }
        0
    }

    fn lines(&mut self, words: &str, pt: f64, tone: Tone) {
        for line in self.broken(words, pt) {
            self.words(&line, pt, (MARGIN, self.top), ROOM, tone);
            self.top += LINE_EM * pt;
        }
    }

    /// Text in lines that fit; broken between characters, as Chinese is, and words of letters kept whole
    /// where they are shorter than a line.
    fn broken(&self, words: &str, pt: f64) -> Vec<String> {
        let mut lines = vec![String::new()];
        for piece in pieces(words) {
            let Some(line) = lines.last_mut() else { break };
            let wide = self.face.width(&format!("{line}{piece}"), pt);
            if wide <= ROOM || line.is_empty() {
                line.push_str(piece);
            } else {
                lines.push(piece.trim_start().to_owned());
            }
        }
        lines
    }
}

/// What a line is not broken inside of: a run of letters and digits with the blank behind it, or one
/// other character.
fn pieces(words: &str) -> Vec<&str> {
    let is_inner =
        |one: char| one.is_ascii_alphanumeric() || matches!(one, '.' | '-' | '_' | '/' | ',');
    let mut pieces = Vec::new();
    let mut begin = 0;
    let mut was_inner = false;
    for (place, one) in words.char_indices() {
        let goes_on = was_inner && (is_inner(one) || one == ' ');
        if !goes_on && place > begin {
            pieces.extend(words.get(begin..place));
            begin = place;
        }
        was_inner = is_inner(one);
    }
    pieces.extend(words.get(begin..).filter(|rest| !rest.is_empty()));
    pieces
}
