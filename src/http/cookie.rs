//! Our cookies: `__Host-` and `Secure` (browsers take that on loopback, too), `HttpOnly`, `Strict` but
//! for the one that comes back from elsewhere.

use axum::http::{HeaderMap, header};

/// The session of somebody who signed in.
pub(super) const SESSION: &str = "__Host-parkpulse";

/// A browser in which an account signed in before (OWASP, device cookies).
pub(super) const KNOWN: &str = "__Host-parkpulse-known";

/// A browser that went out to an identity server.
pub(super) const OUT: &str = "__Host-parkpulse-out";

/// The value of the cookie `name`; `None` if there is none, or more than one.
pub(super) fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter();
    let mut found = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(known, _)| *known == name)
        .map(|(_, value)| value);
    match (found.next(), found.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// The header that sets a cookie until the browser closes, or for so many seconds.
pub(super) fn set(name: &str, value: &str, seconds: Option<u32>) -> String {
    let age = seconds.map_or(String::new(), |seconds| format!("; Max-Age={seconds}"));
    format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Strict{age}")
}

/// The header that sets a cookie that comes along when another site sends the browser back to us.
pub(super) fn set_lax(name: &str, value: &str, seconds: u32) -> String {
    format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}")
}
