//! `/api/v1/sign-in`: account and password, then the code, then what is still missing (a password of
//! one's own, a second factor), one step a request; and out again.
//!
//! All failures are one answer, in one time: an account that is not there costs what a wrong
//! password costs. Each step begins a new session, so that no cookie from before is worth anything.

mod again;
mod entrance;
mod gate;
mod hashing;
pub(super) mod identity;
mod seat;
pub(super) mod wire;

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::access::{AccountName, Office, Principal, Role};
use crate::park::Name;
use crate::store::registry::{
    Account, Errand, Instead, NewPerson, PasswordHash, Registry, RegistryFault, Stage,
};

use super::cookie;
use super::record::{AskedBy, nobody};
use super::{Desk, Peer, Problem, Right, Routes, Trouble, json_body};

pub(super) use again::Reassured;
pub use entrance::{Entrance, SignIn};
pub(super) use hashing::Lane;
pub use identity::{Identity, IdentityRefused, IdentitySettings};
pub(super) use seat::{InSteps, OnlyLooks, SignedIn, all_parks, role_of};

/// More than any of these bodies needs.
pub(super) const BODY_BYTES_MAX: usize = 4_096;

/// What a browser forgets when somebody signs out.
const CLEARED: &str = "\"cache\"";

/// How long a browser is remembered in which somebody signed in: 180 days.
const KNOWN_SECONDS: u32 = 180 * 86_400;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/api/v1/sign-in", Right::Everybody, progress)
        .post("/api/v1/sign-in", Right::Everybody, begin)
        .post("/api/v1/sign-in/code", Right::Everybody, code)
        .post("/api/v1/sign-in/password", Right::Everybody, password)
        .post("/api/v1/sign-in/setup", Right::Everybody, setup)
        .post("/api/v1/sign-out", Right::Everybody, out)
        .merge(identity::routes())
        .paid_by_network()
}

/// How far this browser's sign-in is.
#[utoipa::path(
    get,
    path = "/api/v1/sign-in",
    operation_id = "sign_in_progress",
    responses((status = 200, body = wire::Progress, description = "what comes next"))
)]
pub(super) async fn progress(
    State(desk): State<Desk>,
    headers: HeaderMap,
) -> Result<Json<wire::Progress>, Problem> {
    let session = seat::find(&desk, &headers).await?;
    let has_people = desk.registry.has_people().await;
    let setup = !has_people.map_err(Problem::internal)? && desk.sessions.is_none();
    let profile = desk.entrance.settings.profile;
    let session = session.as_ref().map(|seat| &seat.session);
    let elsewhere = desk.identity.is_some();
    Ok(Json(wire::Progress::of(session, setup, elsewhere, profile)))
}

/// Account and password.
#[utoipa::path(
    post,
    path = "/api/v1/sign-in",
    operation_id = "sign_in",
    request_body = wire::Password,
    responses((status = 200, body = wire::Progress, description = "right so far, with the cookie"), (status = 401, description = "wrong, whichever"), (status = 429, description = "too many were wrong"), (status = 503, description = "too many at once"))
)]
pub(super) async fn begin(
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    peer: Peer,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let asked: wire::Password = json_body(&headers, body, BODY_BYTES_MAX).await?;
    let log = desk.registry.on(&errand);
    let name = asked.account.trim().parse::<AccountName>().ok();
    // A name that nobody can have is counted as one that nobody has.
    let counted = match &name {
        Some(name) => name.to_string(),
        None => format!("?{}", hex::encode(Sha256::digest(&asked.account))),
    };
    let device = cookie::find(&headers, cookie::KNOWN)
        .filter(|mark| desk.registry.is_device_of(&counted, mark));
    let attempt = desk.entrance.begin(&counted, peer, device)?;
    let found = match &name {
        Some(name) => desk.registry.find_account(name).await,
        None => Ok(None),
    };
    let found = found.map_err(Problem::internal)?;
    let lane = match device {
        Some(_) => Lane::Known,
        None => Lane::Strangers,
    };
    let cost = desk.entrance.settings.cost;
    let hash = match &found {
        Some(account) => account.hash.clone(),
        None => Registry::decoy(cost).map_err(Problem::internal)?,
    };
    let compared = desk
        .entrance
        .is_password(&desk, lane, hash, asked.password.clone());
    let is_right = compared.await.inspect_err(|_busy| {
        desk.entrance.gate.release(&attempt);
    })?;
    let right = found
        .filter(|account| is_right && !account.offices.is_empty())
        .filter(|account| !desk.entrance.is_stale(account));
    let Some(account) = right else {
        return Err(wrong(&log, name.as_ref()).await);
    };
    if Registry::is_outdated(&account.hash, cost) {
        renew(&desk, &account, asked.password).await?;
    }
    let stage = desk.entrance.next_stage(&account, false);
    if stage == Stage::Full {
        desk.entrance.gate.right(&attempt);
    } else {
        desk.entrance.gate.release(&attempt);
    }
    let before = Instead::OfAny(cookie::find(&headers, cookie::SESSION));
    seated(&desk, &log, before, &account, stage).await
}

/// Records a refused sign-in and gives the one answer of all failures. The log names an account that
/// is there and nothing else: people type passwords into the wrong field.
async fn wrong(log: &Registry, account: Option<&AccountName>) -> Problem {
    let named = match account {
        Some(account) => log.find_account(account).await.ok().flatten(),
        None => None,
    };
    let object = named.map_or("an account that is not there".to_owned(), |found| {
        found.account.to_string()
    });
    let noted = log
        .note_in_log(&nobody(), "session.begin", &object, "refused")
        .await;
    if let Err(cause) = noted {
        return Problem::internal(cause);
    }
    refused()
}

fn refused() -> Problem {
    let detail = "account, password or code is not right, or the account has ended. Check the \
                  capitals lock and try again; the security administrator gives a new password";
    Problem::new(Trouble::SignInRefused, detail)
}

async fn renew(desk: &Desk, account: &Account, password: String) -> Result<(), Problem> {
    let made = desk.entrance.given_password(desk, password).await?;
    let renewed = desk.registry.renew_hash(account, &made).await;
    renewed.map_err(Problem::internal)
}

/// The code of the second factor, or a recovery code.
#[utoipa::path(
    post,
    path = "/api/v1/sign-in/code",
    operation_id = "sign_in_code",
    request_body = wire::Code,
    responses((status = 200, body = wire::Progress, description = "right so far, with a new cookie"), (status = 401, description = "wrong, used before, or too late"), (status = 429, description = "too many were wrong"))
)]
pub(super) async fn code(
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    peer: Peer,
    seat: InSteps,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let asked: wire::Code = json_body(&headers, body, BODY_BYTES_MAX).await?;
    let log = desk.registry.on(&errand);
    let session = seat.demand(Stage::Code)?;
    let counted = session.account.as_str();
    let device = cookie::find(&headers, cookie::KNOWN)
        .filter(|mark| desk.registry.is_device_of(counted, mark));
    let attempt = desk.entrance.begin(counted, peer, device)?;
    let used = desk.registry.use_code(session.person, &asked.code).await;
    if !used.map_err(Problem::internal)? {
        let counted = desk.registry.count_wrong_code(&seat.token).await;
        counted.map_err(Problem::internal)?;
        return Err(wrong(&log, Some(&session.account)).await);
    }
    let account = living(&desk, &session.account).await?;
    desk.entrance.gate.right(&attempt);
    let stage = desk.entrance.next_stage(&account, true);
    let before = Instead::OfStep(&seat.token);
    seated(&desk, &log, before, &account, stage).await
}

/// A password of one's own, where the one before was given or is too old.
#[utoipa::path(
    post,
    path = "/api/v1/sign-in/password",
    operation_id = "sign_in_password",
    request_body = wire::NewPassword,
    responses((status = 200, body = wire::Progress, description = "taken, with a new cookie"), (status = 401, description = "begin again"), (status = 422, description = "not good enough: why"))
)]
pub(super) async fn password(
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    seat: InSteps,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let asked: wire::NewPassword = json_body(&headers, body, BODY_BYTES_MAX).await?;
    let session = seat.demand(Stage::Password)?;
    let who = seat.principal();
    let made = desk
        .entrance
        .new_password(&desk, &who, Some(session.person), asked.password)
        .await?;
    let log = desk.registry.on(&errand);
    let changed = log.change_password(&who, session.person, &seat.token, &made);
    let number = changed.await.map_err(or_ended)?;
    let account = still(&desk, &session.account, number).await?;
    let stage = desk.entrance.next_stage(&account, true);
    seated(&desk, &log, Instead::OfAny(None), &account, stage).await
}

/// The first of all, with the code that the first start printed.
#[utoipa::path(
    post,
    path = "/api/v1/sign-in/setup",
    operation_id = "set_up",
    request_body = wire::Setup,
    responses((status = 200, body = wire::Progress, description = "the first security administrator is there, with the cookie"), (status = 401, description = "not the code, or used"), (status = 422, description = "not a name or not a good password: why"))
)]
pub(super) async fn setup(
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    peer: Peer,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let asked: wire::Setup = json_body(&headers, body, BODY_BYTES_MAX).await?;
    // Whoever guesses codes must not cost us hashes.
    let attempt = desk.entrance.begin("?setup", peer, None)?;
    let has_people = desk.registry.has_people().await;
    if has_people.map_err(Problem::internal)? || desk.sessions.is_some() {
        return Err(refused());
    }
    let unreadable = |cause: String| Problem::new(Trouble::BadRequest, cause);
    let account: AccountName = asked
        .account
        .trim()
        .parse()
        .map_err(|cause: crate::access::NotAnAccountName| unreadable(cause.to_string()))?;
    let name: Name = asked
        .name
        .parse()
        .map_err(|cause: crate::park::NameRefused| unreadable(cause.to_string()))?;
    let who = Principal {
        name: account.to_string(),
        role: Role::AdminSecurity,
    };
    let made = desk
        .entrance
        .new_password(&desk, &who, None, asked.password);
    let made: PasswordHash = made.await?;
    let person = NewPerson {
        account: account.clone(),
        name,
        office: Office::AdminSecurity,
        until: None,
    };
    let log = desk.registry.on(&errand);
    let set_up = log.set_up(&asked.code, &person, &made).await;
    if set_up.map_err(Problem::internal)?.is_none() {
        return Err(refused());
    }
    desk.entrance.gate.right(&attempt);
    let account = living(&desk, &account).await?;
    let stage = desk.entrance.next_stage(&account, true);
    let before = Instead::OfAny(cookie::find(&headers, cookie::SESSION));
    seated(&desk, &log, before, &account, stage).await
}

/// Ends this browser's session.
#[utoipa::path(
    post,
    path = "/api/v1/sign-out",
    operation_id = "sign_out",
    responses((status = 204, description = "there is no session any more"))
)]
pub(super) async fn out(
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    Extension(asked_by): Extension<AskedBy>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(seat) = seat::find(&desk, &headers).await? {
        let who = seat.principal(&desk).await?;
        asked_by.is(&who);
        let log = desk.registry.on(&errand);
        let ended = log.end_browser_session(&who, &seat.token).await;
        ended.map_err(Problem::internal)?;
    }
    let forgotten = cookie::set(cookie::SESSION, "", Some(0));
    let status = axum::http::StatusCode::NO_CONTENT;
    // Maps and outlines that the browser kept are nobody's any more.
    let cleared = (
        HeaderName::from_static("clear-site-data"),
        CLEARED.to_owned(),
    );
    Ok((status, [(header::SET_COOKIE, forgotten), cleared]).into_response())
}

/// The account, which was there a moment ago.
pub(super) async fn living(desk: &Desk, account: &AccountName) -> Result<Account, Problem> {
    let found = desk.registry.find_account(account).await;
    let found = found.map_err(Problem::internal)?;
    found
        .filter(|found| !found.offices.is_empty())
        .ok_or_else(refused)
}

/// The account, with the password of this number: a session goes on with no other.
pub(super) async fn still(
    desk: &Desk,
    account: &AccountName,
    password: i64,
) -> Result<Account, Problem> {
    let account = living(desk, account).await?;
    let is_same = account.password == password;
    is_same.then_some(account).ok_or_else(refused)
}

/// What the registry refused, as an answer: what ended meanwhile is as what was never right.
pub(super) fn or_ended(fault: RegistryFault) -> Problem {
    match fault {
        RegistryFault::SessionEnded => refused(),
        failed => Problem::internal(failed),
    }
}

/// Begins the session of `stage` in place of the browser's one, and says what comes next.
async fn seated(
    desk: &Desk,
    log: &Registry,
    before: Instead<'_>,
    account: &Account,
    stage: Stage,
) -> Result<Response, Problem> {
    let session = begin_session(desk, log, before, account, stage).await?;
    let name = Some(account.account.to_string());
    let profile = desk.entrance.settings.profile;
    let progress = wire::Progress::at(Some(stage), name, (false, false), profile);
    let mut response = Json(progress).into_response();
    for line in session {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
    Ok(response)
}

/// The cookies of a new session in place of the browser's one.
pub(super) async fn begin_session(
    desk: &Desk,
    log: &Registry,
    before: Instead<'_>,
    account: &Account,
    stage: Stage,
) -> Result<Vec<axum::http::HeaderValue>, Problem> {
    let who = Principal {
        name: account.account.to_string(),
        role: role_of(desk, &account.offices).await?,
    };
    let token = log
        .begin_browser_session(&who, account, stage, before)
        .await
        .map_err(or_ended)?;
    let mut lines = vec![cookie::set(cookie::SESSION, token.reveal(), None)];
    if stage == Stage::Full {
        let mark = desk.registry.make_device_mark(account.account.as_str());
        let mark = mark.map_err(Problem::internal)?;
        let known = cookie::set(cookie::KNOWN, mark.reveal(), Some(KNOWN_SECONDS));
        lines.push(known);
    }
    lines
        .into_iter()
        .map(|line| axum::http::HeaderValue::from_str(&line).map_err(Problem::internal))
        .collect()
}
