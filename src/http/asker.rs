//! Who asks: every handler takes an [`Asker`] before it looks at anything.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::access::{Principal, Role};
use crate::store::registry::PAGE_LIMIT;

use super::{Desk, Problem};

/// The principal of a request. There is no sign-in yet and the door is open on this machine only,
/// so whoever reaches it is the local operator of all parks; in a demo a browser may be somebody
/// else by one click (see [`super::Sessions`]).
#[derive(Clone, Debug)]
pub struct Asker(pub Principal);

impl FromRequestParts<Desk> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(request: &mut Parts, desk: &Desk) -> Result<Self, Problem> {
        let sessions = desk.sessions.as_ref();
        if let Some(chosen) = sessions.and_then(|sessions| sessions.find(&request.headers)) {
            return Ok(Self(chosen));
        }
        let local = Principal::local();
        let now = desk.clock.now();
        let parks = desk.registry.list_parks(&local, now, None, PAGE_LIMIT);
        let parks = parks.await.map_err(Problem::internal)?.entries;
        Ok(Self(Principal {
            name: local.name,
            role: Role::Operator(parks.into_iter().map(|park| park.id).collect()),
        }))
    }
}
