//! The binary: hands the arguments to `command` and nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    parkpulse::command::run(std::env::args_os())
}
