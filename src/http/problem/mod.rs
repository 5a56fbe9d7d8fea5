//! The one error envelope: `application/problem+json` (contract.md 3).

pub(super) mod wire;

use std::collections::BTreeMap;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::reading::Code;
use crate::store::registry::RegistryFault;
use crate::text::Language;

/// After how many seconds to come again where the registry had no time.
const CROWDED_PAUSE_S: u32 = 2;

/// What went wrong, as a stable code with its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A refusal code of contract.md 4: 422, or 413 where something is too large.
    Refused(Code),
    /// No such thing, or nothing that the asker may see.
    NotFound,
    /// The resource does not know this method.
    MethodNotAllowed,
    /// The path, query or a header is not readable.
    BadRequest,
    /// A Host header that is not ours.
    ForeignHost,
    /// A credential is needed, or the one given is not known.
    Unauthorized,
    /// Account, password or code is not right.
    SignInRefused,
    /// The second factor is asked for once more before this is done.
    FactorNeeded,
    /// Tax of single enterprises is not shown to the bureau without saying what for.
    PurposeNeeded,
    /// Too many attempts were wrong.
    TooManyAttempts,
    /// More requests than one may send.
    TooManyRequests,
    /// A password that the rules do not allow.
    WeakPassword,
    /// Another site made the browser send it.
    ForeignOrigin,
    /// It came readable over a network.
    TlsRequired,
    /// A token that may only read.
    ReadOnly,
    /// What is asked for does not go with what is there.
    Conflict,
    /// A body that did not come in time.
    TooSlow,
    /// A body of another media type.
    UnsupportedMedia,
    /// Not ready yet, or the store takes nothing now: try again.
    Unavailable,
    /// A fault of ours.
    Internal,
}

impl Trouble {
    /// The stable code that programs compare.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Refused(code) => code.as_str(),
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::BadRequest => "bad_request",
            Self::ForeignHost => "foreign_host",
            Self::Unauthorized => "unauthorized",
            Self::SignInRefused => "sign_in_refused",
            Self::FactorNeeded => "second_factor_needed",
            Self::PurposeNeeded => "purpose_needed",
            Self::TooManyAttempts => "too_many_attempts",
            Self::TooManyRequests => "too_many_requests",
            Self::WeakPassword => "weak_password",
            Self::ForeignOrigin => "foreign_origin",
            Self::TlsRequired => "tls_required",
            Self::ReadOnly => "read_only",
            Self::Conflict => "conflict",
            Self::TooSlow => "too_slow",
            Self::UnsupportedMedia => "unsupported_media",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }

    /// The status it is answered with.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Refused(Code::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Refused(Code::QuotaExceeded) | Self::TooManyAttempts | Self::TooManyRequests => {
                StatusCode::TOO_MANY_REQUESTS
            }
            Self::Refused(_) | Self::WeakPassword => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BadRequest | Self::PurposeNeeded => StatusCode::BAD_REQUEST,
            Self::ForeignHost => StatusCode::MISDIRECTED_REQUEST,
            Self::Unauthorized | Self::SignInRefused => StatusCode::UNAUTHORIZED,
            Self::ForeignOrigin | Self::TlsRequired | Self::ReadOnly | Self::FactorNeeded => {
                StatusCode::FORBIDDEN
            }
            Self::Conflict => StatusCode::CONFLICT,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// An answer that says what went wrong. Title, language and request id are filled in by the guard
/// that every answer passes.
#[derive(Clone, Debug)]
pub struct Problem {
    trouble: Trouble,
    detail: String,
    params: BTreeMap<&'static str, String>,
    retry_after_s: Option<u32>,
}

impl Problem {
    /// A problem with a sentence that says what to do.
    #[must_use]
    pub fn new(trouble: Trouble, detail: impl Into<String>) -> Self {
        Self {
            trouble,
            detail: detail.into(),
            params: BTreeMap::new(),
            retry_after_s: None,
        }
    }

    /// Nothing is there, or nothing that the asker may see: both look alike (contract.md 3).
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(Trouble::NotFound, "there is nothing at this address")
    }

    /// A fault of ours: the cause goes to the log, the client hears that it happened. Where the registry
    /// had no time for it, it is asked to come again.
    pub fn internal(cause: impl std::error::Error + 'static) -> Self {
        let fault = (&cause as &dyn std::error::Error).downcast_ref::<RegistryFault>();
        if fault.is_some_and(RegistryFault::is_of_crowding) {
            tracing::warn!(
                cause = &cause as &dyn std::error::Error,
                "the registry had no time for an answer"
            );
            let detail = "more is asked at once than can be answered in time; nothing was changed, come again in a moment";
            return Self::new(Trouble::Unavailable, detail).retry_after(CROWDED_PAUSE_S);
        }
        tracing::error!(cause = &cause as &dyn std::error::Error, "an answer failed");
        let detail = "the server failed; the log says why under this request id";
        Self::new(Trouble::Internal, detail)
    }

    /// What went wrong.
    #[must_use]
    pub const fn trouble(&self) -> Trouble {
        self.trouble
    }

    /// The sentence that says what to do.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The same with one named parameter for programs and translations.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.params.insert(name, value.into());
        self
    }

    /// The same with the time after which to try again, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.trouble.code()
    }

    /// The finished answer.
    pub(super) fn render(&self, language: Language, request_id: &str) -> Response {
        let body = wire::Body::of(self, language, request_id);
        let bytes = serde_json::to_vec(&body).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (self.trouble.status(), bytes).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if let Some(seconds) = self.retry_after_s {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.trouble == Trouble::Unauthorized {
            let scheme = HeaderValue::from_static("Bearer");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

impl IntoResponse for Problem {
    /// The bare status with the problem attached; the guard turns it into the envelope.
    fn into_response(self) -> Response {
        let mut response = self.trouble.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
