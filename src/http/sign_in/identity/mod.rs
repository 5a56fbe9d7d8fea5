//! `/api/v1/sign-in/identity`: signing in with an identity server of the city (`OpenID` Connect,
//! authorization code with PKCE). Off until it is configured.
//!
//! It stands for the password of an account that is here already and gives no right by itself: no
//! account is made, no office changes, the second factor stays ours. Somebody is known by what never
//! changes there (issuer and `sub`), which is bound to the account at their first sign-in from there, on
//! the record; the name that it gives them counts for that first time alone. The three administrators sign in
//! here alone, or whoever runs the identity server would be all of them.

mod fetch;
mod flows;
mod proof;
mod provider;
pub(in crate::http) mod wire;

use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::access::{AccountName, Office, Principal};
use crate::http::record::RequestId;
use crate::http::{Asked, Desk, Peer, Problem, Right, Routes, cookie};
use crate::store::registry::{Account, Errand, Instead, Registry, Stage};

use super::{begin_session, or_ended, role_of, wrong};
use provider::Came;

pub use provider::{Identity, IdentityRefused, IdentitySettings};

/// How long a browser may be out there: as long as its sign-in is remembered.
const OUT_SECONDS: u32 = 600;

/// Where somebody goes on, or hears why not.
const GO_ON: &str = "/login";
const REFUSED: &str = "/login?identity=refused";
const UNREACHABLE: &str = "/login?identity=unreachable";

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/api/v1/sign-in/identity", Right::Everybody, go)
        .get("/api/v1/sign-in/identity/back", Right::Everybody, back)
}

/// Sends the browser to the identity server.
#[utoipa::path(
    get,
    path = "/api/v1/sign-in/identity",
    operation_id = "sign_in_elsewhere",
    responses((status = 303, description = "to the identity server, or back to the sign-in page with the reason"), (status = 404, description = "there is none"))
)]
pub(in crate::http) async fn go(State(desk): State<Desk>, peer: Peer) -> Result<Response, Problem> {
    let identity = desk.identity.as_ref().ok_or_else(Problem::not_found)?;
    match identity.send(peer).await {
        Ok(sent) => {
            let out = cookie::set_lax(cookie::OUT, &sent.browser, OUT_SECONDS);
            moved(&sent.address, vec![out])
        }
        Err(cause) => {
            let (code, cause) = (cause.code(), &cause as &dyn std::error::Error);
            tracing::warn!(code, cause, "identity: nobody can be sent there now");
            moved(UNREACHABLE, Vec::new())
        }
    }
}

/// Takes whoever comes back from the identity server.
#[utoipa::path(
    get,
    path = "/api/v1/sign-in/identity/back",
    operation_id = "sign_in_from_elsewhere",
    params(
        ("code" = Option<String>, Query, description = "of the identity server"),
        ("state" = Option<String>, Query, description = "as the browser took it along"),
    ),
    responses((status = 303, description = "to the sign-in page, with the cookie or the reason"), (status = 404, description = "there is no identity server"))
)]
pub(in crate::http) async fn back(
    State(desk): State<Desk>,
    Extension(request): Extension<RequestId>,
    peer: Peer,
    headers: HeaderMap,
    Asked(asked): Asked<wire::Back>,
) -> Result<Response, Problem> {
    let identity = desk.identity.as_ref().ok_or_else(Problem::not_found)?;
    let errand = Errand::new(peer.address(), request.0);
    let log = desk.registry.on(&errand);
    let browser = cookie::find(&headers, cookie::OUT);
    let known = identity.welcome(asked.state.as_deref(), asked.code.as_deref(), browser);
    let came = match known.await {
        Ok(came) => Some(came),
        Err(cause) => {
            let (code, cause) = (cause.code(), &cause as &dyn std::error::Error);
            tracing::warn!(code, cause, "identity: somebody came back and is not known");
            // Whoever did not go from here is nobody that we write down.
            None
        }
    };
    let forgotten = cookie::set(cookie::OUT, "", Some(0));
    let (name, account) = match &came {
        Some(came) => recognised(&desk, &log, came).await?,
        None => (None, None),
    };
    let Some(account) = account else {
        if desk.entrance.lets_record(Some(peer)) {
            // It is an error only if it cannot be recorded.
            let problem = wrong(&log, name.as_ref()).await;
            if !errand.is_written() {
                return Err(problem);
            }
        }
        return moved(REFUSED, vec![forgotten]);
    };
    let stage = next(&account);
    let before = Instead::OfAny(cookie::find(&headers, cookie::SESSION));
    let session = begin_session(&desk, &log, before, &account, stage).await?;
    let mut response = moved(GO_ON, vec![forgotten])?;
    for line in session {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
    Ok(response)
}

/// The account of whoever came back: the one that they are bound to, whatever they are called by now; or
/// the one of their name, which is theirs from now on. And the name by which a refusal is written down.
async fn recognised(
    desk: &Desk,
    log: &Registry,
    came: &Came,
) -> Result<(Option<AccountName>, Option<Account>), Problem> {
    let bound = desk.registry.find_bound(&came.foreign).await;
    let bound = bound.map_err(Problem::internal)?;
    let is_bound = bound.is_some();
    let Some(name) = bound.or_else(|| came.name.clone()) else {
        return Ok((None, None));
    };
    let account = desk.registry.find_account(&name).await;
    let account = account.map_err(Problem::internal)?.filter(may_come_so);
    let Some(account) = account else {
        return Ok((Some(name), None));
    };
    if is_bound {
        return Ok((Some(name), Some(account)));
    }
    // What was given to somebody and never come for is nobody's any more, whoever brings the name.
    if desk.entrance.is_stale(&account) {
        return Ok((Some(name), None));
    }
    // Whoever chose a password here is somebody already: the same name elsewhere may be somebody else's.
    // The second factor would tell them apart; without one, whoever gives keys does, by a reset.
    if !account.is_given && !account.has_factor {
        let code = "identity_has_password";
        tracing::warn!(code, account = %name, "identity: the name of an account came that has a password of its own and no second factor; a reset of the account lets it be bound");
        return Ok((Some(name), None));
    }
    let who = Principal {
        name: account.account.to_string(),
        role: role_of(desk, &account.offices).await?,
    };
    let is_ours = log.bind(&who, &account, &came.foreign).await;
    if is_ours.map_err(or_ended)? {
        return Ok((Some(name), Some(account)));
    }
    let code = "identity_other_subject";
    tracing::warn!(code, account = %name, "identity: the name of an account came with another `sub` than the one it is bound to");
    Ok((Some(name), None))
}

/// Whether an account may be signed in from elsewhere: one that is something, and no administrator.
fn may_come_so(account: &Account) -> bool {
    !account.offices.is_empty() && !account.offices.iter().any(Office::is_administrator)
}

/// What is still missing once the identity server knows somebody: the second factor is ours.
fn next(account: &Account) -> Stage {
    let demands = account.offices.iter().any(Office::demands_second_factor);
    if account.has_factor {
        Stage::Code
    } else if demands {
        Stage::Enrol
    } else {
        Stage::Full
    }
}

fn moved(address: &str, cookies: Vec<String>) -> Result<Response, Problem> {
    let line = |text: &str| HeaderValue::from_str(text).map_err(Problem::internal);
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, line(address)?);
    for cookie in cookies {
        headers.append(header::SET_COOKIE, line(&cookie)?);
    }
    Ok(response)
}
