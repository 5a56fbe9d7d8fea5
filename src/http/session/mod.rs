//! `GET /api/v1/me`: who asks, and what there is to see for them. `/api/v1/session`: in a demo, the
//! roles that one may be by one click (`GET`), and being one of them (`POST`).
//!
//! Outside a demo the second address does not exist: people sign in (see [`super::sign_in`]).

mod kept;
mod wire;

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use crate::access::{Action, Matter, Principal, Role, Scope, scope};
use crate::calendar::Moment;
use crate::park::{Enterprise, Park, ParkId};
use crate::store::registry::{Errand, PAGE_LIMIT, Session};

use super::sign_in::SignedIn;
use super::{Asker, Desk, Problem, Right, Routes, json_body};

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
    seat: Result<SignedIn, Problem>,
    State(desk): State<Desk>,
) -> Result<Json<wire::Me>, Problem> {
    let person = seat.ok().map(|seat| seat.session);
    Ok(Json(describe(&desk, &who, person).await?))
}

/// What `who` is called, and the parks and the enterprise in their sight.
async fn describe(
    desk: &Desk,
    who: &Principal,
    person: Option<Session>,
) -> Result<wire::Me, Problem> {
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
    let terms = desk.entrance.settings.terms;
    Ok(wire::Me::of(
        who,
        &parks,
        enterprise.as_ref(),
        is_demo,
        (person, terms),
        first_layer(desk).await?,
    ))
}

/// Energy is shown of closed months, and not without a 等价 value of electricity.
async fn first_layer(desk: &Desk) -> Result<&'static str, Problem> {
    let months = desk.registry.list_closed_months().await;
    let is_closed = !months.map_err(Problem::internal)?.is_empty();
    Ok(if is_closed && desk.book.factors.has_equal_electricity() {
        "energy_per_mu"
    } else {
        "kwh_per_mu"
    })
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

/// What proxies and tunnels say of themselves.
const PASSED_ON: [&str; 4] = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host"];

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
    Extension(errand): Extension<Errand>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let sessions = desk.sessions.as_ref().ok_or_else(Problem::not_found)?;
    // Something between passes on what others ask: then this is no demo of one's own machine.
    if PASSED_ON.iter().any(|header| headers.contains_key(*header)) {
        return Err(Problem::not_found());
    }
    let asked: wire::Choice = json_body(&headers, body, CHOICE_BYTES_MAX).await?;
    let role = role(&desk, &asked).await?;
    let who = Principal {
        name: format!("demo {}", role.as_str()),
        role,
    };
    let me = describe(&desk, &who, None).await?;
    let noted = desk.registry.on(&errand);
    let noted = noted.note_in_log(&who, "demo.role", who.role.as_str(), "done");
    noted.await.map_err(Problem::internal)?;
    let cookie = sessions.begin(&headers, who);
    let cookie =
        cookie.map_err(|cause| Problem::internal(std::io::Error::other(cause.to_string())))?;
    Ok(([(header::SET_COOKIE, cookie)], Json(me)).into_response())
}

/// The role that was chosen; a park or an enterprise that is not there is not there.
async fn role(desk: &Desk, asked: &wire::Choice) -> Result<Role, Problem> {
    let now = desk.clock.now();
    match asked {
        wire::Choice::Public {} => Ok(Role::Public),
        wire::Choice::Bureau {} => Ok(Role::Bureau),
        wire::Choice::Sys {} => Ok(Role::AdminSystem),
        wire::Choice::Sec {} => Ok(Role::AdminSecurity),
        wire::Choice::Aud {} => Ok(Role::AdminAudit),
        wire::Choice::Operator { park } => {
            let park = park_named(desk, park, now).await?;
            Ok(Role::Operator(vec![park]))
        }
        wire::Choice::Kiosk { park } => Ok(Role::Kiosk(park_named(desk, park, now).await?)),
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

async fn park_named(desk: &Desk, name: &str, now: Moment) -> Result<ParkId, Problem> {
    let parks = parks(desk, now).await?;
    let found = parks.into_iter().find(|one| one.id.as_str() == name);
    found.map(|park| park.id).ok_or_else(Problem::not_found)
}
