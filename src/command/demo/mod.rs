//! `demo`: a made-up city in an empty data directory, served, with live readings from a simulator
//! that is a process of its own.

mod file;
mod laying;
mod simulator;

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::app;
use crate::config::Settings;
use crate::demo::{EQUAL_ELECTRICITY, SCHEME, Scale, TARIFFS};
use crate::jobs::assess::NotASchemeChoice;
use crate::ledger::factor::{self, FactorsRefused, SetFactor};
use crate::ledger::tariff;
use crate::simulate::Fault;

use super::on_directory::commands;
use super::serve::{LEFTOVERS_WITHIN, announce, scheme};
use super::simulate::{GATEWAYS_FILE, duration};
use super::{Failure, Out, Outcome, Verdict};

use laying::{BACKDROP_FILE, Plan};
use simulator::Simulator;

/// Lays the city only into an empty directory; one that holds a demo already is served as it is.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// How large the city is: three parks with a year, or one park with three months for small
    /// machines
    #[arg(long, value_enum, default_value_t = Extent::City)]
    scale: Extent,
    /// Days of history before today, instead of what belongs to the scale
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=390))]
    days: Option<u16>,
    /// Another seed is another city
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How often each gateway of the simulator sends; as 10s
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
    every: Duration,
    /// What goes wrong in the simulator now and then; see `simulate --help`
    #[arg(long, value_name = "FAULTS", value_delimiter = ',')]
    faults: Vec<Fault>,
    /// Serve without the simulator
    #[arg(long)]
    no_simulator: bool,
}

/// How large the city is.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Extent {
    Park,
    City,
}

impl Demo {
    fn scale(&self) -> Scale {
        let scale = match self.scale {
            Extent::Park => Scale::PARK,
            Extent::City => Scale::CITY,
        };
        Scale {
            days: self.days.map_or(scale.days, i32::from),
            ..scale
        }
    }
}

pub(super) fn run(arguments: &Demo, mut settings: Settings, out: &mut Out) -> Outcome {
    settings.http.roles_by_click = true;
    app::start_log(&settings.log)?;
    settle_defaults(&mut settings)?;
    let plan = Plan::of(&settings.data_dir, arguments.seed, arguments.scale())?;
    let gateways = settings.data_dir.join(GATEWAYS_FILE);
    let drawing = settings.data_dir.join(BACKDROP_FILE);
    settings.backdrop.get_or_insert(drawing);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let (mut told, mut simulator) = (Ok(()), None);
    let pages = scheme(&settings);
    let prepare = async |parts: &app::Parts| plan.lay(parts).await;
    let served = runtime.block_on(app::serve_prepared(
        settings,
        commands(),
        prepare,
        |ports, setup| {
            told = announce((pages, ports), setup, out);
            if let Some(address) = ports.mqtt.filter(|_| !arguments.no_simulator) {
                simulator = Some(start_simulator(arguments, &address.to_string(), &gateways));
            }
        },
    ));
    let simulated = simulator.map_or(Ok(()), |started| started.and_then(Simulator::end));
    // A command of the control socket that hangs must not hold up the end.
    runtime.shutdown_timeout(LEFTOVERS_WITHIN);
    served?;
    simulated?;
    told.or_else(|failure| match failure {
        Failure::ReaderGone => Ok(()),
        other => Err(other),
    })?;
    Ok(Verdict::Done)
}

/// What has no default in the platform is set for the made-up city, and says so in its source;
/// what the configuration sets stays.
fn settle_defaults(settings: &mut Settings) -> Result<(), Failure> {
    let faulty = |cause: String| Failure::failed(cause);
    if !settings.factors.has_equal_electricity() {
        let set: SetFactor = EQUAL_ELECTRICITY
            .parse()
            .map_err(|cause: FactorsRefused| faulty(cause.to_string()))?;
        let factors = factor::shipped(&[set]);
        let factors = factors.map_err(|cause| faulty(cause.to_string()))?;
        settings.factors = factors.under(settings.factors.rules().clone());
    }
    if settings.rating.schemes.is_empty() {
        let choice = SCHEME.parse();
        let choice = choice.map_err(|cause: NotASchemeChoice| faulty(cause.to_string()))?;
        settings.rating.schemes.push(choice);
    }
    if !settings.http.tariffs.has_prices() {
        let tariffs = tariff::shipped(TARIFFS.0, TARIFFS.1);
        let tariffs = tariffs.map_err(|cause| faulty(cause.to_string()))?;
        settings.http.tariffs = Arc::new(tariffs);
    }
    Ok(())
}

/// Starts this program again as a simulator that ends when this process does.
fn start_simulator(arguments: &Demo, address: &str, gateways: &Path) -> std::io::Result<Simulator> {
    let mut words: Vec<OsString> = [
        "simulate",
        "--with-parent",
        &std::process::id().to_string(),
        "--url",
        &format!("mqtt://{address}"),
        "--every",
        &format!("{}ms", arguments.every.as_millis()),
        "--gateways",
    ]
    .map(OsString::from)
    .into();
    words.push(gateways.into());
    for fault in &arguments.faults {
        words.extend(["--faults", fault.as_str()].map(OsString::from));
    }
    Simulator::start(words)
}
