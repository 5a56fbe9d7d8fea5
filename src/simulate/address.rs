//! Where to send: `mqtt://host:port`, or `mqtts://` with the certificate that the platform trusts.

use std::str::FromStr;

/// A place that speaks MQTT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Name or number of the host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether the line is encrypted.
    pub tls: bool,
}

/// A text that is no such address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no address: write mqtt://127.0.0.1:1883 or mqtts://host:8883")]
pub struct AddressRefused {
    /// What was written.
    pub text: String,
}

impl FromStr for Address {
    type Err = AddressRefused;

    fn from_str(text: &str) -> Result<Self, AddressRefused> {
        let refused = || AddressRefused {
            text: text.to_owned(),
        };
        let (scheme, rest) = text.split_once("://").ok_or_else(refused)?;
        let (tls, usual_port) = match scheme {
            "mqtt" => (false, 1883),
            "mqtts" => (true, 8883),
            _ => return Err(refused()),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !host.ends_with(':') => {
                (host, port.parse().map_err(|_cause| refused())?)
            }
            _ => (rest, usual_port),
        };
        let bad = |c: char| c.is_whitespace() || "/?#@".contains(c);
        if host.is_empty() || host.contains(bad) || port == 0 {
            return Err(refused());
        }
        Ok(Self {
            host: host.to_owned(),
            port,
            tls,
        })
    }
}
