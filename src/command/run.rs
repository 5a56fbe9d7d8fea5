//! From the arguments of the process to its exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::app::{plant, read_fonts};

use super::line::{Command, Line, Shared};
use super::out::Format;
use super::outcome::exit_code;
use super::settings::{layers, settings};
use super::{Failure, Out, Outcome, Verdict};
use super::{backup, config, demo, ledger, map, on_directory, rate, serve, simulate, template};

/// Runs the command line `arguments` (the program's name first) in this process.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let _planted = plant();
    let mut plain = Out::of_process(Format::Text);
    let code = match on_directory::as_texts(arguments.into_iter().collect()) {
        Ok(arguments) => run_texts(&arguments, plain),
        Err(cause) => finish(Err(Failure::usage(cause.to_string())), &mut plain),
    };
    ExitCode::from(code)
}

fn run_texts(arguments: &[String], mut plain: Out) -> u8 {
    let Line { shared, command } = match Line::try_parse_from(arguments) {
        Ok(line) => line,
        Err(refused) => return refuse(&refused, &mut plain),
    };
    let mut out = if shared.json {
        Out::of_process(Format::Json)
    } else {
        plain
    };
    if let Command::OnDirectory(command) = command {
        return on_directory::run(&command, &shared, arguments, &mut out);
    }
    let outcome = dispatch(command, &shared, &mut out);
    finish(outcome, &mut out)
}

/// Runs a command that needs no data directory, or makes itself its owner.
fn dispatch(command: Command, shared: &Shared, out: &mut Out) -> Outcome {
    match command {
        Command::Serve(serve::Serve {}) => serve::run(settings(shared)?, out),
        Command::Demo(demo) => demo::run(&demo, settings(shared)?, out),
        Command::Simulate(arguments) => simulate::run(&arguments, &settings(shared)?, out),
        Command::Config(config) => config::run(&config, &layers(shared)?, out),
        Command::Ledger(arguments) => ledger::run(&arguments, out),
        Command::Map(arguments) => {
            let settings = settings(shared)?;
            let fonts = read_fonts(&settings.fonts)?;
            map::run(*arguments, settings.city.bounds, &fonts, out)
        }
        Command::Rate(rate) => rate::run(&rate, out),
        Command::Template(arguments) => template::run(&arguments, out),
        Command::Restore(file) => backup::restore(&file, settings(shared)?, out),
        Command::OnDirectory(_) => Err(Failure::usage("this command needs a data directory")),
    }
}

/// Flushes results, says what failed and gives the exit code.
pub(super) fn finish(outcome: Outcome, out: &mut Out) -> u8 {
    let flushed = out.flush();
    let outcome = outcome.and_then(|verdict| flushed.map(|()| verdict));
    if let Err(Failure::Failed(text) | Failure::Usage(text)) = &outcome {
        out.say(format_args!("parkpulse: {text}"));
    }
    exit_code(&outcome)
}

/// Help and version end with 0, wrong usage with 2.
fn refuse(refused: &clap::Error, out: &mut Out) -> u8 {
    let text = refused.render().to_string();
    match refused.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let printed = out.bytes(text.as_bytes()).map(|()| Verdict::Done);
            finish(printed, out)
        }
        _ => {
            out.say(text.trim_end());
            2
        }
    }
}
