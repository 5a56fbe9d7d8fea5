//! `/api/v1/sign-in/identity`: signing in with an identity server of the city (`OpenID` Connect,
//! authorization code with PKCE). Off until it is configured.
//!
//! It stands for the password of an account that is here already and gives no right by itself: no
//! account is made, no office changes, the second factor stays ours. The three administrators sign in
//! here alone, or whoever runs the identity server would be all of them.

mod fetch;
mod flows;
mod proof;
mod provider;
pub(in crate::http) mod wire;

use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::access::{AccountName, Office};
use crate::http::record::RequestId;
use crate::http::{Asked, Desk, Peer, Problem, Right, Routes, cookie};
use crate::store::registry::{Account, Errand, Instead, Stage};

use super::{begin_session, wrong};

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
            let cause = &cause as &dyn std::error::Error;
            tracing::warn!(cause, "identity: nobody can be sent there now");
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
    let name = match known.await {
        Ok(name) => name.parse::<AccountName>().ok(),
        Err(cause) => {
            let cause = &cause as &dyn std::error::Error;
            tracing::warn!(cause, "identity: somebody came back and is not known");
            // Whoever did not go from here is nobody that we write down.
            None
        }
    };
    let account = match &name {
        Some(name) => desk.registry.find_account(name).await,
        None => Ok(None),
    };
    let account = account.map_err(Problem::internal)?;
    let forgotten = cookie::set(cookie::OUT, "", Some(0));
    let Some(account) = account.filter(may_come_so) else {
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
