//! What a page of paper says beside the map: the total with its division, who stands first and who
//! last; of the cells whose value the asker sees, and of no other.

use crate::heatmap::{Listed, Listing, Palette, printed};
use crate::http::figures::{Figure, Figures, State};
use crate::park::Parcel;
use crate::text::{Language, filled, sentence};

use super::table::names;

/// Rows of the highest and of the lowest (screens.md 6, "A3 print").
const FIRST: usize = 20;
const LAST: usize = 10;

/// A sentence of the pictures' language.
const fn said(key: &str) -> &'static str {
    sentence(Language::Chinese, key)
}

/// The list of those that pass; without rows where there are no values to rank, and of differences.
pub(super) fn listing(figures: &Figures, passes: Option<&[bool]>) -> Listing {
    let heads = [
        const { said("table.order") },
        const { said("table.enterprise") },
        const { said("table.parcel") },
        const { said("table.grade") },
        figures.layer.unit(),
    ];
    let mut ranked: Vec<(usize, &Parcel, &Figure)> = figures
        .each()
        .enumerate()
        .filter(|(place, _)| passes.is_none_or(|passes| passes.get(*place) != Some(&false)))
        .map(|(_, cell)| cell)
        .filter(|(_, figure)| figure.state == State::Value && figures.against.is_none())
        .filter_map(|(parcel, figure)| Some((figure.rank?, parcel, figure)))
        .collect();
    ranked.sort_by(|one, other| (one.0, &one.1.id).cmp(&(other.0, &other.1.id)));
    let grades = Palette::named(Palette::GRADES).ok();
    let listed = |(rank, parcel, figure): &(usize, &Parcel, &Figure)| {
        let letter = figures.letter(&parcel.id);
        Some(Listed {
            rank: rank.to_string(),
            name: names(figures, &parcel.id, figure),
            parcel: parcel.id.to_string(),
            grade: letter
                .zip(grades.as_ref())
                .map(|(letter, grades)| (letter, grades.letter(letter))),
            value: figure.ratio?.written(),
        })
    };
    let rows: Vec<Listed> = ranked.iter().filter_map(listed).collect();
    Listing {
        heads: heads.map(str::to_owned),
        groups: groups(rows),
    }
}

/// All of few; of many the first and the last.
fn groups(mut rows: Vec<Listed>) -> Vec<(String, Vec<Listed>)> {
    let of = |sentence, rows: Vec<Listed>| {
        let count = rows.len().to_string();
        (filled(sentence, &[("count", &count)]), rows)
    };
    if rows.len() <= FIRST + LAST {
        return vec![of(const { said("picture.listed_all") }, rows)];
    }
    let last = rows.split_off(rows.len() - LAST);
    rows.truncate(FIRST);
    vec![
        of(const { said("picture.listed_first") }, rows),
        of(const { said("picture.listed_last") }, last),
    ]
}

/// The total as one sum over another, where it may be shown, and what alone is looked at.
pub(super) fn facts(figures: &Figures, only: Option<String>) -> Vec<String> {
    let (above, below) = figures.layer.division();
    let unit = |code: &str| {
        crate::text::find_sentence(Language::Chinese, &format!("unit.{code}"))
            .unwrap_or_default()
            .to_owned()
    };
    let total = figures.total.filter(|_| figures.against.is_none());
    let fact = total.map(|total| {
        let values = [
            ("value", &*total.written()),
            ("unit", figures.layer.unit()),
            ("numerator", &*printed(total.numerator)),
            ("numerator_unit", &*unit(above)),
            ("denominator", &*printed(total.denominator)),
            ("denominator_unit", &*unit(below)),
        ];
        filled(const { said("picture.total") }, &values)
    });
    fact.into_iter().chain(only).collect()
}
