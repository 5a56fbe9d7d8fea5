//! The envelope as JSON.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::http::words::title;
use crate::text::Language;

use super::Problem;

/// `application/problem+json` (RFC 9457) with the fields of contract.md 3.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(in crate::http) struct Body<'a> {
    r#type: String,
    /// In the language of Accept-Language; Chinese if it names none of ours.
    title: &'static str,
    status: u16,
    /// Stable; what programs compare.
    code: &'static str,
    params: &'a BTreeMap<&'static str, String>,
    /// What exactly, and what to do.
    detail: &'a str,
    /// Under which the log of the server knows it.
    request_id: &'a str,
}

impl<'a> Body<'a> {
    pub(super) fn of(problem: &'a Problem, language: Language, request_id: &'a str) -> Self {
        let code = problem.trouble.code();
        Self {
            r#type: format!("urn:parkpulse:problem:{code}"),
            title: title(code, language),
            status: problem.trouble.status().as_u16(),
            code,
            params: &problem.params,
            detail: &problem.detail,
            request_id,
        }
    }
}
