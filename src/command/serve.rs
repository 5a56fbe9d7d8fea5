//! `serve`: runs the platform.

use std::time::Duration;

use clap::Args;

use crate::app;
use crate::config::Settings;
use crate::store::registry::Token;

use super::on_directory::commands;
use super::{Failure, Out, Outcome, Verdict};

/// How long threads that did not end in time are waited for.
pub(super) const LEFTOVERS_WITHIN: Duration = Duration::from_millis(500);

/// No arguments of its own.
#[derive(Debug, Args)]
pub(super) struct Serve {}

pub(super) fn run(settings: Settings, out: &mut Out) -> Outcome {
    app::start_log(&settings.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let mut told = Ok(());
    let pages = scheme(&settings);
    let served = runtime.block_on(app::serve(settings, commands(), |ports, setup| {
        told = announce((pages, ports), setup, out);
    }));
    // A command of the control socket that hangs must not hold up the end.
    runtime.shutdown_timeout(LEFTOVERS_WITHIN);
    served?;
    told.or_else(|failure| match failure {
        Failure::ReaderGone => Ok(()),
        other => Err(other),
    })?;
    Ok(Verdict::Done)
}

/// By which scheme the pages are reached.
pub(super) const fn scheme(settings: &Settings) -> &'static str {
    match settings.http.tls {
        Some(_) => "https",
        None => "http",
    }
}

/// Prints where the platform listens, and the code for the first person if there is none.
/// `pages` is the scheme under which they are reached.
pub(super) fn announce(
    (pages, ports): (&str, &app::Ports),
    setup: Option<&Token>,
    out: &mut Out,
) -> Result<(), Failure> {
    out.line(format_args!("http     {pages}://{}", ports.http))?;
    if let Some(address) = ports.mqtt {
        out.line(format_args!("mqtt     mqtt://{address}"))?;
    }
    if let Some(address) = ports.mqtt_tls {
        out.line(format_args!("mqtt_tls mqtts://{address}"))?;
    }
    out.line(format_args!("control  {}", ports.control))?;
    if let Some(code) = setup {
        out.line(format_args!("setup    {}", code.reveal()))?;
        out.say("nobody is registered yet: open /login and become the security administrator");
        out.say("with the setup code; it counts once, and the next start prints another");
    }
    out.flush()
}
