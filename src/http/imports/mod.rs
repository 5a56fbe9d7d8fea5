//! `/api/v1/imports`: files that the bureau hands over by its pages, through the same job as
//! `parkpulse import`. A file is tried first, which changes nothing and tells every fault by its
//! row; what was tried is then confirmed by its digest, so that nothing else is taken than what
//! was looked at. All or nothing, bounded in size and time, one at a time.
//!
//! Readings are recorded before they are taken, as they reach the store and not the registry.

mod wire;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::access::{Action, Matter, Principal, Scope, scope};
use crate::jobs::import::readings::{From, ReadingsFault, Way, import_readings};
use crate::jobs::import::{Given, Kind, Limits, Progress, Report, import, template, template_rows};
use crate::park::outline::CityBox;
use crate::store::registry::{AuditFilter, Errand, Mode, Registry, RegistryFault};

use crate::text::Language;

use super::spreadsheet;
use super::words::language_asked_for;
use super::{Asked, Asker, Checked, Desk, Problem, Right, Routes, Trouble, whole_body};

/// How long a file waits for its turn.
const TURN_WITHIN: Duration = Duration::from_secs(5);
/// The media type of a workbook.
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Imports of one's own that are listed.
const RECENT: u32 = 20;

/// How files are taken, and the one place for it.
#[derive(Debug)]
pub struct Imports {
    limits: Limits,
    city: CityBox,
    turn: Semaphore,
    /// How far the file that is being read is: rows, and about how many there are.
    reached: Mutex<Option<(u64, u64)>>,
}

impl Imports {
    /// A place for files within `limits`, of a city within `city`.
    #[must_use]
    pub const fn new(limits: Limits, city: CityBox) -> Self {
        Self {
            limits,
            city,
            turn: Semaphore::const_new(1),
            reached: Mutex::new(None),
        }
    }

    /// Where the city lies.
    pub(super) const fn city(&self) -> CityBox {
        self.city
    }

    /// How far the file that is being read is.
    fn reached(&self) -> Option<(u64, u64)> {
        *self.reached.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reach(&self, reached: Option<(u64, u64)>) {
        *self.reached.lock().unwrap_or_else(PoisonError::into_inner) = reached;
    }

    /// Waits for the turn: a whole file lies in memory, and two changes of the registry wait for
    /// each other anyway.
    pub(super) async fn turn(&self) -> Result<SemaphorePermit<'_>, Problem> {
        let busy = || {
            let detail = "another file is being read; nothing was changed, try again";
            Problem::new(Trouble::Unavailable, detail).retry_after(10)
        };
        let permit = tokio::time::timeout(TURN_WITHIN, self.turn.acquire()).await;
        permit.map_err(|_elapsed| busy())?.map_err(|_closed| busy())
    }
}

pub(super) fn routes() -> Routes {
    let write = Right::Row(Matter::Land, Action::Write);
    Routes::default()
        .get("/api/v1/imports", write, list)
        .get("/api/v1/imports/{kind}/template", write, empty)
        .post("/api/v1/imports/{kind}", write, take)
}

/// What a kind is in the table of rights.
const fn matter(kind: Kind) -> Matter {
    match kind {
        Kind::Parks | Kind::Areas | Kind::Enterprises | Kind::Parcels | Kind::Land => Matter::Land,
        Kind::Meters | Kind::Replacements | Kind::Statements | Kind::Conduct | Kind::Readings => {
            Matter::DepartmentFile
        }
    }
}

fn may(who: &Principal, kind: Kind) -> bool {
    scope(who, Action::Write, matter(kind)) == Scope::Everything
}

/// Whoever may import nothing finds nothing here; said before anything is read.
fn demand_some(who: &Principal) -> Result<(), Problem> {
    if Kind::ALL.into_iter().any(|kind| may(who, kind)) {
        Ok(())
    } else {
        Err(Problem::not_found())
    }
}

/// The kinds of files with their columns, which of them one may hand over here, and what one did.
#[utoipa::path(
    get,
    path = "/api/v1/imports",
    operation_id = "imports",
    responses((status = 200, body = wire::Listing, description = "in the order in which they build on each other"))
)]
pub(super) async fn list(
    Asker(who): Asker,
    State(desk): State<Desk>,
    headers: HeaderMap,
) -> Result<Json<wire::Listing>, Problem> {
    demand_some(&who)?;
    let filter = AuditFilter {
        who: Some(who.name.clone()),
        action: Some("import".to_owned()),
        ..AuditFilter::default()
    };
    let log = desk.registry.find_audit(&who, &filter, None, RECENT);
    let log = log.await.map_err(Problem::internal)?;
    let bytes = desk.imports.limits.file_bytes;
    Ok(Json(wire::Listing::of(
        |kind| may(&who, kind),
        (bytes, desk.imports.reached()),
        &log.entries,
        language_asked_for(&headers),
    )))
}

/// The empty file of a kind, with notes.
#[utoipa::path(
    get,
    path = "/api/v1/imports/{kind}/template",
    operation_id = "import_template",
    params(("kind" = String, Path, description = "parks, areas, enterprises, parcels, land, meters, replacements, statements or conduct"), wire::TemplateAsked),
    responses((status = 200, body = String, content_type = "text/csv", description = "a header and notes; GeoJSON for parcels"))
)]
pub(super) async fn empty(
    Asker(who): Asker,
    Checked(kind): Checked<Kind>,
    Asked(asked): Asked<wire::TemplateAsked>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let language = language_asked_for(&headers);
    demand_some(&who)?;
    if asked.is_workbook()? && !matches!(kind, Kind::Parcels | Kind::Readings) {
        return spreadsheet::workbook_answer(&[sheet(kind, language)]);
    }
    let (media, ending) = match kind {
        Kind::Readings => return Err(Problem::not_found()),
        Kind::Parcels => ("application/geo+json", "geojson"),
        _ => ("text/csv; charset=utf-8", "csv"),
    };
    let name = format!("attachment; filename=\"{kind}.{ending}\"");
    let head = [
        (header::CONTENT_TYPE, media.to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((head, template(kind, language)).into_response())
}

/// The empty table of a kind.
fn sheet(kind: Kind, language: Language) -> spreadsheet::Sheet {
    let rows = template_rows(kind, language).into_iter();
    let cells = rows.map(|row| row.into_iter().map(spreadsheet::Cell::Text).collect());
    spreadsheet::Sheet {
        name: kind.as_str(),
        rows: cells.collect(),
    }
}

/// The empty file of a kind as a workbook, its notes in `language`; `None` of parcels and readings, which are no tables.
#[must_use]
pub fn template_workbook(kind: Kind, language: Language) -> Option<Vec<u8>> {
    match kind {
        Kind::Parcels | Kind::Readings => None,
        _ => spreadsheet::workbook(&[sheet(kind, language)]),
    }
}

/// Tries a file; with the digest of one that was tried, takes it.
#[utoipa::path(
    post,
    path = "/api/v1/imports/{kind}",
    operation_id = "import",
    params(("kind" = String, Path, description = "parks, areas, enterprises, parcels, land, meters, replacements, statements, conduct or readings"), wire::Asked),
    request_body(content = String, content_type = "text/csv", description = "a workbook (.xlsx), or CSV in UTF-8 or GBK; GeoJSON as application/geo+json for parcels; NDJSON as application/x-ndjson for readings"),
    responses((status = 200, body = wire::Outcome, description = "what was taken, or would be, or why not"), (status = 409, description = "confirmed another file, or it no longer fits what is registered; nothing was changed"), (status = 413, description = "larger than a file may be"), (status = 503, description = "another file is being read"))
)]
pub(super) async fn take(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    Checked(kind): Checked<Kind>,
    Asked(asked): Asked<wire::Asked>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<wire::Outcome>, Problem> {
    if !may(&who, kind) {
        return Err(Problem::not_found());
    }
    of_the_right_media(kind, &headers)?;
    let crs = asked.crs(kind)?;
    let picks = asked.picks()?;
    let _turn = desk.imports.turn().await?;
    let bytes = whole_body(body, desk.imports.limits.file_bytes).await?;
    let digest = hex::encode(Sha256::digest(&bytes));
    let mode = match &asked.confirm {
        None => Mode::DryRun,
        Some(confirmed) if *confirmed == digest => Mode::Apply,
        Some(_other) => {
            let detail = "this is not the file that was tried; try it first, nothing was changed";
            return Err(Problem::new(Trouble::Conflict, detail));
        }
    };
    let work = {
        let desk = desk.clone();
        move || {
            let log = desk.registry.on(&errand);
            if kind == Kind::Readings {
                let taking = readings(&desk, (&log, &who), (asked.name(), &bytes), mode);
                return tokio::runtime::Handle::current().block_on(taking);
            }
            let hear = |rows: u64, total: u64| desk.imports.reach(Some((rows, total)));
            let given = Given {
                catalogue: &desk.catalogue,
                crs,
                city: desk.imports.city,
                limits: desk.imports.limits,
                name: Some(asked.name()),
                picks: &picks,
                progress: Progress::to(&hear),
            };
            let importing = import(&log, &who, kind, &bytes, &given, mode);
            let report = tokio::runtime::Handle::current().block_on(importing);
            desk.imports.reach(None);
            report.map_err(refused)
        }
    };
    // Reading a file of 20 MiB takes a while: on a thread that may block.
    let report = tokio::task::spawn_blocking(work).await;
    let report = report.map_err(Problem::internal)??;
    let language = language_asked_for(&headers);
    still_fits(&report)?;
    Ok(Json(wire::Outcome::of(&report, digest, language)))
}

/// Takes readings, or says what would be taken: a line a value.
async fn readings(
    desk: &Desk,
    (log, who): (&Registry, &Principal),
    (name, bytes): (&str, &[u8]),
    mode: Mode,
) -> Result<Report, Problem> {
    let roster = desk.registry.directory().current();
    let way = Way {
        append: &*desk.engine,
        roster: &roster,
        catalogue: &desk.catalogue,
    };
    if mode == Mode::Apply {
        // First: without a record nothing is taken.
        let object = format!("readings {name}");
        let noted = log.note_in_log(who, "import", &object, "begun");
        noted.await.map_err(refused)?;
    }
    let taken = import_readings(&way, From::Bytes(name, bytes), mode).await;
    let mut report = taken.map_err(|fault| unavailable_readings(&fault))?;
    if mode == Mode::DryRun && report.is_taken() {
        report.added = report.rows;
    }
    Ok(report)
}

fn unavailable_readings(fault: &ReadingsFault) -> Problem {
    tracing::warn!(
        cause = fault as &dyn std::error::Error,
        "readings of a page were not taken"
    );
    let detail = "the store takes no readings now; hand the file over again, what it has counts as duplicate";
    Problem::new(Trouble::Unavailable, detail).retry_after(10)
}

/// A media type that no page of another site can send without being asked for leave.
fn of_the_right_media(kind: Kind, headers: &HeaderMap) -> Result<(), Problem> {
    let wanted: &[&str] = match kind {
        Kind::Parcels => &["application/geo+json"],
        Kind::Readings => &["application/x-ndjson"],
        _ => &["text/csv", WORKBOOK],
    };
    let found = headers.get(header::CONTENT_TYPE);
    let found = found
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let found = found.split(';').next().map(str::trim).unwrap_or_default();
    if wanted.contains(&found) {
        return Ok(());
    }
    let detail = format!("send {kind} as {}", wanted.join(" or "));
    Err(Problem::new(Trouble::UnsupportedMedia, detail))
}

/// What was confirmed and yet not taken: the registry has changed since it was tried.
fn still_fits(report: &Report) -> Result<(), Problem> {
    let first = report.faults.told().first();
    match first {
        Some(fault) if report.mode == Mode::Apply => {
            let detail = format!("{fault}; nothing was changed, try the file again");
            Err(Problem::new(Trouble::Conflict, detail))
        }
        _ => Ok(()),
    }
}

fn refused(fault: RegistryFault) -> Problem {
    match fault {
        RegistryFault::NotYours => Problem::not_found(),
        failed => Problem::internal(failed),
    }
}
