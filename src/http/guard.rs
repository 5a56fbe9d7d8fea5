//! What every request and every answer passes: host check, request id, headers, error envelope.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::record::RequestId;
use super::words::language_asked_for;
use super::{Desk, Problem, Settings, Trouble};

/// Headers of every answer: nothing from elsewhere, nothing framed, nothing guessed.
const HEADERS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
         font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=()",
    ),
];

/// Names under which this machine reaches itself.
const LOOPBACK_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

const REQUEST_ID: &str = "x-request-id";

/// Wraps every handler, the fallbacks too.
pub(super) async fn guard(State(desk): State<Desk>, mut request: Request, next: Next) -> Response {
    let request_id = desk.request_ids.next();
    let language = language_asked_for(request.headers());
    let is_head = request.method() == Method::HEAD;
    let mut response = match check_host(&request, &desk.settings) {
        Ok(()) => {
            // What handlers log carries the id that the client is told.
            request.extensions_mut().insert(desk.clone());
            request
                .extensions_mut()
                .insert(RequestId(request_id.clone()));
            let span = tracing::info_span!("request", id = request_id);
            next.run(request).instrument(span).await
        }
        Err(problem) => axum::response::IntoResponse::into_response(problem),
    };
    if let Some(problem) = problem_of(&mut response) {
        let allow = response.headers_mut().remove(header::ALLOW);
        response = problem.render(language, &request_id);
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
        if is_head {
            *response.body_mut() = axum::body::Body::empty();
        }
    }
    finish(response.headers_mut(), &request_id);
    response
}

/// The problem attached to an answer, or the one that a bare status of axum's own stands for.
fn problem_of(response: &mut Response) -> Option<Problem> {
    if let Some(problem) = response.extensions_mut().remove() {
        return Some(problem);
    }
    let bare = !response.headers().contains_key(header::CONTENT_TYPE);
    (bare && response.status() == StatusCode::METHOD_NOT_ALLOWED).then(|| {
        let detail = "this address answers other methods only; see the header Allow";
        Problem::new(Trouble::MethodNotAllowed, detail)
    })
}

fn finish(headers: &mut HeaderMap, request_id: &str) {
    for (name, value) in HEADERS {
        let name = HeaderName::from_static(name);
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static(REQUEST_ID), id);
    }
    let kept = headers.contains_key(header::CACHE_CONTROL);
    if !kept {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// Refuses names that are not ours, so that a foreign page cannot reach us by rebinding its name.
fn check_host(request: &Request, settings: &Settings) -> Result<(), Problem> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        let detail = "send exactly one Host header";
        return Err(Problem::new(Trouble::BadRequest, detail));
    };
    let name = host.to_str().ok().and_then(host_name).unwrap_or_default();
    // An absolute request target names a host, too (RFC 9112, 3.2.2).
    let target = request.uri().host().unwrap_or(name);
    if is_ours(name, settings) && is_ours(target, settings) {
        return Ok(());
    }
    let detail = "this server does not answer to that host name; use 127.0.0.1, or add the name \
                  to http.hosts";
    Err(Problem::new(Trouble::ForeignHost, detail))
}

fn is_ours(name: &str, settings: &Settings) -> bool {
    let own = settings.hosts.iter().map(String::as_str);
    LOOPBACK_HOSTS
        .into_iter()
        .chain(own)
        .any(|own| own.eq_ignore_ascii_case(name))
}

/// A Host header without its port; `None` if the port is no number.
fn host_name(host: &str) -> Option<&str> {
    let (name, port) = match host.rfind(':') {
        Some(at) if !host.ends_with(']') => host.split_at(at),
        _ => return Some(host),
    };
    let digits = port.strip_prefix(':')?;
    (digits.is_empty() || digits.parse::<u16>().is_ok()).then_some(name)
}
