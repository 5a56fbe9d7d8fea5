//! From the arguments of the process to its exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use super::line::{Command, Line};
use super::out::Format;
use super::outcome::exit_code;
use super::settings::{layers, settings};
use super::{Failure, Out, Outcome};
use super::{config, ledger, rate, serve};

/// Runs the command line `arguments` (the program's name first) in this process.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let line = match Line::try_parse_from(arguments) {
        Ok(line) => line,
        Err(refused) => return refuse(&refused),
    };
    let format = if line.shared.json {
        Format::Json
    } else {
        Format::Text
    };
    let mut out = Out::of_process(format);
    let outcome = dispatch(line, &mut out);
    ExitCode::from(finish(outcome, &mut out))
}

/// Flushes results, says what failed and gives the exit code.
fn finish(outcome: Outcome, out: &mut Out) -> u8 {
    let outcome = outcome.and_then(|verdict| out.flush().map(|()| verdict));
    if let Err(Failure::Failed(text) | Failure::Usage(text)) = &outcome {
        out.say(format_args!("parkpulse: {text}"));
    }
    exit_code(&outcome)
}

fn dispatch(line: Line, out: &mut Out) -> Outcome {
    let Line { shared, command } = line;
    match command {
        Command::Serve(serve::Serve {}) => serve::run(settings(&shared)?, out),
        Command::Ledger(arguments) => ledger::run(&arguments, out),
        Command::Rate(rate) => rate::run(&rate, out),
        Command::Config(config) => config::run(&config, &layers(&shared)?, out),
    }
}

/// Help and version end with 0, wrong usage with 2.
fn refuse(refused: &clap::Error) -> ExitCode {
    let mut out = Out::of_process(Format::Text);
    let text = refused.render().to_string();
    match refused.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let printed = out.bytes(text.as_bytes()).and_then(|()| out.flush());
            ExitCode::from(exit_code(&printed.map(|()| super::Verdict::Done)))
        }
        _ => {
            out.say(text.trim_end());
            ExitCode::from(2)
        }
    }
}
