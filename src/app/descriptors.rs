//! File descriptors: raised to what the system allows, and connections lowered aloud where that is
//! not enough (contract.md 2, "Limits").

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::config::Settings;

/// Descriptors for files, databases, listeners and commands.
const OWN: u64 = 256;

/// How many MQTT connections the descriptors allow, at most `mqtt.connections_max`. The soft limit
/// of the process is raised to the hard one.
pub(super) fn connections_allowed(settings: &Settings) -> usize {
    let wanted = settings.ingest.connections_max;
    let limit = raised();
    let http = u64::try_from(settings.http.connections_max).unwrap_or(u64::MAX);
    let free = limit.saturating_sub(http).saturating_sub(OWN).max(1);
    let allowed = usize::try_from(free).unwrap_or(usize::MAX).min(wanted);
    if allowed < wanted {
        tracing::warn!(
            wanted,
            allowed,
            limit,
            "file descriptors are short: mqtt.connections_max is lowered; raise the limit \
             (ulimit -n) for more"
        );
    }
    allowed
}

/// The limit after raising it as far as it goes.
fn raised() -> u64 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let (Some(soft), hard) = (current, maximum.unwrap_or(u64::MAX)) else {
        return u64::MAX;
    };
    let wish = Rlimit {
        current: maximum,
        maximum,
    };
    match setrlimit(Resource::Nofile, wish) {
        Ok(()) => hard,
        Err(_cause) => soft,
    }
}
