//! `GET /api/v1/me`: who asks, and what there is to see for them. `/api/v1/session`: in a demo, the
//! roles that one may be by one click (`GET`), and being one of them (`POST`).
//!
//! Outside a demo the second address does not exist, and whoever reaches the door is the local
//! operator (see [`super::Asker`]).

mod kept;
mod wire;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use crate::access::{Action, Matter, Principal, Role, Scope, scope};
use crate::calendar::Moment;
use crate::park::{Enterprise, Park};
use crate::reading::Code;
use crate::store::registry::PAGE_LIMIT;

use super::{Asker, Desk, Problem, Right, Routes, Trouble, whole_body};

pub use kept::Sessions;
pub(super) use kept::Tie;

/// More than any choice needs.
const CHOICE_BYTES_MAX: usize = 1_024;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/api/v1/me", Right::Everybody, me)
        .get("/api/v1/session", Right::Everybody, choices)
        .post("/api/v1/session", Right::Everybody, choose)
}

/// Who asks, and what there is to see for them.
#[utoipa::path(
    get,
    path = "/api/v1/me",
    operation_id = "me",
    responses((status = 200, body = wire::Me, description = "role, parks and enterprise of the asker"))
)]
pub(super) async fn me(
    Asker(who): Asker,
    State(desk): State<Desk>,
) -> Result<Json<wire::Me>, Problem> {
    Ok(Json(describe(&desk, &who).await?))
}

/// What `who` is called, and the parks and the enterprise in their sight.
async fn describe(desk: &Desk, who: &Principal) -> Result<wire::Me, Problem> {
    let now = desk.clock.now();
    let enterprise = match &who.role {
        Role::Enterprise(code) => {
            let found = desk.registry.find_enterprise(who, code, now).await;
            found.map_err(Problem::internal)?
        }
        _ => None,
    };
    let seen = scope(who, Action::Read, Matter::HeatCell);
    let mut parks = parks(desk, now).await?;
    parks.retain(|park| match &seen {
        Scope::Everything => true,
        Scope::Nothing => false,
        Scope::Parks(own) => own.contains(&park.id),
        Scope::Enterprise(_) => enterprise.as_ref().is_some_and(|own| own.park == park.id),
    });
    let is_demo = desk.sessions.is_some();
    Ok(wire::Me::of(who, &parks, enterprise.as_ref(), is_demo))
}

async fn parks(desk: &Desk, now: Moment) -> Result<Vec<Park>, Problem> {
    let all = Principal::local();
    let page = desk.registry.list_parks(&all, now, None, PAGE_LIMIT).await;
    Ok(page.map_err(Problem::internal)?.entries)
}

async fn enterprises(desk: &Desk, now: Moment) -> Result<Vec<Enterprise>, Problem> {
    let all = Principal::local();
    let (mut found, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = desk
            .registry
            .list_enterprises(&all, now, None, after.as_deref(), PAGE_LIMIT)
            .await
            .map_err(Problem::internal)?;
        found.extend(page.entries);
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// In a demo, the roles that one may be.
#[utoipa::path(
    get,
    path = "/api/v1/session",
    operation_id = "roles",
    responses((status = 200, body = wire::Choices, description = "what a role may be of"), (status = 404, description = "this is no demo"))
)]
pub(super) async fn choices(State(desk): State<Desk>) -> Result<Json<wire::Choices>, Problem> {
    if desk.sessions.is_none() {
        return Err(Problem::not_found());
    }
    let now = desk.clock.now();
    let (parks, enterprises) = (parks(&desk, now).await?, enterprises(&desk, now).await?);
    Ok(Json(wire::Choices::of(&parks, &enterprises)))
}

/// In a demo, being somebody else.
#[utoipa::path(
    post,
    path = "/api/v1/session",
    operation_id = "choose_role",
    request_body = wire::Choice,
    responses((status = 200, body = wire::Me, description = "from now on, with the cookie"), (status = 404, description = "this is no demo"))
)]
pub(super) async fn choose(
    State(desk): State<Desk>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let sessions = desk.sessions.as_ref().ok_or_else(Problem::not_found)?;
    from_our_own_page(&headers)?;
    let bytes = whole_body(body, CHOICE_BYTES_MAX).await?;
    let asked: wire::Choice = serde_json::from_slice(&bytes).map_err(|cause| refused(&cause))?;
    let role = role(&desk, &asked).await?;
    let who = Principal {
        name: format!("demo {}", role.as_str()),
        role,
    };
    let me = describe(&desk, &who).await?;
    let cookie = sessions.begin(&headers, who);
    let cookie =
        cookie.map_err(|cause| Problem::internal(std::io::Error::other(cause.to_string())))?;
    Ok(([(header::SET_COOKIE, cookie)], Json(me)).into_response())
}

/// Refuses what another site could make a browser send: JSON needs its permission, and a browser
/// says where a request comes from.
fn from_our_own_page(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let kind = text("content-type").unwrap_or_default();
    if kind.split(';').next().map(str::trim) != Some("application/json") {
        let detail = "send application/json";
        return Err(Problem::new(Trouble::UnsupportedMedia, detail));
    }
    let host = text("host").unwrap_or_default();
    let is_origin = |origin: &str| origin.strip_prefix("http://") == Some(host);
    let is_ours = text("origin").is_none_or(is_origin)
        && text("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    if is_ours {
        return Ok(());
    }
    let detail = "a role is chosen on our own page alone";
    Err(Problem::new(Trouble::BadRequest, detail))
}

fn refused(cause: &serde_json::Error) -> Problem {
    let words = cause.to_string();
    let code = if !cause.is_data() {
        Code::BadEncoding
    } else if words.starts_with("unknown field") {
        Code::UnknownField
    } else if words.starts_with("missing field") {
        Code::MissingField
    } else {
        Code::BadType
    };
    Problem::new(Trouble::Refused(code), words)
}

/// The role that was chosen; a park or an enterprise that is not there is not there.
async fn role(desk: &Desk, asked: &wire::Choice) -> Result<Role, Problem> {
    let now = desk.clock.now();
    match asked {
        wire::Choice::Public {} => Ok(Role::Public),
        wire::Choice::Bureau {} => Ok(Role::Bureau),
        wire::Choice::Operator { park } => {
            let parks = parks(desk, now).await?;
            let found = parks.into_iter().find(|one| one.id.as_str() == park);
            found
                .map(|park| Role::Operator(vec![park.id]))
                .ok_or_else(Problem::not_found)
        }
        wire::Choice::Enterprise { enterprise } => {
            let code = enterprise.parse();
            let code = code.map_err(|_not_a_code| Problem::not_found())?;
            let all = Principal::local();
            let found = desk.registry.find_enterprise(&all, &code, now).await;
            let found = found.map_err(Problem::internal)?;
            found
                .map(|_| Role::Enterprise(code))
                .ok_or_else(Problem::not_found)
        }
    }
}
