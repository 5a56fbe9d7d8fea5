//! The command line: one file per command; `out.rs` is the only place that prints.
//!
//! A command is a function of its arguments, an [`Out`] and a context to an [`Outcome`]; it knows
//! neither where its output goes nor whether it runs in the process that was started or in the one
//! that owns the data directory.

mod audit;
mod backup;
mod config;
mod context;
mod demo;
mod export;
mod gateway;
mod import;
mod imports;
mod input;
mod ledger;
mod line;
mod map;
mod on_directory;
mod out;
mod outcome;
mod quarantine;
mod rate;
mod reconcile;
mod run;
mod serve;
mod settings;
mod simulate;
mod template;
mod user;

pub use context::Context;
pub use out::Out;
pub use outcome::{Failure, Outcome, Verdict};
pub use run::run;
