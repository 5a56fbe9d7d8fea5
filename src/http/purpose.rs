//! What for somebody looks at tax: the bureau says it with the request, and the audit log keeps it
//! beside what was looked at (contract.md 6, "read, logged with purpose"). What is logged with its purpose
//! is not shown without one.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::access::Principal;
use crate::park::Name;
use crate::store::registry::{Errand, Registry};

use super::record::errand_of;
use super::{Desk, Problem, Trouble};

/// The header that carries it, percent-encoded UTF-8.
const HEADER: &str = "x-purpose";

/// The purpose of a request, if one was said, and whose request it is: what is written down of it
/// says from where.
#[derive(Clone, Debug)]
pub(super) struct Purpose {
    said: Option<Name>,
    errand: Errand,
}

impl Purpose {
    /// Writes down that `who` did `action` to `object`, and what for, before it is answered.
    ///
    /// # Errors
    /// 400 where no purpose was said; 503 where the log takes no records.
    pub(super) async fn note(
        &self,
        desk: &Desk,
        who: &Principal,
        action: &str,
        object: &str,
    ) -> Result<(), Problem> {
        let Some(said) = &self.said else {
            let detail = "tax and scores of single enterprises are shown once it is said what for; \
                          nothing was shown. Send the purpose as X-Purpose (percent-encoded UTF-8), or \
                          ask for other indicators";
            return Err(Problem::new(Trouble::PurposeNeeded, detail));
        };
        let object = format!("{object}; purpose: {said}");
        let log = self.log(desk);
        let noted = log.note_in_log(who, action, &object, "done");
        noted.await.map_err(|cause| {
            tracing::error!(cause = &cause as &dyn std::error::Error, "no audit record");
            let detail = "the audit log takes no records now, so nothing is shown; try again";
            Problem::new(Trouble::Unavailable, detail).retry_after(10)
        })
    }

    /// The log, for what is written down of this request.
    pub(super) fn log(&self, desk: &Desk) -> Registry {
        desk.registry.on(&self.errand)
    }
}

impl<S: Sync> FromRequestParts<S> for Purpose {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let refused = || {
            let detail = "X-Purpose is a name of at most 200 characters, percent-encoded UTF-8, \
                          said once";
            Problem::new(Trouble::BadRequest, detail)
        };
        let errand = errand_of(&parts.extensions);
        let mut said = parts.headers.get_all(HEADER).iter();
        let (Some(only), None) = (said.next(), said.next()) else {
            let is_silent = !parts.headers.contains_key(HEADER);
            let silent = Self { said: None, errand };
            return is_silent.then_some(silent).ok_or_else(refused);
        };
        let text = only.to_str().ok().and_then(decoded).ok_or_else(refused)?;
        let name = text.parse().map_err(|_cause| refused())?;
        let said = Some(name);
        Ok(Self { said, errand })
    }
}

/// `%E5%A4%8D` and letters as text.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}
