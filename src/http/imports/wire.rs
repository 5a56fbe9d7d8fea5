//! Files that are handed over, as JSON: kinds and columns, and what became of a file.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::{Problem, Trouble};
use crate::jobs::import::{Column, Fault, Form, HeaderCell, Kind, Money, Picks, Report, Slip};
use crate::park::Name;
use crate::park::outline::Crs;
use crate::store::registry::{AuditEntry, Mode};
use crate::text::{Language, find_sentence};

/// How a file is handed over.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Asked {
    /// Of parcels: `EPSG:4326`, `EPSG:4490`, `EPSG:4549`, `EPSG:4528` or `GCJ-02`.
    crs: Option<String>,
    /// `digest` of the answer in which this very file was tried; without it nothing is changed.
    pub(super) confirm: Option<String>,
    /// The name of the file; `file` if not given.
    name: Option<String>,
    /// The sheet of a workbook; without it the first that shows.
    sheet: Option<String>,
    /// Texts of the header and the columns they stand for, as a JSON object; an empty column leaves
    /// one out: `{"营收":"value","备注":""}`.
    columns: Option<String>,
    /// The unit all money of statements is in, whatever the file says: `元`, `万元` or `亿元`.
    unit: Option<String>,
    /// Why statements correct what was stated before: asked for where they do.
    reason: Option<String>,
}

impl Asked {
    /// What the file is called.
    pub(super) fn name(&self) -> &str {
        let name = self.name.as_deref().unwrap_or_default().trim();
        if name.is_empty() { "file" } else { name }
    }

    /// What was said of the file.
    pub(super) fn picks(&self) -> Result<Picks, Problem> {
        let unreadable = |words: String| Problem::new(Trouble::BadRequest, words);
        let columns = self.columns.as_deref().map(serde_json::from_str);
        let columns = columns
            .transpose()
            .map_err(|cause| unreadable(format!("columns is no object of texts: {cause}")))?;
        let unit = self.unit.as_deref().map(str::parse::<Money>).transpose();
        Ok(Picks {
            sheet: self.sheet.clone(),
            columns: columns.unwrap_or_default(),
            unit: unit.map_err(|cause| unreadable(cause.to_string()))?,
            reason: self.reason()?,
        })
    }

    fn reason(&self) -> Result<Option<String>, Problem> {
        let said = self.reason.as_deref().map(str::trim);
        let said = said.filter(|text| !text.is_empty());
        let name = said.map(str::parse::<Name>).transpose();
        let name = name.map_err(|cause| Problem::new(Trouble::BadRequest, cause.to_string()));
        Ok(name?.map(|name| name.to_string()))
    }

    /// The coordinate system, which parcels need and nothing else.
    pub(super) fn crs(&self, kind: Kind) -> Result<Option<Crs>, Problem> {
        let unreadable = |words: String| Problem::new(Trouble::BadRequest, words);
        let crs = self.crs.as_deref().map(str::parse::<Crs>).transpose();
        let crs = crs.map_err(|cause| unreadable(cause.to_string()))?;
        if kind == Kind::Parcels && crs.is_none() {
            let words = "name the coordinate system of parcels: crs=EPSG:4549";
            return Err(unreadable(words.to_owned()));
        }
        Ok(crs)
    }
}

/// Which empty file is asked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct TemplateAsked {
    /// `csv`, which is the default, or `xlsx`; parcels are `GeoJSON` whatever is said.
    form: Option<String>,
}

impl TemplateAsked {
    pub(super) fn is_workbook(&self) -> Result<bool, Problem> {
        match self.form.as_deref() {
            None | Some("csv") => Ok(false),
            Some("xlsx") => Ok(true),
            Some(_other) => {
                let words = "form is csv or xlsx";
                Err(Problem::new(Trouble::BadRequest, words))
            }
        }
    }
}

/// `GET /api/v1/imports`.
#[derive(Serialize, ToSchema)]
#[schema(as = Imports)]
pub(in crate::http) struct Listing {
    kinds: Vec<ShownKind>,
    /// The most bytes of a file.
    file_bytes_max: usize,
    /// How far the file is that is being read just now; null: none is, or it is short.
    reading: Option<Reached>,
    /// One's own imports by the audit log, newest first.
    recent: Vec<Done>,
}

/// How far a file is.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportReached)]
struct Reached {
    rows: u64,
    /// About how many there are.
    total: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ImportKind)]
struct ShownKind {
    kind: &'static str,
    /// Whether one may hand it over here; if not, it comes by the command line.
    allowed: bool,
    columns: Vec<ShownColumn>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ImportColumn)]
struct ShownColumn {
    name: &'static str,
    needed: bool,
    /// What belongs into it, in English as in the template.
    note: &'static str,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ImportDone)]
struct Done {
    /// The number of the record in the audit log.
    number: i64,
    at: String,
    kind: String,
    result: String,
    request_id: String,
}

/// What became of a file, or would.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportOutcome)]
pub(in crate::http) struct Outcome {
    kind: &'static str,
    /// Whether it was taken now; of a file that is only tried never.
    taken: bool,
    /// Whether nothing speaks against taking it.
    good: bool,
    /// SHA-256 of the file: `confirm` of the request that takes it.
    digest: String,
    rows: u64,
    added: u64,
    changed: u64,
    ended: u64,
    unchanged: u64,
    /// What somebody should look at, though it would be taken.
    notes: Vec<ShownFault>,
    errors: Vec<ShownFault>,
    /// Errors beyond those that are told.
    errors_more: u64,
    /// What the file is written as: `csv_utf8`, `csv_gbk`, `xlsx` or `geojson`; null if that was
    /// not found out.
    form: Option<&'static str>,
    /// The header of a table, from the left.
    header: Vec<ShownHeader>,
    /// A total out of all proportion to the year before: to be answered by `unit`.
    slip: Option<ShownSlip>,
}

/// One text of a header.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportHeader)]
struct ShownHeader {
    text: String,
    /// The column that it was taken for; null: unknown, or left out.
    column: Option<&'static str>,
}

/// A total that looks as if a unit had been mistaken.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportSlip)]
struct ShownSlip {
    /// Of which indicator.
    indicator: String,
    /// Who states it.
    source: String,
    /// This total over that of the year before.
    #[schema(example = "9987")]
    ratio: String,
    /// Rows that were compared.
    rows: u64,
    /// The unit that the figures most likely are in.
    likely: &'static str,
}

/// One fault of a file, by row and column.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportFault)]
struct ShownFault {
    /// The line of the file, the header being 1; features are counted from 1; null: the whole file.
    row: Option<u64>,
    /// The cell as a spreadsheet names it, as C17, if it is one cell's.
    cell: Option<String>,
    column: Option<String>,
    /// Which fault it is; stable.
    code: &'static str,
    /// What is wrong, in the language asked for.
    what: String,
    /// What to do; empty where what is wrong says it already.
    advice: String,
}

impl Listing {
    pub(super) fn of(
        may: impl Fn(Kind) -> bool,
        (file_bytes_max, reached): (usize, Option<(u64, u64)>),
        log: &[AuditEntry],
        language: Language,
    ) -> Self {
        let column = |column: &Column| ShownColumn {
            name: column.name,
            needed: column.is_needed,
            note: find_sentence(language, column.note).unwrap_or(column.note),
        };
        let shown = |kind: Kind| ShownKind {
            kind: kind.as_str(),
            allowed: may(kind),
            columns: kind.columns().iter().map(column).collect(),
        };
        let done = |entry: &AuditEntry| Done {
            number: entry.number,
            at: entry.at.to_string(),
            kind: entry.object.clone(),
            result: entry.result.clone(),
            request_id: entry.request.clone(),
        };
        Self {
            kinds: Kind::ALL.into_iter().map(shown).collect(),
            file_bytes_max,
            reading: reached.map(|(rows, total)| Reached { rows, total }),
            recent: log.iter().map(done).collect(),
        }
    }
}

impl Outcome {
    pub(super) fn of(report: &Report, digest: String, language: Language) -> Self {
        let good = report.is_taken();
        let shown = |fault: &Fault| ShownFault::of(fault, language);
        Self {
            kind: report.kind.as_str(),
            taken: good && report.mode == Mode::Apply,
            good,
            digest,
            rows: report.rows,
            added: report.added,
            changed: report.changed,
            ended: report.ended,
            unchanged: report.unchanged,
            notes: report.notes.iter().map(shown).collect(),
            errors: report.faults.told().iter().map(shown).collect(),
            errors_more: report.faults.more(),
            form: report.form.map(Form::as_str),
            header: report.header.iter().map(ShownHeader::of).collect(),
            slip: report.slip.as_ref().map(ShownSlip::of),
        }
    }
}

impl ShownHeader {
    fn of(cell: &HeaderCell) -> Self {
        Self {
            text: cell.text.clone(),
            column: cell.column,
        }
    }
}

impl ShownSlip {
    fn of(slip: &Slip) -> Self {
        Self {
            indicator: slip.indicator.clone(),
            source: slip.source.clone(),
            ratio: slip.ratio.to_string(),
            rows: slip.rows,
            likely: slip.likely.as_str(),
        }
    }
}

impl ShownFault {
    fn of(fault: &Fault, language: Language) -> Self {
        Self {
            row: fault.row,
            cell: fault.cell.clone(),
            column: fault.column.clone(),
            code: fault.what.code(),
            what: fault.what(language),
            advice: fault.advice(language),
        }
    }
}
