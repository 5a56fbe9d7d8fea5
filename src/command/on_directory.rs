//! Commands on the data directory: here, or in the process that owns it (contract.md 5).
//!
//! A new command adds a variant, its input files if it reads any, and an arm in `run`. The
//! function of a command is `async fn run(&self, out: &mut Out, context: &Context<'_>) -> Outcome`;
//! it may block: it has a thread of its own.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::{Parser, Subcommand};
use tokio::runtime::{Handle, Runtime};

use crate::app::control::{AskFailed, Commands, Inputs, Request, Sink, ask};
use crate::app::{DataDirectory, DirectoryRefused, Parts};
use crate::config::Settings;

use super::input::read_bytes;
use super::line::{Command, Line, Shared};
use super::out::Format;
use super::run::finish;
use super::settings::settings;
use super::{Context, Failure, Out, Outcome};
use super::{audit, backup, export, gateway, import, imports, quarantine, reconcile, user};

/// The commands that need the data directory.
#[derive(Debug, Subcommand)]
pub(super) enum OnDirectory {
    /// What became of every value that was received, per gateway; exit 1 if it does not add up
    Reconcile(reconcile::Reconcile),
    /// Print what is kept
    #[command(subcommand)]
    Export(export::Export),
    /// Take a file in, all or nothing, with words for every row
    Import(import::Import),
    /// Register gateways and give, change or end their credentials
    #[command(subcommand)]
    Gateway(gateway::Gateway),
    /// Files that were taken: a list, the report of one, and taking one back
    #[command(subcommand)]
    Imports(imports::Imports),
    /// What was not taken, why, and taking it in after a repair
    #[command(subcommand)]
    Quarantine(quarantine::Quarantine),
    /// Who may sign in
    #[command(subcommand)]
    User(user::User),
    /// Whether the audit log is as it was written; exit 1 if not
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Write one archive of everything, consistent while serving
    Backup(backup::Backup),
}

impl OnDirectory {
    /// The files it reads: brought along by whoever runs it.
    fn inputs(&self) -> Vec<PathBuf> {
        match self {
            Self::Import(command) => command.inputs(),
            Self::Backup(command) => command.inputs(),
            _ => Vec::new(),
        }
    }

    async fn run(&self, out: &mut Out, context: &Context<'_>) -> Outcome {
        match self {
            Self::Reconcile(command) => command.run(out, context),
            Self::Import(command) => command.run(out, context).await,
            Self::Imports(command) => command.run(out, context).await,
            Self::Gateway(command) => command.run(out, context).await,
            Self::Export(command) => command.run(out, context),
            Self::Quarantine(command) => command.run(out, context).await,
            Self::User(command) => command.run(out, context).await,
            Self::Audit(command) => command.run(out, context).await,
            Self::Backup(command) => command.run(out, context).await,
        }
    }
}

/// The pause between two attempts to reach the owner.
const ASK_PAUSE: std::time::Duration = std::time::Duration::from_millis(50);

/// Runs `command` in the owner of the data directory if there is one, else here; the exit code.
pub(super) fn run(
    command: &OnDirectory,
    shared: &Shared,
    arguments: &[String],
    out: &mut Out,
) -> u8 {
    match prepare(command, shared, arguments) {
        Ok((settings, request)) => run_prepared(command, settings, &request, out),
        Err(failure) => finish(Err(failure), out),
    }
}

fn prepare(
    command: &OnDirectory,
    shared: &Shared,
    arguments: &[String],
) -> Result<(Settings, Request), Failure> {
    let settings = settings(shared)?;
    let mut inputs = Inputs::new();
    for path in command.inputs() {
        let content = read_bytes(&path)?;
        inputs.insert(path, content);
    }
    let request = Request {
        arguments: arguments.to_vec(),
        place: std::env::current_dir()?,
        inputs,
    };
    Ok((settings, request))
}

fn run_prepared(command: &OnDirectory, settings: Settings, request: &Request, out: &mut Out) -> u8 {
    let patience = settings.control.patience;
    let start = Instant::now();
    loop {
        match DataDirectory::take(&settings.data_dir) {
            Ok(directory) => {
                let outcome = run_here(command, directory, settings, request, out);
                return finish(outcome, out);
            }
            Err(DirectoryRefused::Owned { path }) => {
                let (results, messages) = out.sinks();
                match ask(&path, request, patience, results, messages) {
                    Err(AskFailed::Unreachable(_)) if start.elapsed() < patience => {
                        std::thread::sleep(ASK_PAUSE);
                    }
                    Err(AskFailed::Output(cause)) => {
                        return finish(Err(Failure::from_output(cause)), out);
                    }
                    Err(failed) => return finish(Err(failed.into()), out),
                    Ok(code) => return flushed(code, out),
                }
            }
            Err(refused) => return finish(Err(refused.into()), out),
        }
    }
}

/// The owner's exit code, unless our own output fails.
fn flushed(code: u8, out: &mut Out) -> u8 {
    match out.flush() {
        Ok(()) => code,
        Err(failure) => finish(Err(failure), out),
    }
}

fn run_here(
    command: &OnDirectory,
    directory: DataDirectory,
    settings: Settings,
    request: &Request,
    out: &mut Out,
) -> Outcome {
    let runtime = Runtime::new()?;
    runtime.block_on(async {
        let parts = Parts::open(directory, settings).await?;
        let context = Context::new(&parts, &request.inputs, &request.place);
        let outcome = command.run(out, &context).await;
        parts.close().await?;
        outcome
    })
}

/// Runs what is sent to the owner.
struct Owner;

/// What the owner of a data directory can be asked to run.
pub(super) fn commands() -> Arc<dyn Commands> {
    Arc::new(Owner)
}

impl Commands for Owner {
    fn run(&self, request: Request, parts: &Parts, results: Sink, messages: Sink) -> u8 {
        let parsed = Line::try_parse_from(&request.arguments);
        let format = match &parsed {
            Ok(line) if line.shared.json => Format::Json,
            _ => Format::Text,
        };
        let mut out = Out::new(results, messages, format);
        let Ok(Line {
            command: Command::OnDirectory(command),
            ..
        }) = parsed
        else {
            let refused = Failure::usage("this command does not work on the data directory");
            return finish(Err(refused), &mut out);
        };
        let context = Context::new(parts, &request.inputs, &request.place);
        let outcome = Handle::current().block_on(command.run(&mut out, &context));
        finish(outcome, &mut out)
    }
}

/// The arguments of this process as text.
///
/// # Errors
/// One of them is not UTF-8.
pub(super) fn as_texts(arguments: Vec<std::ffi::OsString>) -> io::Result<Vec<String>> {
    let text = |argument: std::ffi::OsString| {
        argument
            .into_string()
            .map_err(|_raw| io::Error::other("arguments must be UTF-8"))
    };
    arguments.into_iter().map(text).collect()
}
