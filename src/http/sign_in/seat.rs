//! Whose session a browser has, and how far it is.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::access::{Office, Parks, Principal, Role};
use crate::http::pace::Toll;
use crate::http::record::AskedBy;
use crate::http::{Desk, Problem, cookie};
use crate::park::ParkId;
use crate::store::registry::{PAGE_LIMIT, Session, Stage};

use super::refused;

/// A session with the token that the browser sent.
#[derive(Debug)]
pub(in crate::http) struct Seat {
    pub(in crate::http) session: Session,
    pub(in crate::http) token: String,
}

impl Seat {
    /// Who it is.
    pub(in crate::http) async fn principal(&self, desk: &Desk) -> Result<Principal, Problem> {
        Ok(Principal {
            name: self.session.account.to_string(),
            role: role_of(desk, &self.session.offices).await?,
        })
    }
}

/// A mark of a request that only looks whether its session still is: it is no use of it.
#[derive(Clone, Copy, Debug)]
pub(in crate::http) struct OnlyLooks;

/// What a page says with a question that it asked by itself: nobody touched it for a while.
const AUTOMATIC: &str = "x-automatic";

/// Whether a request is the page's own doing and not its reader's.
fn is_automatic(parts: &Parts) -> bool {
    let is_said = parts.headers.contains_key(AUTOMATIC);
    parts.extensions.get::<OnlyLooks>().is_some() || is_said && parts.method.is_safe()
}

/// Whether nobody ever touches the pages of whoever holds these offices: a wall (contract.md 3,
/// kiosk) only looks, and its looking is its use.
fn has_no_hands(offices: &[Office]) -> bool {
    let is_wall = |office: &Office| matches!(office, Office::Kiosk(_));
    !offices.is_empty() && offices.iter().all(is_wall)
}

/// The session of a browser, if it has one that has not ended.
pub(in crate::http) async fn find(
    desk: &Desk,
    headers: &HeaderMap,
) -> Result<Option<Seat>, Problem> {
    found(desk, headers, true).await
}

async fn found(desk: &Desk, headers: &HeaderMap, is_use: bool) -> Result<Option<Seat>, Problem> {
    let Some(token) = cookie::find(headers, cookie::SESSION) else {
        return Ok(None);
    };
    let terms = desk.entrance.settings.terms;
    let found = if is_use {
        desk.registry.find_browser_session(token, terms).await
    } else {
        desk.registry.look_at_browser_session(token, terms).await
    };
    let found = found.map_err(Problem::internal)?;
    Ok(found.map(|session| Seat {
        session,
        token: token.to_owned(),
    }))
}

/// What somebody with these offices is now.
pub(in crate::http) async fn role_of(desk: &Desk, offices: &[Office]) -> Result<Role, Problem> {
    let is_of_all = offices.contains(&Office::Operator(Parks::All));
    let parks = if is_of_all {
        all_parks(desk).await?
    } else {
        Vec::new()
    };
    Ok(Office::role_of(offices, &parks))
}

/// Every park of the installation.
pub(in crate::http) async fn all_parks(desk: &Desk) -> Result<Vec<ParkId>, Problem> {
    let local = Principal::local();
    let now = desk.clock.now();
    let parks = desk.registry.list_parks(&local, now, None, PAGE_LIMIT);
    let parks = parks.await.map_err(Problem::internal)?.entries;
    Ok(parks.into_iter().map(|park| park.id).collect())
}

/// Somebody on the way in: their password was right.
#[derive(Debug)]
pub(in crate::http) struct InSteps {
    session: Session,
    pub(in crate::http) token: String,
    who: Principal,
}

impl InSteps {
    /// The session, if `stage` is what comes next.
    ///
    /// # Errors
    /// 401: another step, or none.
    pub(in crate::http) fn demand(&self, stage: Stage) -> Result<&Session, Problem> {
        let is_next = self.session.stage == stage;
        is_next.then_some(&self.session).ok_or_else(refused)
    }

    /// The session, whatever comes next.
    pub(in crate::http) const fn session(&self) -> &Session {
        &self.session
    }

    /// Who it will be.
    pub(in crate::http) fn principal(&self) -> Principal {
        self.who.clone()
    }
}

impl FromRequestParts<Desk> for InSteps {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Problem> {
        let is_use = !is_automatic(parts);
        let Some(seat) = found(desk, &parts.headers, is_use).await? else {
            Toll::of_nobody(parts, desk)?;
            return Err(refused());
        };
        let only_looks = parts.extensions.get::<OnlyLooks>().is_some();
        if !is_use && !only_looks && has_no_hands(&seat.session.offices) {
            found(desk, &parts.headers, true).await?;
        }
        let who = seat.principal(desk).await?;
        Toll::of(parts, desk, &who)?;
        if let Some(asked_by) = parts.extensions.get::<AskedBy>() {
            asked_by.is(&who);
        }
        Ok(Self {
            session: seat.session,
            token: seat.token,
            who,
        })
    }
}

/// Somebody who signed in, in all steps, with a browser: what concerns their own credentials is not
/// for programs.
#[derive(Debug)]
pub(in crate::http) struct SignedIn {
    pub(in crate::http) session: Session,
    pub(in crate::http) token: String,
    pub(in crate::http) who: Principal,
}

impl FromRequestParts<Desk> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Problem> {
        let seat = InSteps::from_request_parts(parts, desk).await;
        let seat = seat.map_err(|_not_signed_in| Problem::not_found())?;
        let is_full = seat.session.stage == Stage::Full && seat.who.role != Role::Public;
        if !is_full {
            return Err(Problem::not_found());
        }
        Ok(Self {
            session: seat.session,
            token: seat.token,
            who: seat.who,
        })
    }
}
