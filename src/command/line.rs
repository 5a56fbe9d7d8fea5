//! The command line as clap reads it. A new command adds a variant here, a file beside this one
//! and an arm in `run.rs`;
//! one that works on the data directory goes into `on_directory.rs` instead.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::on_directory::OnDirectory;
use super::{backup, config, demo, ledger, map, rate, serve, simulate, template};

/// The digital management platform of an industrial park.
#[derive(Debug, Parser)]
#[command(name = "parkpulse", version, propagate_version = true)]
pub(super) struct Line {
    #[command(flatten)]
    pub(super) shared: Shared,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// What every command takes (contract.md 5).
#[derive(Clone, Debug, Args)]
pub(super) struct Shared {
    /// A configuration file laid over the defaults (see `parkpulse config show`)
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Where the data are kept; goes before `data_dir` of the configuration
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) data_dir: Option<PathBuf>,
    /// Print for machines: JSON to stdout
    #[arg(long, global = true)]
    pub(super) json: bool,
}

/// All commands (contract.md 5).
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the platform until SIGTERM or Ctrl-C
    Serve(serve::Serve),
    /// Lay a fictional park into an empty data directory and run it with live readings
    Demo(demo::Demo),
    /// Be a park's gateways: send readings over real MQTT, with faults on demand
    Simulate(simulate::Simulate),
    /// Close a period from a file: what each meter used, and how much of it is known
    Ledger(ledger::Ledger),
    /// Paint a map from files: parcels coloured by value or grade
    Map(Box<map::Map>),
    /// Rate enterprises from files: scores, grades and reasons
    Rate(rate::Rate),
    /// Write the empty file of an import, with notes
    Template(template::Template),
    /// Check or show the configuration
    #[command(subcommand)]
    Config(config::Config),
    /// Lay a backup into an empty data directory that nobody serves
    Restore(backup::Restore),
    /// Those that work on the data directory.
    #[command(flatten)]
    OnDirectory(OnDirectory),
}
