//! Who asks: every handler takes an [`Asker`] before it looks at anything.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::access::{Principal, Role};

use super::{Desk, Problem};

/// The principal of a request. There is no sign-in yet and the door is open on this machine only,
/// so whoever reaches it is the local operator of all parks.
#[derive(Clone, Debug)]
pub struct Asker(pub Principal);

impl FromRequestParts<Desk> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(_parts: &mut Parts, _desk: &Desk) -> Result<Self, Problem> {
        Ok(Self(Principal {
            name: "local operator".to_owned(),
            role: Role::Bureau,
        }))
    }
}
