//! The conformance table of the MQTT door, and nothing but the table: each row cites the clauses it shows
//! (`tests/data/mqtt-sentences.toml`); the steps are those of `mqtt_script`.

mod connects;
mod payloads;
mod publishes;
mod sessions;

pub(crate) use connects::CONNECTS;
pub(crate) use payloads::PAYLOADS;
pub(crate) use publishes::PUBLISHES;
pub(crate) use sessions::SESSIONS;

/// Which door a row is played against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// The limits of the contract.
    Usual,
    /// Window 3, 4 values a day, 300 ms for CONNECT and for a packet.
    Small,
}

/// One row.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) cites: &'static [&'static str],
    pub(crate) size: Size,
    pub(crate) script: &'static str,
}

const fn row(name: &'static str, cites: &'static [&'static str], script: &'static str) -> Row {
    Row {
        name,
        cites,
        size: Size::Usual,
        script,
    }
}

const fn small(name: &'static str, cites: &'static [&'static str], script: &'static str) -> Row {
    Row {
        name,
        cites,
        size: Size::Small,
        script,
    }
}
