//! The table of a map as CSV and as a workbook: the same rows and roundings as on the screen, those
//! that the filter lets through. Cells that a spreadsheet would calculate are made harmless.

use crate::access::Principal;
use crate::heatmap::{Category, Class, Classes, Column, Digest, Grade, Mark, Shading};
use crate::http::figures::{Figure, Figures, Layer, percent};
use crate::http::spreadsheet::{Cell, Sheet, harmless};
use crate::park::{Parcel, ParcelId};
use crate::text::{Language, filled, find_sentence, sentence};

use super::chosen::Chosen;
use super::wire::{Compared, in_two_places, state};

/// Columns of the CSV.
const COLUMNS: usize = 18;

pub(super) const HEAD: [&str; COLUMNS] = [
    "rank",
    "parcel",
    "enterprises",
    "grade",
    "value",
    "unit",
    "class",
    "state",
    "change_percent",
    "completeness_percent",
    "period",
    "method",
    "as_of",
    "revision",
    "source",
    "less_period",
    "less_value",
    "difference",
];

/// One parcel of the table.
struct Row {
    rank: Option<String>,
    parcel: String,
    names: String,
    grade: Option<&'static str>,
    value: Option<String>,
    class: Option<String>,
    state: &'static str,
    change: Option<String>,
    completeness: Option<String>,
    base: Option<String>,
    difference: Option<String>,
    category: Option<Category>,
}

impl Row {
    fn of(figures: &Figures, (parcel, figure): (&Parcel, &Figure), mark: Mark) -> Self {
        let class = match mark {
            Mark::Class(Class::Number(class)) => Some((class + 1).to_string()),
            Mark::Class(Class::Negative) => Some("0".to_owned()),
            _ => None,
        };
        Self {
            rank: figure.rank.map(|rank| rank.to_string()),
            parcel: parcel.id.to_string(),
            names: names(figures, &parcel.id, figure),
            grade: figures.letter(&parcel.id).map(Grade::letter),
            value: (figure.ratio.map(|ratio| ratio.written()))
                .or_else(|| figure.times.map(|times| times.open.to_string())),
            category: figure.category,
            class,
            state: state(figure.state),
            change: figure.change.clone(),
            completeness: figure.completeness.as_ref().map(percent),
            base: figures.against.and(figure.base).map(|base| base.written()),
            difference: figures.against.and(figure.difference()).map(in_two_places),
        }
    }
}

fn rows<'a>(
    figures: &'a Figures,
    shading: &'a Shading,
    chosen: &'a Chosen,
) -> impl Iterator<Item = Row> + 'a {
    let all = figures.each().zip(&shading.marks);
    let passing = all.filter(|(cell, mark)| chosen.passes(figures, *cell, **mark));
    passing.map(|(cell, mark)| Row::of(figures, cell, *mark))
}

/// What a CSV holds: the rows by parcel, an empty row, and a row for each line that says of what it
/// is, in the first column behind `# `.
pub(super) fn csv<'a>(
    figures: &'a Figures,
    shading: &'a Shading,
    chosen: &'a Chosen,
    taken: &Taken<'_>,
) -> impl Iterator<Item = [String; COLUMNS]> + 'a {
    let shown = rows(figures, shading, chosen).count();
    let about = about(figures, shading, shown, taken).into_iter();
    let about = about.map(|line| format!("# {line}"));
    let foot = std::iter::once(String::new()).chain(about).map(|line| {
        let mut cells = [const { String::new() }; COLUMNS];
        if let Some(first) = cells.first_mut() {
            *first = line;
        }
        cells
    });
    body(figures, shading, chosen, taken.method.to_owned()).chain(foot)
}

/// The rows as CSV has them, by parcel.
fn body<'a>(
    figures: &'a Figures,
    shading: &'a Shading,
    chosen: &'a Chosen,
    method: String,
) -> impl Iterator<Item = [String; COLUMNS]> + 'a {
    let revision = figures.revision.map(|revision| revision.to_string());
    let revision = revision.unwrap_or_default();
    let less = figures.against.map(|base| base.to_string());
    let less = less.unwrap_or_default();
    rows(figures, shading, chosen).map(move |row| {
        let grade = row.grade.map(str::to_owned).unwrap_or_default();
        [
            row.rank.unwrap_or_default(),
            harmless(&row.parcel),
            harmless(&row.names),
            grade.clone(),
            row.value.unwrap_or_else(|| match figures.layer {
                Layer::LandState => row.category.map_or("", Category::code).to_owned(),
                // In the layer of grades the letter is the figure.
                Layer::Grade => grade,
                _ => String::new(),
            }),
            figures.layer.unit().to_owned(),
            row.class
                .unwrap_or_else(|| row.category.map_or("", Category::code).to_owned()),
            row.state.to_owned(),
            row.change.unwrap_or_default(),
            row.completeness.unwrap_or_default(),
            figures.shown.to_string(),
            method.clone(),
            figures.as_of.to_string(),
            revision.clone(),
            figures.layer.source().to_owned(),
            less.clone(),
            row.base.unwrap_or_default(),
            row.difference.unwrap_or_default(),
        ]
    })
}

/// What stands beside a table: who took it away, of what.
pub(super) struct Taken<'a> {
    pub(super) who: &'a Principal,
    pub(super) column: &'a Column<'a>,
    pub(super) method: &'a str,
    pub(super) language: Language,
}

/// The table as on the screen, and a sheet that says of what it is.
pub(super) fn sheets(
    figures: &Figures,
    shading: &Shading,
    chosen: &Chosen,
    taken: &Taken<'_>,
) -> Vec<Sheet> {
    let said = |key: &str| said(taken.language, key);
    let worded = |category: Category| said(&format!("category.{}", category.code()));
    let head = head(figures, taken.language);
    let mut table = vec![head.into_iter().map(Cell::Text).collect::<Vec<_>>()];
    table.extend(rows(figures, shading, chosen).map(|row| {
        let mut cells = vec![
            Cell::number(row.rank),
            Cell::Text(row.parcel),
            Cell::Text(row.names),
            row.grade
                .map_or(Cell::Empty, |grade| Cell::Text(grade.to_owned())),
            match row.category {
                Some(category) if row.value.is_none() => Cell::Text(worded(category)),
                _ => Cell::number(row.value),
            },
            match row.category {
                Some(category) => Cell::Text(worded(category)),
                None => Cell::number(row.class),
            },
            Cell::Text(said(&format!("legend.{}", row.state))),
            Cell::number(row.change),
            Cell::number(row.completeness),
        ];
        if figures.against.is_some() {
            cells.extend([Cell::number(row.base), Cell::number(row.difference)]);
        }
        cells
    }));
    let shown = table.len().saturating_sub(1);
    vec![
        Sheet {
            name: match taken.language {
                Language::Chinese => const { sentence(Language::Chinese, "table.title") },
                Language::English => const { sentence(Language::English, "table.title") },
            },
            rows: table,
        },
        Sheet {
            name: match taken.language {
                Language::Chinese => const { sentence(Language::Chinese, "export.about") },
                Language::English => const { sentence(Language::English, "export.about") },
            },
            rows: lines(about(figures, shading, shown, taken)),
        },
    ]
}

/// The columns of a workbook, as the screen names them.
fn head(figures: &Figures, language: Language) -> Vec<String> {
    let said = |key: &str| said(language, key);
    let unit = figures.layer.unit();
    let value = format!(
        "{} {unit}",
        said(&format!("layer.{}", figures.layer.as_str()))
    );
    let kind = Compared::of(figures).map_or("year_on_year", |compared| compared.kind());
    let head = [
        said("table.order"),
        said("table.parcel"),
        said("table.enterprise"),
        said("table.grade"),
        value,
        said("export.class"),
        said("export.state"),
        format!("{} %", said(&format!("table.{kind}"))),
        format!("{} %", said("table.completeness")),
    ];
    let mut head: Vec<String> = head.into();
    if let Some(base) = figures.against {
        let text = [("period", &*base.to_string()), ("unit", unit)];
        head.push(filled(&said("export.less"), &text));
        head.push(filled(&said("export.difference"), &text));
    }
    head
}

/// Period, unit, method, breaks, counts, as-of, revision, digest, coordinates, who and when
/// (screens.md 6, "Exports"), a line each.
fn about(figures: &Figures, shading: &Shading, shown: usize, taken: &Taken<'_>) -> Vec<String> {
    let language = taken.language;
    let with = |key: &str, values: &[(&str, &str)]| filled(&said(language, key), values);
    let text = |key: &str, text: &str| with(key, &[("text", text)]);
    let count = |key: &str, count: usize| with(key, &[("count", &count.to_string())]);
    let inner = shading.classes.as_ref().map_or(&[][..], Classes::inner);
    // Between commas, so none inside a number.
    let breaks: Vec<String> = inner.iter().map(|at| at.normalize().to_string()).collect();
    let none = shading.entry(Mark::NoData).map_or(0, |entry| entry.count);
    let digest = Digest::of(taken.column, shading).to_string();
    let revision = figures.revision.map_or_else(
        || said(language, "map.open"),
        |revision| {
            with(
                "map.closed_revision",
                &[("revision", &revision.to_string())],
            )
        },
    );
    let firms = figures.firms().map(|(counted, all)| {
        let values = [("count", &*counted.to_string()), ("all", &*all.to_string())];
        with("export.enterprises", &values)
    });
    let lines = [
        Some(taken.column.title.to_string()),
        Some(text("picture.period", &figures.shown.to_string())),
        Some(revision),
        Some(text("picture.unit", figures.layer.unit())),
        Some(with(
            "export.classes",
            &[("method", taken.method), ("breaks", &breaks.join(", "))],
        )),
        Some(count("export.shown", shown)),
        Some(count("picture.valued", figures.ranked())),
        Some(count("picture.no_data_count", none)),
        Some(count("picture.all_count", figures.cells.len())),
        firms,
        Some(with(
            "export.as_of",
            &[("time", &figures.as_of.to_string())],
        )),
        Some(text("picture.digest", &digest)),
        Some(said(language, "picture.coordinates")),
        Some(by(figures, taken.who, language)),
    ];
    lines.into_iter().flatten().collect()
}

/// A row for each line.
fn lines(lines: Vec<String>) -> Vec<Vec<Cell>> {
    let row = |line| vec![Cell::Text(line)];
    lines.into_iter().map(row).collect()
}

/// Who takes it away, and when.
pub(in crate::http) fn by(figures: &Figures, who: &Principal, language: Language) -> String {
    let time = figures.read_at.to_string();
    let values = [("who", &*who.name), ("time", &*time)];
    filled(&said(language, "export.by"), &values)
}

fn said(language: Language, key: &str) -> String {
    find_sentence(language, key).unwrap_or(key).to_owned()
}

/// The names of those who stand there; of none that the asker may not see.
pub(super) fn names(figures: &Figures, parcel: &ParcelId, figure: &Figure) -> String {
    let enterprises = &figures.ground.enterprises;
    let here = figures.holders(parcel, figure).iter();
    let names = here.filter_map(|one| enterprises.get(&one.enterprise));
    names
        .map(|one| one.name.as_str())
        .collect::<Vec<_>>()
        .join("；")
}
