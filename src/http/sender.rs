//! Which gateway sends: the bearer token of contract.md 3.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use crate::store::registry::Admission;

use super::pace::Toll;
use super::{Desk, Problem, Trouble};

/// A gateway that showed its token. Taken before the body is read.
#[derive(Clone, Debug)]
pub struct Sender(pub Admission);

impl FromRequestParts<Desk> for Sender {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Problem> {
        let mut offered = parts.headers.get_all(AUTHORIZATION).iter();
        let token = match (offered.next(), offered.next()) {
            (Some(only), None) => only.to_str().ok().and_then(bearer),
            _ => None,
        };
        let now = desk.clock.now();
        let admission = token.and_then(|token| desk.registry.directory().admit_bearer(token, now));
        let Some(admission) = admission else {
            Toll::of_nobody(parts, desk)?;
            let detail = "send the token of a gateway, as `Authorization: Bearer TOKEN`; it was \
                          printed once when the gateway was added";
            return Err(Problem::new(Trouble::Unauthorized, detail));
        };
        // How much a gateway may send is the door's to say, over all its ways in.
        Toll::waive(parts);
        Ok(Self(admission))
    }
}

/// The token of `Bearer TOKEN`; the scheme in any case.
pub(super) fn bearer(text: &str) -> Option<&str> {
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
