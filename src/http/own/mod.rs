//! `/api/v1/me/…`: one's own password, second factor and tokens of programs. With a browser only, and
//! with the present password where a stolen session would otherwise be enough.

mod wire;

use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::access::Role;
use crate::park::Name;
use crate::store::registry::{Account, Errand, Instead, Registry, Stage, TokenFault};

use super::sign_in::{
    BODY_BYTES_MAX, InSteps, Lane, Reassured, SignedIn, begin_session, living, or_ended, still,
    wire as asked_for,
};
use super::{Checked, Desk, Peer, Problem, Right, Routes, Trouble, json_body};

/// Seconds of a day.
const DAY_S: u64 = 86_400;

pub(super) fn routes() -> Routes {
    Routes::default()
        .post("/api/v1/me/password", Right::Own, password)
        .post("/api/v1/me/factor", Right::Own, begin_factor)
        .post("/api/v1/me/factor/confirm", Right::Own, confirm_factor)
        .post("/api/v1/me/factor/show", Right::Own, show_factor)
        .get("/api/v1/me/tokens", Right::Own, tokens)
        .post("/api/v1/me/tokens", Right::Own, add_token)
        .post(
            "/api/v1/me/tokens/{number}/revoke",
            Right::Own,
            revoke_token,
        )
}

/// Another password; every other session and every token of one's own ends.
#[utoipa::path(
    post,
    path = "/api/v1/me/password",
    operation_id = "change_password",
    request_body = wire::Password,
    responses((status = 204, description = "changed, with a new cookie"), (status = 401, description = "the present one is not right"), (status = 422, description = "the new one is not good enough: why"))
)]
pub(super) async fn password(
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    peer: Peer,
    own: SignedIn,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let asked: wire::Password = json_body(&headers, body, BODY_BYTES_MAX).await?;
    demand_password(&desk, &own, peer, asked.present).await?;
    let person = own.session.person;
    let made = desk
        .entrance
        .new_password(&desk, &own.who, Some(person), asked.password);
    let made = made.await?;
    let log = desk.registry.on(&errand);
    let changed = log.change_password(&own.who, person, &own.token, &made);
    let number = changed.await.map_err(or_ended)?;
    let account = still(&desk, &own.session.account, number).await?;
    let response = StatusCode::NO_CONTENT.into_response();
    renewed(&desk, &log, Instead::OfAny(None), &account, response).await
}

/// Begins a second factor: the secret, shown once.
#[utoipa::path(
    post,
    path = "/api/v1/me/factor",
    operation_id = "begin_factor",
    request_body = wire::Begin,
    responses((status = 200, body = wire::Begun, description = "for the authenticator; it counts once confirmed"), (status = 401, description = "the password is not right"))
)]
pub(super) async fn begin_factor(
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    peer: Peer,
    seat: InSteps,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<wire::Begun>, Problem> {
    let asked: wire::Begin = json_body(&headers, body, BODY_BYTES_MAX).await?;
    // Whoever has none yet came here straight from their password.
    if seat.demand(Stage::Enrol).is_err() {
        let own = own_of(&seat)?;
        let password = asked.password.unwrap_or_default();
        demand_password(&desk, &own, peer, password).await?;
    }
    let who = seat.principal();
    let begun = desk.registry.on(&errand);
    let begun = begun.begin_factor(&who, seat.session().person).await;
    Ok(Json(wire::Begun::of(&begun.map_err(Problem::internal)?)))
}

/// Makes the second factor count; the recovery codes, shown once.
#[utoipa::path(
    post,
    path = "/api/v1/me/factor/confirm",
    operation_id = "confirm_factor",
    request_body = asked_for::Code,
    responses((status = 200, body = wire::Confirmed, description = "it counts from now on; with a new cookie"), (status = 401, description = "not its present code"))
)]
pub(super) async fn confirm_factor(
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    peer: Peer,
    seat: InSteps,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let asked: asked_for::Code = json_body(&headers, body, BODY_BYTES_MAX).await?;
    let own = match seat.demand(Stage::Enrol) {
        Ok(session) => SignedIn {
            session: session.clone(),
            token: seat.token.clone(),
            who: seat.principal(),
        },
        Err(_not_on_the_way) => own_of(&seat)?,
    };
    let account = living(&desk, &own.session.account).await?;
    let attempt = desk.entrance.begin(account.account.as_str(), peer, None)?;
    let log = desk.registry.on(&errand);
    let confirmed = log
        .confirm_factor(&own.who, own.session.person, &own.token, &asked.code)
        .await
        .map_err(or_ended)?;
    let Some(codes) = confirmed else {
        let detail = "this is not the present code; look whether the telephone's clock is right";
        return Err(Problem::new(Trouble::SignInRefused, detail));
    };
    desk.entrance.gate.right(&attempt);
    let response = Json(wire::Confirmed::of(&codes)).into_response();
    let account = still(&desk, &account.account, account.password).await?;
    renewed(&desk, &log, Instead::OfEnrolment, &account, response).await
}

/// Shows the second factor once more, for what is not done on an open session alone.
#[utoipa::path(
    post,
    path = "/api/v1/me/factor/show",
    operation_id = "show_factor",
    request_body = asked_for::Code,
    responses((status = 204, description = "for some minutes it does for weighty deeds"), (status = 401, description = "wrong, or used before"), (status = 429, description = "too many were wrong"))
)]
pub(super) async fn show_factor(
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    peer: Peer,
    own: SignedIn,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    let asked: asked_for::Code = json_body(&headers, body, BODY_BYTES_MAX).await?;
    let (person, account) = (own.session.person, own.session.account.as_str());
    let attempt = desk.entrance.begin(account, peer, None)?;
    let used = desk.registry.use_code(person, &asked.code).await;
    if !used.map_err(Problem::internal)? {
        let counted = desk.registry.count_wrong_code(&own.token).await;
        counted.map_err(Problem::internal)?;
        let detail = "this is no code that counts: each counts once, and after five wrong ones you are \
                      signed out. Nothing was done";
        return Err(Problem::new(Trouble::SignInRefused, detail));
    }
    desk.entrance.gate.right(&attempt);
    let log = desk.registry.on(&errand);
    let shown = log.show_factor(&own.who, person, &own.token).await;
    shown.map_err(or_ended)?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's own tokens, without their secrets.
#[utoipa::path(
    get,
    path = "/api/v1/me/tokens",
    operation_id = "tokens",
    responses((status = 200, body = wire::Tokens, description = "those that count"))
)]
pub(super) async fn tokens(
    State(desk): State<Desk>,
    own: SignedIn,
) -> Result<Json<wire::Tokens>, Problem> {
    let found = desk.registry.list_api_tokens(&own.session.account).await;
    Ok(Json(wire::Tokens::of(&found.map_err(Problem::internal)?)))
}

/// A token for a program: what one may oneself, or only the reading of it, until a day.
#[utoipa::path(
    post,
    path = "/api/v1/me/tokens",
    operation_id = "add_token",
    request_body = wire::NewToken,
    responses((status = 200, body = wire::Given, description = "the token, shown once"), (status = 400, description = "a label or a life that cannot be"), (status = 401, description = "the password is not right"), (status = 403, description = "the second factor is asked for once more"), (status = 404, description = "a duty screen has none"))
)]
pub(super) async fn add_token(
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    peer: Peer,
    own: SignedIn,
    _again: Reassured,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<wire::Given>, Problem> {
    // A duty screen takes nothing away, so it needs no program (contract.md 6).
    if matches!(own.who.role, Role::Kiosk(_)) {
        return Err(Problem::not_found());
    }
    let asked: wire::NewToken = json_body(&headers, body, BODY_BYTES_MAX).await?;
    let unreadable = |cause: String| Problem::new(Trouble::BadRequest, cause);
    let label: Name = asked
        .label
        .parse()
        .map_err(|cause: crate::park::NameRefused| unreadable(cause.to_string()))?;
    let life = Duration::from_secs(u64::from(asked.days) * DAY_S);
    demand_password(&desk, &own, peer, asked.password).await?;
    let log = desk.registry.on(&errand);
    let may_write = asked.scope.may_write();
    let (account, session) = (&own.session.account, Some(own.token.as_str()));
    let added = log.add_api_token(&own.who, account, &label, may_write, life, session);
    let (token, entry) = added.await.map_err(|fault| match fault {
        TokenFault::Registry(fault) => or_ended(fault),
        refused => unreadable(refused.to_string()),
    })?;
    Ok(Json(wire::Given::of(&token, &entry)))
}

/// Ends one of one's own tokens now.
#[utoipa::path(
    post,
    path = "/api/v1/me/tokens/{number}/revoke",
    operation_id = "revoke_token",
    params(("number" = i64, Path, description = "of the token")),
    responses((status = 204, description = "it counts no longer"), (status = 404, description = "none of yours"))
)]
pub(super) async fn revoke_token(
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    own: SignedIn,
    Checked(number): Checked<i64>,
) -> Result<StatusCode, Problem> {
    let log = desk.registry.on(&errand);
    let revoked = log.revoke_api_token(&own.who, &own.session.account, number);
    if revoked.await.map_err(Problem::internal)? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found())
    }
}

/// Whoever is through all steps.
fn own_of(seat: &InSteps) -> Result<SignedIn, Problem> {
    let session = seat.demand(Stage::Full);
    let session = session.map_err(|_not_signed_in| Problem::not_found())?;
    Ok(SignedIn {
        session: session.clone(),
        token: seat.token.clone(),
        who: seat.principal(),
    })
}

/// Refuses a wrong password; guesses are counted as at the door.
async fn demand_password(
    desk: &Desk,
    own: &SignedIn,
    peer: Peer,
    password: String,
) -> Result<(), Problem> {
    let attempt = desk
        .entrance
        .begin(own.session.account.as_str(), peer, None)?;
    let account = living(desk, &own.session.account).await?;
    let compared = desk
        .entrance
        .is_password(desk, Lane::Known, account.hash, password);
    let is_right = compared.await.inspect_err(|_busy| {
        desk.entrance.gate.release(&attempt);
    })?;
    if is_right {
        desk.entrance.gate.release(&attempt);
        return Ok(());
    }
    let detail = "the present password is not right; nothing was changed";
    Err(Problem::new(Trouble::SignInRefused, detail))
}

/// The answer with a new session: the one that asked ended with all others.
async fn renewed(
    desk: &Desk,
    log: &Registry,
    before: Instead<'_>,
    account: &Account,
    mut response: Response,
) -> Result<Response, Problem> {
    let stage = desk.entrance.next_stage(account, true);
    let lines = begin_session(desk, log, before, account, stage).await?;
    for line in lines {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
    Ok(response)
}
