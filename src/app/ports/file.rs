//! `ports.json` as it stands on disk.

use std::net::{AddrParseError, SocketAddr};

use serde::{Deserialize, Serialize};

use super::Ports;

/// Addresses as text; null where a door is shut.
#[derive(Serialize, Deserialize)]
pub(super) struct Written {
    http: String,
    mqtt: Option<String>,
    mqtt_tls: Option<String>,
    control: String,
}

impl Written {
    pub(super) fn of(ports: &Ports) -> Self {
        Self {
            http: ports.http.to_string(),
            mqtt: ports.mqtt.map(|address| address.to_string()),
            mqtt_tls: ports.mqtt_tls.map(|address| address.to_string()),
            control: ports.control.to_string(),
        }
    }

    pub(super) fn into_ports(self) -> Result<Ports, AddrParseError> {
        let optional =
            |text: Option<String>| text.map(|text| text.parse::<SocketAddr>()).transpose();
        Ok(Ports {
            http: self.http.parse()?,
            mqtt: optional(self.mqtt)?,
            mqtt_tls: optional(self.mqtt_tls)?,
            control: self.control.parse()?,
        })
    }
}
