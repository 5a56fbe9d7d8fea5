//! The second factor once more: what gives or takes keys and offices is not done on a session alone that
//! somebody left open, but with a code of the last minutes (screens.md 2, `sign_in.factor_fresh_for`).
//!
//! A program's token shows nothing again: to make one took the second factor, and it ends by itself. The
//! roles of a demo, made by one click on its own machine, have no second factor and are let by; so are
//! enterprises that chose none.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use crate::http::{Desk, Problem, Trouble, cookie};
use crate::store::registry::{FactorShown, RegistryFault};

/// Whoever asks has shown their second factor not long ago, or has none to show. Taken after whoever asks
/// was found, so that it says nothing to anybody who may not do it.
#[derive(Clone, Copy, Debug)]
pub(in crate::http) struct Reassured;

impl FromRequestParts<Desk> for Reassured {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Problem> {
        if parts.headers.contains_key(AUTHORIZATION) {
            return Ok(Self);
        }
        let Some(token) = cookie::find(&parts.headers, cookie::SESSION) else {
            // Nobody but a demo takes anybody in without a session.
            let is_demo = desk.sessions.is_some();
            return is_demo.then_some(Self).ok_or_else(Problem::not_found);
        };
        let shown = match desk.registry.factor_shown(token).await {
            Err(RegistryFault::SessionEnded) => return Err(Problem::not_found()),
            shown => shown.map_err(Problem::internal)?,
        };
        let is_fresh = match shown {
            FactorShown::HasNone => true,
            FactorShown::Never => false,
            FactorShown::At(then) => {
                let age = u128::try_from(desk.clock.now().ms_since(then));
                // Shown in the future: the clock was set back, and nobody knows how long ago it was.
                age.is_ok_and(|age| age < desk.entrance.settings.factor_fresh_for.as_millis())
            }
        };
        is_fresh.then_some(Self).ok_or_else(needed)
    }
}

fn needed() -> Problem {
    let detail = "this gives or takes keys, so your second factor is asked for once more; nothing was \
                  done. Send its code to /api/v1/me/factor/show, then ask again";
    Problem::new(Trouble::FactorNeeded, detail)
}
