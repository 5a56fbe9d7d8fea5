//! What every request and every answer passes: host check, request id, headers, error envelope.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::pace::Toll;
use super::record::RequestId;
use super::way::Way;
use super::words::language_asked_for;
use super::{BaseMap, Desk, Problem, Settings, Trouble, cookie};

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

/// What [`HEADERS`] says of pictures.
const OWN_PICTURES: &str = "img-src 'self' data: blob:";

/// Names under which this machine reaches itself.
const LOOPBACK_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

const REQUEST_ID: &str = "x-request-id";

/// Only what came under TLS may say it (RFC 6797, 7.2): from then on browsers come with TLS alone.
const HSTS: (&str, &str) = ("strict-transport-security", "max-age=31536000");

/// A vector picture is a document: opened by itself it may run nothing and reach nothing.
const PICTURE_POLICY: &str =
    "default-src 'none'; style-src 'self'; frame-ancestors 'none'; sandbox";

/// What says nothing about anybody is told to whoever watches over us, however they come.
const WATCHED: [&str; 2] = ["/livez", "/readyz"];

/// Wraps every handler, the fallbacks too.
pub(super) async fn guard(State(desk): State<Desk>, mut request: Request, next: Next) -> Response {
    let request_id = desk.request_ids.next();
    let language = language_asked_for(request.headers());
    let is_head = request.method() == Method::HEAD;
    let way = request.extensions().get::<Way>().copied();
    let way = way.unwrap_or(Way::LOCAL);
    let toll = Toll::new(way.peer);
    let checked = check(&request, &way, &desk.settings);
    let is_watched = WATCHED.contains(&request.uri().path());
    let mut response = match checked.and_then(|()| admit(&request, &toll, &desk)) {
        Ok(()) => {
            // What handlers log carries the id that the client is told.
            request.extensions_mut().insert(desk.clone());
            request
                .extensions_mut()
                .insert(RequestId(request_id.clone()));
            request.extensions_mut().insert(toll.clone());
            let span = tracing::info_span!("request", id = request_id);
            let response = next.run(request).instrument(span).await;
            if !is_watched {
                // Where nobody asked who it is, the network pays, the next time at the latest.
                let _ = toll.by_network(&desk);
            }
            response
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
    finish(response.headers_mut(), &way, &request_id);
    if let Some(base) = &desk.settings.base_map {
        let_in(response.headers_mut(), base);
    }
    response
}

/// What every request must be before anybody looks at it.
fn check(request: &Request, way: &Way, settings: &Settings) -> Result<(), Problem> {
    if !WATCHED.contains(&request.uri().path()) {
        way.check()?;
    }
    check_host(request, settings)
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

/// The tag of an answer that was compressed on the way names the same answer, not the same bytes.
fn weaken(headers: &mut HeaderMap) {
    if !headers.contains_key(header::CONTENT_ENCODING) {
        return;
    }
    let strong = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
    let strong = strong.filter(|tag| tag.starts_with('"'));
    if let Some(Ok(weak)) = strong.map(|tag| HeaderValue::from_str(&format!("W/{tag}"))) {
        headers.insert(header::ETAG, weak);
    }
}

/// Lets a request on, or says when to come again: who shows no credential for what needs one is
/// counted by network before anything is done.
fn admit(request: &Request, toll: &Toll, desk: &Desk) -> Result<(), Problem> {
    let headers = request.headers();
    let is_somebody = headers.contains_key(header::AUTHORIZATION)
        || cookie::find(headers, cookie::SESSION).is_some();
    let path = request.uri().path();
    let finds_out = is_somebody && path.starts_with("/api/v1/");
    if finds_out || WATCHED.contains(&path) {
        return Ok(());
    }
    toll.by_network(desk)
}

fn finish(headers: &mut HeaderMap, way: &Way, request_id: &str) {
    for (name, value) in HEADERS {
        let name = HeaderName::from_static(name);
        headers.insert(name, HeaderValue::from_static(value));
    }
    weaken(headers);
    let kind = headers.get(header::CONTENT_TYPE);
    if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"image/svg+xml")) {
        let policy = HeaderValue::from_static(PICTURE_POLICY);
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if way.is_sealed {
        let (name, value) = HSTS;
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

/// The customer's base map is the one place outside from which pages may load pictures, and nothing
/// else; a picture opened by itself stays shut in.
fn let_in(headers: &mut HeaderMap, base: &BaseMap) {
    let policy = headers.get(header::CONTENT_SECURITY_POLICY);
    let policy = policy.and_then(|policy| policy.to_str().ok());
    let wider = policy
        .filter(|policy| policy.contains(OWN_PICTURES))
        .map(|policy| {
            let origin = base.origin();
            policy.replace(OWN_PICTURES, &format!("{OWN_PICTURES} {origin}"))
        });
    if let Some(Ok(policy)) = wider.map(|policy| HeaderValue::from_str(&policy)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
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
