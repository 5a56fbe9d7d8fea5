//! `GET /api/v1/statements/{enterprise}`: what was stated of an enterprise in a year, every source of a figure
//! beside the others with its difference, which one counts and by which rule, and every earlier figure
//! with the reason of its correction; `POST` is the enterprise's own declaration.
//!
//! Each indicator is cut by its row of contract.md 6: operators see what suppliers and offices measure,
//! output and tax not at all (the map shows output to them in bands).

mod table;
mod wire;

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::access::{Action, Matter, Object, Principal, Role, Scope, may, scope};
use crate::calendar::Year;
use crate::indicator::{Indicator, IndicatorNo, Kind};
use crate::jobs::declare::{self, Ground, NotDeclared};
use crate::ledger::holder::stated_matter;
use crate::park::{Enterprise, EnterpriseCode};
use crate::store::registry::{Errand, ToldStatement};

use super::accounts::known_to;
use super::figures::unavailable;
use super::words::language_asked_for;
use super::{Asked, Asker, Checked, Desk, Problem, Purpose, Right, Routes, Trouble};
use super::{json_body, spreadsheet};

/// Which figures each may see is asked again for each indicator.
const TOLD: Right = Right::Row(Matter::Series, Action::Read);
/// The same, taken away.
const TABLE: Right = Right::Row(Matter::Series, Action::Export);
/// One's own word.
const OWN: Right = Right::Row(Matter::Output, Action::Write);
/// More than any form has.
const BODY_BYTES_MAX: usize = 8_192;
/// What a stated figure may be, in the table of rights.
const MATTERS: [Matter; 3] = [Matter::Output, Matter::Tax, Matter::Series];

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/api/v1/statements/{enterprise}", TOLD, json)
        .big("/api/v1/statements/{enterprise}/table.csv", TABLE, csv)
        .big("/api/v1/statements/{enterprise}/table.xlsx", TABLE, xlsx)
        .post("/api/v1/statements/{enterprise}", OWN, own)
}

/// What was stated, every source beside the others.
#[utoipa::path(
    get,
    path = "/api/v1/statements/{enterprise}",
    operation_id = "statements",
    params(("enterprise" = String, Path, description = "the social credit code"), wire::Query),
    responses((status = 200, body = wire::Answer, description = "by period and indicator; the first source of each counts"))
)]
pub(super) async fn json(
    Asker(who): Asker,
    State(desk): State<Desk>,
    purpose: Purpose,
    Checked(code): Checked<EnterpriseCode>,
    Asked(query): Asked<wire::Query>,
) -> Result<Json<wire::Answer>, Problem> {
    let told = Told::load(&desk, (&who, &purpose), &code, &query).await?;
    Ok(Json(wire::Answer::of(&desk, &who, &told)))
}

/// The same as a table: one row a figure, earlier ones too.
#[utoipa::path(
    get,
    path = "/api/v1/statements/{enterprise}/table.csv",
    operation_id = "statements_csv",
    params(("enterprise" = String, Path, description = "the social credit code"), wire::Query),
    responses((status = 200, body = String, content_type = "text/csv", description = "one row a figure, those that were corrected too"))
)]
pub(super) async fn csv(
    Asker(who): Asker,
    State(desk): State<Desk>,
    purpose: Purpose,
    Checked(code): Checked<EnterpriseCode>,
    Asked(query): Asked<wire::Query>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let told = Told::load(&desk, (&who, &purpose), &code, &query).await?;
    let answer = wire::Answer::of(&desk, &who, &told);
    let language = language_asked_for(&headers);
    spreadsheet::answer(table::HEAD, table::lines(&answer, language))
}

/// The same as a workbook.
#[utoipa::path(
    get,
    path = "/api/v1/statements/{enterprise}/table.xlsx",
    operation_id = "statements_xlsx",
    params(("enterprise" = String, Path, description = "the social credit code"), wire::Query),
    responses((status = 200, body = String, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", description = "the figures, and a sheet that says of what they are"))
)]
pub(super) async fn xlsx(
    Asker(who): Asker,
    State(desk): State<Desk>,
    purpose: Purpose,
    Checked(code): Checked<EnterpriseCode>,
    Asked(query): Asked<wire::Query>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let told = Told::load(&desk, (&who, &purpose), &code, &query).await?;
    let answer = wire::Answer::of(&desk, &who, &told);
    let language = language_asked_for(&headers);
    spreadsheet::workbook_answer(&table::sheets(&answer, language))
}

/// The enterprise states figures of its own for a period that is over.
#[utoipa::path(
    post,
    path = "/api/v1/statements/{enterprise}",
    operation_id = "declare_statements",
    params(("enterprise" = String, Path, description = "the social credit code")),
    request_body = wire::NewDeclaration,
    responses((status = 200, body = wire::Kept, description = "it is kept beside what others state"), (status = 409, description = "`asks` says what is asked first: `unit`, for a figure is thousands of times that of the year before, or `reason`, for it corrects an earlier declaration; nothing was kept"))
)]
pub(super) async fn own(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    Checked(code): Checked<EnterpriseCode>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<wire::Kept>, Problem> {
    let known = known_to(&desk, &who, &code).await?;
    if !may_declare(&who, &known) {
        return Err(Problem::not_found());
    }
    let asked: wire::NewDeclaration = json_body(&headers, body, BODY_BYTES_MAX).await?;
    let declaration = asked.read()?;
    let log = desk.registry.on(&errand);
    let ground = Ground {
        registry: &log,
        catalogue: &desk.catalogue,
        precedence: &desk.book.precedence,
        now: desk.clock.now(),
    };
    let declared = declare::declare(&ground, &who, &known, &declaration).await;
    match declared.map_err(unavailable)? {
        Ok(laid) => Ok(Json(wire::Kept::of(&laid))),
        Err(refused) => Err(problem(refused)),
    }
}

fn may_declare(who: &Principal, known: &Enterprise) -> bool {
    let object = Object {
        matter: Matter::Output,
        enterprise: Some(&known.code),
        park: Some(&known.park),
    };
    // The machine may do all, but is nobody's clerk: what it states comes by a file.
    who.role != Role::Machine && may(who, Action::Write, &object).is_allowed()
}

fn problem(refused: NotDeclared) -> Problem {
    let unreadable = |words: String| Problem::new(Trouble::BadRequest, words);
    match refused {
        NotDeclared::NotYours => Problem::not_found(),
        NotDeclared::Unfit(why) => unreadable(why.to_owned()),
        NotDeclared::Unknown { code } => {
            unreadable("an indicator is none that enterprises state of themselves".to_owned())
                .with("indicator", code)
        }
        NotDeclared::Impossible {
            code,
            from,
            to,
            unit,
        } => unreadable(format!(
            "a figure is no number, or beyond what is possible ({from} to {to} {unit}); nothing was kept"
        ))
        .with("indicator", code)
        .with("from", from)
        .with("to", to)
        .with("unit", unit),
        NotDeclared::Doubtful(doubt) => {
            let words = "a figure is thousands of times that of the year before, or a thousandth of it; nothing was kept. Say the unit it is in, or that it is right (sure)";
            Problem::new(Trouble::Conflict, words)
                .with("asks", "unit")
                .with("indicator", doubt.code)
                .with("now", doubt.now.to_string())
                .with("before", doubt.before.to_string())
                .with("source", doubt.source)
                .with("ratio", doubt.ratio.to_string())
                .with("likely", doubt.likely.as_str())
        }
        NotDeclared::Unexplained { code } => {
            let words = "a figure corrects what was declared before; nothing was kept. Say why (reason): both are kept";
            Problem::new(Trouble::Conflict, words)
                .with("asks", "reason")
                .with("indicator", code)
        }
    }
}

/// What was stated, cut to what the asker may see.
struct Told {
    known: Enterprise,
    year: Year,
    rows: Vec<ToldStatement>,
    /// What the asker sees nothing of.
    hidden: Vec<Matter>,
    may_declare: bool,
}

impl Told {
    async fn load(
        desk: &Desk,
        (who, purpose): (&Principal, &Purpose),
        code: &EnterpriseCode,
        query: &wire::Query,
    ) -> Result<Self, Problem> {
        let known = known_to(desk, who, code).await?;
        let year = query.year(desk.clock.now())?;
        let (mut rows, mut hidden) = (Vec::new(), Vec::new());
        for matter in MATTERS {
            if scope(who, Action::Read, matter) == Scope::Nothing {
                hidden.push(matter);
                continue;
            }
            let numbers = numbers(desk, matter);
            let found = desk
                .registry
                .told_statements(who, (matter, &numbers), code, year);
            let found = found.await.map_err(unavailable)?;
            if matter == Matter::Tax && who.role == Role::Bureau && !found.is_empty() {
                let object = format!("statements {code} {year}");
                purpose.note(desk, who, "tax.read", &object).await?;
            }
            rows.extend(found);
        }
        Ok(Self {
            may_declare: may_declare(who, &known),
            known,
            year,
            rows,
            hidden,
        })
    }
}

/// The indicators that are stated and are that in the table of rights.
fn numbers(desk: &Desk, matter: Matter) -> Vec<IndicatorNo> {
    let is_of = |one: &&Indicator| one.kind == Kind::Amount && stated_matter(&one.code) == matter;
    let all = desk.catalogue.iter().filter(is_of);
    all.map(|one| one.number).collect()
}
