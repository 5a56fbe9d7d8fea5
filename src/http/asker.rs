//! Who asks: every handler takes an [`Asker`] before it looks at anything.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use crate::access::{Principal, Role};
use crate::store::registry::Stage;

use super::pace::Toll;
use super::record::{AskedBy, nobody};
use super::sender::bearer;
use super::sign_in::{InSteps, OnlyLooks, all_parks, role_of};
use super::{Desk, Problem, Right, Trouble, cookie, demand_some};

/// The principal of a request: whoever signed in with this browser or shows a token of a program;
/// in a demo whoever the browser was made by one click, or the local operator of all parks; else
/// the public. Of an operation with a row in the table of rights none is an asker who may do it with
/// nothing at all: to them it is not there.
#[derive(Clone, Debug)]
pub struct Asker(pub Principal);

impl FromRequestParts<Desk> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(request: &mut Parts, desk: &Desk) -> Result<Self, Problem> {
        let found = find(request, desk).await;
        let who = match found {
            Ok(who) => who,
            Err(refused) => {
                Toll::of_nobody(request, desk)?;
                return Err(refused);
            }
        };
        Toll::of(request, desk, &who)?;
        if let Some(asked_by) = request.extensions.get::<AskedBy>() {
            asked_by.is(&who);
        }
        if let Some(Right::Row(matter, action)) = request.extensions.get::<Right>() {
            demand_some(&who, *action, *matter)?;
        }
        Ok(Self(who))
    }
}

/// How somebody showed who they are, to ask again while a long answer runs.
#[derive(Clone, Debug)]
pub(super) struct AskAgain(Parts);

impl FromRequestParts<Desk> for AskAgain {
    type Rejection = Infallible;

    async fn from_request_parts(request: &mut Parts, _desk: &Desk) -> Result<Self, Infallible> {
        Ok(Self(request.clone()))
    }
}

impl AskAgain {
    /// Whether whoever asked is still `who`, which is no use of their session. A registry that cannot say is no reason to end.
    pub(super) async fn is_still(&self, who: &Principal, desk: &Desk) -> bool {
        let mut request = self.0.clone();
        request.extensions.insert(OnlyLooks);
        match find(&mut request, desk).await {
            Ok(found) => found == *who,
            Err(problem) => problem.code() == Trouble::Internal.code(),
        }
    }
}

async fn find(request: &mut Parts, desk: &Desk) -> Result<Principal, Problem> {
    let mut offered = request.headers.get_all(AUTHORIZATION).iter();
    let token = match (offered.next(), offered.next()) {
        (None, _) => None,
        (Some(only), None) => Some(only.to_str().ok().and_then(bearer).unwrap_or_default()),
        _ => Some(""),
    };
    if let Some(token) = token {
        return of_program(token, &request.method, desk).await;
    }
    if cookie::find(&request.headers, cookie::SESSION).is_some() {
        let seat = InSteps::from_request_parts(request, desk).await;
        match seat {
            Err(often) if often.trouble() == Trouble::TooManyRequests => return Err(often),
            Ok(seat) if seat.session().stage == Stage::Full => return Ok(seat.principal()),
            // A session that ended, or is not whole yet, is nobody's.
            _ => return Ok(nobody()),
        }
    }
    let Some(sessions) = &desk.sessions else {
        return Ok(nobody());
    };
    if let Some(chosen) = sessions.find(&request.headers) {
        return Ok(chosen);
    }
    Ok(Principal {
        name: Principal::local().name,
        role: Role::Operator(all_parks(desk).await?),
    })
}

/// The owner of a program's token.
async fn of_program(token: &str, method: &Method, desk: &Desk) -> Result<Principal, Problem> {
    let holder = desk.registry.find_api_token(token).await;
    let holder = holder.map_err(Problem::internal)?.ok_or_else(|| {
        let detail = "this token is not known here, has expired or was revoked; its owner makes a \
                      new one on the own page";
        Problem::new(Trouble::Unauthorized, detail)
    })?;
    if !holder.may_write && !method.is_safe() {
        let detail = "this token may read only; its owner makes one that may write";
        return Err(Problem::new(Trouble::ReadOnly, detail));
    }
    let role = role_of(desk, &holder.offices).await?;
    // Given while the account had another office: a duty screen has no programs (contract.md 6).
    if matches!(role, Role::Kiosk(_)) {
        let detail = "this account is a duty screen, which programs cannot ask for";
        return Err(Problem::new(Trouble::Unauthorized, detail));
    }
    Ok(Principal {
        name: holder.account.to_string(),
        role,
    })
}
