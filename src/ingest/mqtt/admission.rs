//! Who a CONNECT is, and whether that one may come in (contract.md 2, "Who" and "Sessions").
//!
//! Decides from the CONNECT, the certificate and the registry's snapshot; touches no socket.

use crate::calendar::Moment;
use crate::ingest::{Fault, Settings};
use crate::park::Gateway;
use crate::store::registry::{Admission, Directory};

use super::codec::Hello;
use super::frame::{Reason, Version};
use super::topic::{Own, Target};

/// The longest client id, in bytes.
const CLIENT_ID_MAX_BYTES: usize = 160;

/// A client that may come in.
#[derive(Debug)]
pub(super) struct Entrant {
    pub(super) admission: Admission,
    pub(super) own: Own,
    pub(super) client_id: String,
    /// Whether we chose the client id.
    pub(super) assigned: bool,
}

/// The place of a gateway below which it may publish and subscribe, with the trailing slash.
fn prefix(gateway: &Gateway) -> String {
    format!("parkpulse/v1/{}/{}/", gateway.enterprise, gateway.id)
}

/// Checks who says `hello`, with the CN of its verified certificate if it showed one.
///
/// # Errors
/// Why it may not come in.
pub(super) fn admit(
    hello: &Hello,
    common_name: Option<&str>,
    directory: &Directory,
    settings: &Settings,
    now: Moment,
) -> Result<Entrant, Reason> {
    if hello.extended {
        return Err(Reason::BadMethod);
    }
    let admission = credential(hello, common_name, directory, now)?;
    let id = admission.gateway.id.as_str();
    let assigned = hello.client_id.is_empty();
    let client_id = if assigned {
        assign(hello, id)?
    } else if is_own(&hello.client_id, id) || settings.faults.has(Fault::BorrowedId) {
        hello.client_id.clone()
    } else {
        return Err(Reason::ClientIdRefused);
    };
    let own = Own::new(prefix(&admission.gateway), settings.faults)
        .with_trials_only(admission.is_for_trials());
    if let Some(will) = &hello.will
        && own.target(&will.topic)? != Target::Status
        && !settings.faults.has(Fault::WillAnywhere)
    {
        return Err(Reason::NotAuthorized);
    }
    Ok(Entrant {
        admission,
        own,
        client_id,
        assigned,
    })
}

/// A token always counts before a certificate; if both are shown they name the same gateway.
fn credential(
    hello: &Hello,
    common_name: Option<&str>,
    directory: &Directory,
    now: Moment,
) -> Result<Admission, Reason> {
    let by_certificate = common_name.and_then(|name| directory.admit_certificate(name));
    let (Some(user), Some(password)) = (&hello.user, &hello.password) else {
        let named = |admission: &Admission| {
            let id = admission.gateway.id.as_str();
            hello.user.as_deref().is_none_or(|user| user == id)
        };
        return by_certificate.filter(named).ok_or(Reason::BadCredentials);
    };
    let token = std::str::from_utf8(password).map_err(|_cause| Reason::BadCredentials)?;
    let admission = directory
        .verify_token(user, token, now)
        .ok_or(Reason::BadCredentials)?;
    if common_name.is_some_and(|name| name != admission.gateway.id.as_str()) {
        return Err(Reason::BadCredentials);
    }
    Ok(admission)
}

/// The gateway id, or the gateway id, `/`, and a suffix without wildcards or control characters.
fn is_own(client_id: &str, gateway: &str) -> bool {
    match client_id.strip_prefix(gateway) {
        Some("") => true,
        Some(rest) => {
            rest.len() > 1
                && rest.starts_with('/')
                && client_id.len() <= CLIENT_ID_MAX_BYTES
                && !rest.contains(|c: char| c.is_control() || c == '+' || c == '#')
        }
        None => false,
    }
}

/// A client id for one that brought none: new each time, for it cannot ask for its session.
fn assign(hello: &Hello, gateway: &str) -> Result<String, Reason> {
    // MQTT 3.1.1, 3.1.3.1: without a clean session a client must name itself.
    if hello.version == Version::V3 && !hello.clean {
        return Err(Reason::ClientIdRefused);
    }
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).map_err(|_cause| Reason::Unavailable)?;
    Ok(format!("{gateway}/{}", hex::encode(random)))
}
