//! What `map --json` prints, and the properties of the GeoJSON: decimals as text, exact.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::heatmap::cell::Column;
use crate::heatmap::classes::{Class, Classes, Closed};
use crate::heatmap::scene::Scene;
use crate::heatmap::shading::{Entry, Look, Mark, Shading};
use crate::park::Name;

/// The report of a map. `breaks` are exact and one more than `counts`; `colours` go with
/// `counts`; `legend` is all of it, its counts (those with a mark) add up to `parcels`.
#[derive(Debug, Serialize)]
pub(super) struct MapReport {
    title: String,
    unit: Option<String>,
    period: Option<String>,
    as_of: Option<String>,
    method: &'static str,
    method_words: String,
    /// `below`: `[lo, hi)`, the last closed; `above`: `(lo, hi]`, the first closed.
    closed: Option<&'static str>,
    palette: String,
    breaks: Vec<String>,
    counts: Vec<usize>,
    colours: Vec<String>,
    goodness_of_variance_fit: Option<String>,
    legend: Vec<EntryWire>,
    n: usize,
    no_data: usize,
    parcels: usize,
    digest: String,
    size: String,
    /// Characters that no font has.
    missing_glyphs: Vec<String>,
}

#[derive(Debug, Serialize)]
struct EntryWire {
    kind: String,
    label: String,
    colour: String,
    count: usize,
}

/// A decimal in full.
pub(super) fn exact(number: Decimal) -> String {
    number.normalize().to_string()
}

fn kind(mark: Option<Mark>) -> String {
    match mark {
        Some(Mark::Class(Class::Negative)) => "negative".to_owned(),
        Some(Mark::Class(Class::Number(class))) => format!("class {}", class + 1),
        Some(Mark::Grade(grade)) => format!("grade {grade}"),
        Some(Mark::Category(category)) => format!("category {}", category.code()),
        Some(mark) => mark.quality().to_owned(),
        None => "gaps".to_owned(),
    }
}

/// The entries that are classes by rising value, or grades.
fn classes_shown(shading: &Shading) -> impl Iterator<Item = &Entry> {
    shading.legend.iter().filter(|entry| {
        matches!(
            entry.mark,
            Some(Mark::Class(Class::Number(_)) | Mark::Grade(_))
        )
    })
}

impl MapReport {
    pub(super) fn of(
        column: &Column<'_>,
        look: &Look<'_>,
        shading: &Shading,
        scene: &Scene,
    ) -> Self {
        let text = |name: &Option<Name>| name.as_ref().map(ToString::to_string);
        let classes = shading.classes.as_ref();
        let by_grade =
            classes_shown(shading).any(|entry| matches!(entry.mark, Some(Mark::Grade(_))));
        Self {
            title: column.title.to_string(),
            unit: text(&column.unit),
            period: text(&column.period),
            as_of: column.as_of.map(|at| at.to_string()),
            method: match (classes, by_grade) {
                (Some(_), _) => look.method.name(),
                (None, true) => "grades",
                (None, false) => "none",
            },
            method_words: shading.method.clone(),
            closed: classes.map(|classes| match classes.closed() {
                Closed::Below => "below",
                Closed::Above => "above",
            }),
            palette: if by_grade { look.grades } else { look.palette }
                .name()
                .to_owned(),
            breaks: shading.breaks().iter().map(|at| exact(*at)).collect(),
            counts: classes_shown(shading).map(|entry| entry.count).collect(),
            colours: classes_shown(shading)
                .map(|entry| entry.ground.to_string())
                .collect(),
            goodness_of_variance_fit: classes
                .and_then(Classes::goodness)
                .map(|goodness| format!("{goodness:.6}")),
            legend: shading.legend.iter().map(EntryWire::of).collect(),
            n: shading.counts.valued,
            no_data: shading.counts.no_data,
            parcels: shading.counts.all,
            digest: scene.digest.to_string(),
            size: scene.size.to_string(),
            missing_glyphs: scene.missing.iter().map(ToString::to_string).collect(),
        }
    }

    /// The report as text, one space an indent (contract.md 5), ended by a newline.
    pub(super) fn text(&self) -> Result<String, serde_json::Error> {
        indented(self)
    }
}

impl EntryWire {
    fn of(entry: &Entry) -> Self {
        Self {
            kind: kind(entry.mark),
            label: entry.label.clone(),
            colour: entry.ground.to_string(),
            count: entry.count,
        }
    }
}

fn indented(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut writer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    value.serialize(&mut writer)?;
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    text.push('\n');
    Ok(text)
}
