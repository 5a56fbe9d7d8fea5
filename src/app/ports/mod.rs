//! The addresses that were taken, for whoever looks from outside (contract.md 8).

mod file;

use std::fs::{self, File};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;

use tempfile::NamedTempFile;

const NAME: &str = "ports.json";

/// Where the process listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    /// Pages and API.
    pub http: SocketAddr,
    /// Plain MQTT.
    pub mqtt: Option<SocketAddr>,
    /// MQTT over TLS, if it has a certificate.
    pub mqtt_tls: Option<SocketAddr>,
    /// Commands.
    pub control: SocketAddr,
}

impl Ports {
    /// Writes `ports.json` into `directory`, whole or not at all.
    ///
    /// # Errors
    /// What the system says.
    pub fn write(&self, directory: &Path) -> io::Result<()> {
        let text = serde_json::to_string(&file::Written::of(self)).map_err(io::Error::other)?;
        let mut temporary = NamedTempFile::new_in(directory)?;
        writeln!(temporary, "{text}")?;
        temporary.as_file().sync_all()?;
        temporary.persist(directory.join(NAME))?;
        File::open(directory)?.sync_all()
    }

    /// Reads what the owner of `directory` wrote.
    ///
    /// # Errors
    /// The file is missing or is not ours.
    pub fn read(directory: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(directory.join(NAME))?;
        let written: file::Written = serde_json::from_str(&text).map_err(io::Error::other)?;
        written.into_ports().map_err(io::Error::other)
    }

    /// Removes the file when the process stops; that it is gone already is no fault.
    pub fn remove(directory: &Path) {
        let _ = fs::remove_file(directory.join(NAME));
    }
}
