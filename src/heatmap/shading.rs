//! One function decides classes, colours and counts for pictures, GeoJSON, JSON and the browser:
//! a column and a look in, the mark of each parcel and the legend out.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::heatmap::category::Category;
use crate::heatmap::cell::{Cell, Column, Grade};
use crate::heatmap::classes::{Class, Classes, FixedBreaks, Method, PARCELS_MIN, Rounding};
use crate::heatmap::colour::Rgb;
use crate::heatmap::palette::Palette;
use crate::heatmap::words;

/// How a column is to look.
#[derive(Clone, Debug)]
pub struct Look<'a> {
    /// How breaks are found.
    pub method: &'a Method,
    /// Whether breaks are rounded first.
    pub rounding: Rounding,
    /// Colours of classes.
    pub palette: &'a Palette,
    /// Colours of grades.
    pub grades: &'a Palette,
}

/// The one thing a parcel is in the legend; the order is the legend's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// A class of values.
    Class(Class),
    /// A value among too few to be classified.
    Unclassed,
    /// A grade.
    Grade(Grade),
    /// A category.
    Category(Category),
    /// No value.
    NoData,
    /// Not counted.
    NotCounted,
    /// A value that must not be shown.
    Hidden,
    /// Another park's.
    Neighbour,
}

impl Mark {
    /// A stable word for files: the quality of the parcel's value.
    #[must_use]
    pub const fn quality(self) -> &'static str {
        match self {
            Self::Class(_) | Self::Grade(_) | Self::Category(_) => "shown",
            Self::Unclassed => "unclassed",
            Self::NoData => "no_data",
            Self::NotCounted => "not_counted",
            Self::Hidden => "hidden",
            Self::Neighbour => "neighbour",
        }
    }
}

/// What is drawn over the ground of a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Nothing.
    Plain,
    /// Lines one way: no data.
    Hatch,
    /// Lines both ways: hidden.
    Cross,
    /// Dots: gaps.
    Dots,
}

/// One swatch of the legend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it stands for; `None` for [`Pattern::Dots`], whose parcels are counted by class too.
    pub mark: Option<Mark>,
    /// Its colour.
    pub ground: Rgb,
    /// What is drawn over the colour.
    pub pattern: Pattern,
    /// What it means.
    pub label: String,
    /// How many parcels are so.
    pub count: usize,
}

/// Parcels with a value or a grade, and those that should have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// With a value or a grade.
    pub valued: usize,
    /// Without one that should have it.
    pub no_data: usize,
    /// All in view.
    pub all: usize,
}

/// A column, sorted into marks.
#[derive(Clone, Debug, PartialEq)]
pub struct Shading {
    /// The classes; `None` for grades, or for too few values.
    pub classes: Option<Classes>,
    /// The method in words, or why there is none.
    pub method: String,
    /// The mark of each parcel, in the order of the column.
    pub marks: Vec<Mark>,
    /// The legend; the counts of entries with a mark add up to all parcels.
    pub legend: Vec<Entry>,
    /// The sums of it.
    pub counts: Counts,
}

/// Ground of parcels without data, under the hatching.
const NO_DATA: Rgb = Rgb::WHITE;
/// Ground of what is not counted (map.png).
const NOT_COUNTED: Rgb = Rgb::hex(0x00d3_d8de);
/// Ground of hidden cells, under the cross-hatching.
const HIDDEN: Rgb = Rgb::hex(0x00f3_f5f7);
/// Ground of other parks.
const NEIGHBOUR: Rgb = Rgb::hex(0x00e3_e7eb);
/// Ground of values that are not classified.
const UNCLASSED: Rgb = Rgb::hex(0x00d6_e4f5);

impl Shading {
    /// Sorts `column` by `look`.
    #[must_use]
    pub fn of(column: &Column<'_>, look: &Look<'_>) -> Self {
        let values: Vec<Decimal> = column
            .areas
            .iter()
            .filter_map(|area| match area.cell {
                Cell::Value(value) => Some(value),
                _ => None,
            })
            .collect();
        let classes = match look.method {
            Method::Fixed(breaks) if has_bands(column) => of_bands(column, values.len(), breaks),
            _ if has_bands(column) => None,
            method => Classes::of(&values, method, look.rounding),
        };
        let marks: Vec<Mark> = column
            .areas
            .iter()
            .map(|area| mark(area.cell, classes.as_ref()))
            .collect();
        let has_grades = marks.iter().any(|mark| matches!(mark, Mark::Grade(_)));
        let method = match &classes {
            Some(classes) => words::method(look.method, classes.len()),
            None if values.is_empty() && has_grades => words::GRADES.to_owned(),
            None if marks.iter().any(|mark| matches!(mark, Mark::Category(_))) => {
                words::CATEGORIES.to_owned()
            }
            None if !marks.contains(&Mark::Unclassed) => words::NO_VALUES.to_owned(),
            None => words::TOO_FEW.to_owned(),
        };
        let legend = legend(column, &marks, classes.as_ref(), look);
        let tally = |wanted: fn(&Mark) -> bool| marks.iter().filter(|mark| wanted(mark)).count();
        let counts = Counts {
            valued: tally(|mark| is_valued(*mark)),
            no_data: tally(|mark| *mark == Mark::NoData),
            all: marks.len(),
        };
        Self {
            classes,
            method,
            marks,
            legend,
            counts,
        }
    }

    /// The exact breaks, least and greatest included; none without classes.
    #[must_use]
    pub fn breaks(&self) -> &[Decimal] {
        self.classes.as_ref().map_or(&[], Classes::breaks)
    }

    /// The legend's entry of a mark; every mark of the column has one.
    #[must_use]
    pub fn entry(&self, mark: Mark) -> Option<&Entry> {
        self.legend.iter().find(|entry| entry.mark == Some(mark))
    }
}

const fn is_valued(mark: Mark) -> bool {
    matches!(
        mark,
        Mark::Class(_) | Mark::Unclassed | Mark::Grade(_) | Mark::Category(_)
    )
}

fn has_bands(column: &Column<'_>) -> bool {
    let mut cells = column.areas.iter().map(|area| area.cell);
    cells.any(|cell| matches!(cell, Cell::Band(_)))
}

/// Classes of a column of which only the bands are known, of all or of some.
fn of_bands(column: &Column<'_>, values: usize, breaks: &FixedBreaks) -> Option<Classes> {
    let cells = || column.areas.iter().map(|area| area.cell);
    let bands = cells().filter(|cell| matches!(cell, Cell::Band(_))).count();
    let is_negative = cells().any(|cell| match cell {
        Cell::Band(class) => class == Class::Negative,
        Cell::Value(value) => value < Decimal::ZERO,
        _ => false,
    });
    (values + bands >= PARCELS_MIN).then(|| Classes::fixed(breaks, is_negative))
}

fn mark(cell: Cell, classes: Option<&Classes>) -> Mark {
    match cell {
        Cell::Band(class) => classes.map_or(Mark::Unclassed, |_| Mark::Class(class)),
        Cell::Value(value) => classes.map_or(Mark::Unclassed, |classes| {
            Mark::Class(classes.class_of(value))
        }),
        Cell::Grade(grade) => Mark::Grade(grade),
        Cell::Category(category) => Mark::Category(category),
        Cell::NoData => Mark::NoData,
        Cell::NotCounted => Mark::NotCounted,
        Cell::Hidden => Mark::Hidden,
        Cell::Neighbour => Mark::Neighbour,
    }
}

/// Every class, empty or not, so that maps can be compared; every other mark that occurs; and
/// always the parcels without data, for "none missing" is news too.
fn legend(
    column: &Column<'_>,
    marks: &[Mark],
    classes: Option<&Classes>,
    look: &Look<'_>,
) -> Vec<Entry> {
    let mut counts: BTreeMap<Mark, usize> = BTreeMap::from([(Mark::NoData, 0)]);
    if let Some(classes) = classes {
        let numbers = (0..classes.len()).map(Class::Number);
        let negative = classes.has_negative().then_some(Class::Negative);
        counts.extend(
            negative
                .into_iter()
                .chain(numbers)
                .map(|class| (Mark::Class(class), 0)),
        );
    }
    if marks.iter().any(|mark| matches!(mark, Mark::Grade(_))) {
        counts.extend(Grade::ALL.map(|grade| (Mark::Grade(grade), 0)));
    }
    let category = marks.iter().find_map(|mark| match mark {
        Mark::Category(category) => Some(*category),
        _ => None,
    });
    for one in category.map_or(&[][..], Category::all) {
        counts.insert(Mark::Category(*one), 0);
    }
    for mark in marks {
        *counts.entry(*mark).or_default() += 1;
    }
    let mut entries: Vec<Entry> = counts
        .into_iter()
        .map(|(mark, count)| entry(mark, count, classes, look))
        .collect();
    let gaps = column.areas.iter().filter(|area| area.has_gaps).count();
    if gaps > 0 {
        let after = entries
            .iter()
            .position(|entry| entry.mark == Some(Mark::NoData))
            .unwrap_or(entries.len());
        entries.insert(
            after,
            Entry {
                mark: None,
                ground: Rgb::WHITE,
                pattern: Pattern::Dots,
                label: words::GAPS.to_owned(),
                count: gaps,
            },
        );
    }
    entries
}

fn entry(mark: Mark, count: usize, classes: Option<&Classes>, look: &Look<'_>) -> Entry {
    let plain = |ground, label: String| (ground, Pattern::Plain, label);
    let (ground, pattern, label) = match mark {
        Mark::Class(Class::Negative) => plain(look.palette.negative(), words::NEGATIVE.to_owned()),
        Mark::Class(Class::Number(class)) => {
            let colours = look.palette.colours(classes.map_or(0, Classes::len));
            let ground = colours.get(class).copied().unwrap_or(Rgb::WHITE);
            let label = classes.map(|classes| words::range(classes, class));
            plain(ground, label.unwrap_or_default())
        }
        Mark::Unclassed => plain(UNCLASSED, words::TOO_FEW.to_owned()),
        Mark::Grade(grade) => plain(look.grades.letter(grade), grade.letter().to_owned()),
        Mark::Category(one) => plain(one.colour(), one.label().to_owned()),
        Mark::NoData => (NO_DATA, Pattern::Hatch, words::NO_DATA.to_owned()),
        Mark::NotCounted => plain(NOT_COUNTED, words::NOT_COUNTED.to_owned()),
        Mark::Hidden => (HIDDEN, Pattern::Cross, words::HIDDEN.to_owned()),
        Mark::Neighbour => plain(NEIGHBOUR, words::NEIGHBOUR.to_owned()),
    };
    Entry {
        mark: Some(mark),
        ground,
        pattern,
        label,
        count,
    }
}
