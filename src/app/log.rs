//! Where named events become log lines: stderr, one line each.

use std::io;

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Starts the log of this process.
///
/// # Errors
/// The filter of `log.level` cannot be read, or a log runs already.
pub fn start_log(settings: &Log) -> io::Result<()> {
    let filter = EnvFilter::try_new(&settings.filter).map_err(io::Error::other)?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    let started = match settings.format {
        LogFormat::Text => lines.with_ansi(false).try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    started.map_err(io::Error::other)
}
