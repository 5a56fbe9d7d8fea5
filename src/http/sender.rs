//! Which gateway sends: the bearer token of contract.md 3.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use crate::store::registry::Admission;

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
        admission.map(Self).ok_or_else(|| {
            let detail = "send the token of a gateway, as `Authorization: Bearer TOKEN`; it was \
                          printed once when the gateway was added";
            Problem::new(Trouble::Unauthorized, detail)
        })
    }
}

/// The token of `Bearer TOKEN`; the scheme in any case.
pub(super) fn bearer(text: &str) -> Option<&str> {
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
