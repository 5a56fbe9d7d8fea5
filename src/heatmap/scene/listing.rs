//! The right column of a page of paper: who stands first and who last (screens.md 6, "A3 print").

use crate::heatmap::cell::Grade;
use crate::heatmap::colour::Rgb;
use crate::heatmap::scene::shape::{Rect, Shape, Text};
use crate::heatmap::scene::sheet::Sheet;
use crate::units::convert::len_as_f64;

/// Ground of the lines that part the groups.
const GROUP: Rgb = Rgb::hex(0x00ed_f0f3);
/// Lines between rows.
const RULE: Rgb = Rgb::hex(0x00d5_dade);
/// Most of a column's height that a row takes, in small ems.
const ROW_EM: f64 = 1.9;

/// One row: a parcel with who stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// From 1, the highest first.
    pub rank: String,
    /// Who.
    pub name: String,
    /// Where.
    pub parcel: String,
    /// The published grade, and its colour.
    pub grade: Option<(Grade, Rgb)>,
    /// As it is shown.
    pub value: String,
}

/// Groups of rows, each under its words: "first 20", "last 10".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Heads of the columns: rank, name, parcel, grade, value.
    pub heads: [String; 5],
    /// The groups.
    pub groups: Vec<(String, Vec<Listed>)>,
}

impl Listing {
    /// Whether there is nothing to list.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.iter().all(|(_, rows)| rows.is_empty())
    }

    /// Puts the list into `frame`.
    pub(super) fn put(&self, sheet: &mut Sheet<'_>, frame: &Rect) {
        let rows: usize = self.groups.iter().map(|(_, rows)| rows.len() + 1).sum();
        let pitch = (frame.height() / len_as_f64(rows + 1)).min(ROW_EM * sheet.small);
        let heads = self.heads.each_ref().map(String::as_str);
        row(sheet, frame, (frame.top, pitch), heads, None);
        let mut top = frame.top + pitch;
        for (words, rows) in &self.groups {
            let band = Rect {
                top,
                bottom: top + pitch,
                ..*frame
            };
            sheet.shapes.push(Shape::filled(&band, GROUP));
            let at = (frame.left + 0.4 * sheet.small, middle(sheet, top, pitch));
            sheet.line(words, sheet.small, at, frame.width());
            if let Some(text) = sheet.texts.last_mut() {
                text.ground = GROUP;
            }
            top += pitch;
            for listed in rows {
                let words = [
                    &*listed.rank,
                    &*listed.name,
                    &*listed.parcel,
                    "",
                    &*listed.value,
                ];
                row(sheet, frame, (top, pitch), words, listed.grade);
                top += pitch;
            }
        }
    }
}

/// Where a line of small type begins in the middle of a row.
fn middle(sheet: &Sheet<'_>, top: f64, pitch: f64) -> f64 {
    top + 0.5 * (pitch - 1.08 * sheet.small)
}

/// A row with a rule under it; figures stand to the right of their columns.
fn row(
    sheet: &mut Sheet<'_>,
    frame: &Rect,
    (top, pitch): (f64, f64),
    words: [&str; 5],
    chip: Option<(Grade, Rgb)>,
) {
    let small = sheet.small;
    let wide = frame.width();
    // Right edge of the rank, then left edges of name, parcel and grade, then right edge of the value.
    let at = [2.4 * small, 3.1 * small, 0.54 * wide, 0.72 * wide, wide];
    let baseline = middle(sheet, top, pitch);
    let rule = Rect {
        top: top + pitch - 1.0,
        bottom: top + pitch,
        ..*frame
    };
    sheet.shapes.push(Shape::filled(&rule, RULE));
    let [rank, name, parcel, grade, value] = words;
    let rank_left = frame.left + (at[0] - sheet.face.width(rank, small)).max(0.0);
    sheet.line(rank, small, (rank_left, baseline), at[0]);
    let fields = [
        (name, at[1], at[2] - at[1] - 0.6 * small),
        (parcel, at[2], at[3] - at[2] - 0.6 * small),
        (grade, at[3], 2.6 * small),
    ];
    for (words, left, room) in fields {
        if !words.is_empty() {
            sheet.line(words, small, (frame.left + left, baseline), room);
        }
    }
    let room = wide - at[3] - 3.0 * small;
    let value = sheet.face.fitted(value, small, room);
    let taken = sheet.face.width(&value, small);
    sheet.line(
        &value,
        small,
        (frame.right - taken - 0.3 * small, baseline),
        taken + 1.0,
    );
    if let Some((letter, ground)) = chip {
        letter_on(sheet, (frame.left + at[3], baseline), letter, ground);
    }
}

fn letter_on(sheet: &mut Sheet<'_>, (left, top): (f64, f64), letter: Grade, ground: Rgb) {
    let small = sheet.small;
    let chip = Rect {
        left,
        top: top - 0.1 * small,
        right: left + 1.5 * small,
        bottom: top + 1.2 * small,
    };
    sheet.shapes.push(Shape::filled(&chip, ground));
    let taken = sheet.face.width(letter.letter(), small);
    let at = (f64::midpoint(chip.left, chip.right) - taken / 2.0, top);
    let text = Text::new(letter.letter().to_owned(), small, at, taken);
    sheet.texts.push(text.on(ground));
}
