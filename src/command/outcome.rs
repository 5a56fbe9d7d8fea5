//! How a command ends, and the exit code that says so (contract.md 5).

use std::error::Error;
use std::fmt::Write;
use std::io;

/// A command that ran through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Done, nothing to complain about: exit 0.
    Done,
    /// Done, and something was found that somebody must look at: exit 1.
    Finding,
}

/// A command that did not run through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// What failed, what it means and what to do: exit 1.
    Failed(String),
    /// Wrong usage: exit 2.
    Usage(String),
    /// The reader of the output went away, which is no fault: exit 0.
    ReaderGone,
}

/// How a command ended.
pub type Outcome = Result<Verdict, Failure>;

impl Failure {
    /// A failure in words.
    pub fn failed(text: impl Into<String>) -> Self {
        Self::Failed(text.into())
    }

    /// Wrong usage in words.
    pub fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    /// An output that could not be written.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "handed to `map_err` as it is"
    )]
    pub(super) fn from_output(cause: io::Error) -> Self {
        if cause.kind() == io::ErrorKind::BrokenPipe {
            Self::ReaderGone
        } else {
            Self::Failed(format!("the output cannot be written: {cause}"))
        }
    }
}

/// Any error with its whole chain of causes, so that commands may use `?`.
impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(next) = cause {
            let _ = write!(text, ": {next}");
            cause = next.source();
        }
        Self::Failed(text)
    }
}

/// The exit code of an outcome.
#[must_use]
pub(super) fn exit_code(outcome: &Outcome) -> u8 {
    match outcome {
        Ok(Verdict::Done) | Err(Failure::ReaderGone) => 0,
        Ok(Verdict::Finding) | Err(Failure::Failed(_)) => 1,
        Err(Failure::Usage(_)) => 2,
    }
}
