//! The words of pictures, in Chinese as the park reads them (screens.md 12), from `config/text`.

use rust_decimal::Decimal;

use crate::calendar::Moment;
use crate::heatmap::classes::{Classes, Closed, Method};
use crate::heatmap::figure::printed;
use crate::heatmap::surface::Way;
use crate::text::{Language, filled, sentence};

/// A sentence of the picture's language; a missing one does not compile.
const fn said(key: &str) -> &'static str {
    sentence(Language::Chinese, key)
}

/// Headline of a map whose file gives none.
pub(super) const UNTITLED: &str = said("picture.untitled");
/// In a parcel whose value is negative.
pub(super) const NEGATIVE_SHORT: &str = said("picture.negative_short");
/// States of land, in the words of files of either language, that are not counted where they have
/// no value (screens.md 6, "不统计").
pub(super) const LAND_NOT_COUNTED: [&str; 6] = [
    said("land_state.vacant"),
    said("land_state.construction"),
    said("land_state.public"),
    sentence(Language::English, "land_state.vacant"),
    sentence(Language::English, "land_state.construction"),
    sentence(Language::English, "land_state.public"),
];
/// Scale bar's companion.
pub(super) const NORTH: &str = said("map.north");
/// Legend of parcels without a value.
pub(super) const NO_DATA: &str = said("legend.no_data");
/// Legend of parcels that do not count.
pub(super) const NOT_COUNTED: &str = said("legend.not_counted");
/// Legend of cells that would tell single enterprises.
pub(super) const HIDDEN: &str = said("legend.hidden");
/// Legend of other parks' parcels.
pub(super) const NEIGHBOUR: &str = said("picture.neighbour");
/// Legend of parcels of whose readings more than a tenth are missing.
pub(super) const GAPS: &str = said("legend.incomplete");
/// Legend of negative values.
pub(super) const NEGATIVE: &str = said("picture.negative");
/// Method of a map of grades.
pub(super) const GRADES: &str = said("picture.grades");
/// Method of a map of categories.
pub(super) const CATEGORIES: &str = said("picture.categories");
/// What the coordinates are.
pub(super) const COORDINATES: &str = said("picture.coordinates");
/// Instead of classes, where there is no value at all.
pub(super) const NO_VALUES: &str = said("legend.no_values");
/// Instead of classes, where there are too few parcels ([`crate::heatmap::PARCELS_MIN`]).
pub(super) const TOO_FEW: &str = said("legend.few");

fn counted(sentence: &str, count: usize) -> String {
    filled(sentence, &[("count", &printed(Decimal::from(count)))])
}

/// So many parcels.
pub(super) fn parcels(count: usize) -> String {
    counted(const { said("legend.count") }, count)
}

/// So many have a value.
pub(super) fn valued(count: usize) -> String {
    counted(const { said("picture.valued") }, count)
}

/// So many have none and should.
pub(super) fn without_data(count: usize) -> String {
    counted(const { said("picture.no_data_count") }, count)
}

/// So many there are.
pub(super) fn in_all(count: usize) -> String {
    counted(const { said("picture.all_count") }, count)
}

/// On every surface (screens.md 6, "用电负荷").
pub(super) const NOT_FOR_ASSESSMENT: &str = said("surface.not_for_assessment");

/// How a surface was made.
pub(super) fn way(way: Way) -> String {
    let sentence = match way {
        Way::Kernel { .. } => const { said("surface.made_kernel") },
        Way::Inverse { .. } => const { said("surface.made_inverse") },
    };
    filled(sentence, &[("metres", &way.metres().to_string())])
}

/// Of so many places it was made.
pub(super) fn spots(count: usize) -> String {
    counted(const { said("surface.spots") }, count)
}

/// A band's part of the land.
pub(super) fn of_land(percent: Decimal) -> String {
    let percent = format!("{percent:.1}");
    filled(const { said("surface.of_land") }, &[("percent", &percent)])
}

/// A method and how many classes it made.
pub(super) fn method(method: &Method, classes: usize) -> String {
    let name = match method {
        Method::Quantile(_) => const { said("control.quantile") },
        Method::Equal(_) => const { said("control.equal") },
        Method::Jenks(_) => const { said("control.jenks") },
        Method::Fixed(_) => const { said("control.fixed") },
        Method::Diverging(_) => const { said("control.diverging") },
    };
    let values = [("method", name), ("count", &classes.to_string())];
    filled(const { said("legend.method_of") }, &values)
}

/// The range of a class; the outer ones say neither least nor most, so that no value leaks.
pub(super) fn range(classes: &Classes, class: usize) -> String {
    let inner = classes.inner();
    let below = class.checked_sub(1).and_then(|at| inner.get(at)).copied();
    let above = inner.get(class).copied();
    let from_zero = classes.has_negative();
    let sentence = match (classes.closed(), below, above) {
        (_, None, None) => const { said("legend.all") },
        (Closed::Below, None, Some(_)) if from_zero => const { said("picture.from_zero_below") },
        (Closed::Below, None, Some(_)) => const { said("legend.below") },
        (Closed::Below, Some(_), Some(_)) => const { said("legend.between") },
        (Closed::Below, Some(_), None) => const { said("legend.above") },
        (Closed::Above, None, Some(_)) if from_zero => const { said("picture.from_zero_up_to") },
        (Closed::Above, None, Some(_)) => const { said("legend.up_to") },
        (Closed::Above, Some(_), Some(_)) => const { said("legend.over_up_to") },
        (Closed::Above, Some(_), None) => const { said("legend.over") },
    };
    let figure = |bound: Option<Decimal>| bound.map_or_else(String::new, printed);
    filled(
        sentence,
        &[("low", &figure(below)), ("high", &figure(above))],
    )
}

fn told(text: Option<&str>, given: &str, none: &str) -> String {
    text.map_or_else(|| none.to_owned(), |text| filled(given, &[("text", text)]))
}

/// The unit, or that nobody said.
pub(super) fn unit(text: Option<&str>) -> String {
    let none = const { said("picture.unit_none") };
    told(text, const { said("picture.unit") }, none)
}

/// The period, or that nobody said.
pub(super) fn period(text: Option<&str>) -> String {
    let none = const { said("picture.period_none") };
    told(text, const { said("picture.period") }, none)
}

/// The source, or that nobody said.
pub(super) fn source(text: Option<&str>) -> String {
    let none = const { said("picture.source_none") };
    told(text, const { said("picture.source") }, none)
}

/// The digest.
pub(super) fn digest(text: &str) -> String {
    filled(const { said("picture.digest") }, &[("text", text)])
}

/// As-of time with its zone, to the minute.
pub(super) fn as_of(at: Option<Moment>) -> String {
    let Some(at) = at else {
        return const { said("picture.as_of_none") }.to_owned();
    };
    let minute: String = at.to_string().chars().take(16).collect();
    let minute = minute.replace('T', " ");
    filled(const { said("picture.as_of") }, &[("time", &minute)])
}
