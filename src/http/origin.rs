//! Where a browser was when it sent a request: on one of our own pages, or on somebody else's.

use axum::http::HeaderMap;

use super::way::Way;
use super::{Problem, Trouble};

/// Refuses what another site could make a browser send: a browser says where a request comes from
/// (`Origin`, `Sec-Fetch-Site`). Programs say nothing of it.
///
/// # Errors
/// 403: it was sent from elsewhere.
pub(super) fn from_our_own_page(headers: &HeaderMap, way: &Way) -> Result<(), Problem> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = text("host").unwrap_or_default();
    let is_origin = |origin: &str| {
        let sealed = origin.strip_prefix("https://");
        // Under TLS a page of the same name that came without it may be anybody's.
        let plain = origin.strip_prefix("http://").filter(|_| !way.is_sealed);
        sealed.or(plain) == Some(host)
    };
    let is_once = |name: &str| headers.get_all(name).iter().nth(1).is_none();
    let is_ours = ["origin", "sec-fetch-site"].into_iter().all(is_once)
        && text("origin").is_none_or(is_origin)
        && text("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    if is_ours {
        return Ok(());
    }
    let detail = "this is done on our own pages alone; open the page anew and try again";
    Err(Problem::new(Trouble::ForeignOrigin, detail))
}
