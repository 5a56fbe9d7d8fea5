//! The only place that prints.
//!
//! A command writes results to `line`, `json` and `bytes` (stdout) and messages to `say` (stderr).
//! Where the reader went away (a broken pipe) the command ends with success: whoever pipes into
//! `head` has what was wanted.

use std::fmt::{self, Display};
use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};

use super::Failure;

/// Whether people or programs read the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// JSON with indent 1 (`--json`).
    Json,
}

/// Where a command's results and messages go.
pub struct Out {
    results: Box<dyn Write + Send>,
    messages: Box<dyn Write + Send>,
    format: Format,
}

impl fmt::Debug for Out {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Out")
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

impl Out {
    /// The stdout and stderr of this process.
    #[must_use]
    pub fn of_process(format: Format) -> Self {
        let results = io::BufWriter::new(io::stdout());
        Self::new(Box::new(results), Box::new(io::stderr()), format)
    }

    /// Results and messages to wherever they are to go.
    #[must_use]
    pub fn new(
        results: Box<dyn Write + Send>,
        messages: Box<dyn Write + Send>,
        format: Format,
    ) -> Self {
        Self {
            results,
            messages,
            format,
        }
    }

    /// Whether `--json` was given.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// One line of results.
    ///
    /// # Errors
    /// The reader is gone or the output cannot be written; as with all functions here.
    pub fn line(&mut self, text: impl Display) -> Result<(), Failure> {
        writeln!(self.results, "{text}").map_err(Failure::from_output)
    }

    /// A whole result as JSON, indent 1, keys in the order of the shape.
    ///
    /// # Errors
    /// As [`Out::line`].
    pub fn json(&mut self, shape: &impl Serialize) -> Result<(), Failure> {
        let indent = PrettyFormatter::with_indent(b" ");
        let mut serializer = Serializer::with_formatter(&mut self.results, indent);
        shape
            .serialize(&mut serializer)
            .map_err(|cause| Failure::from_output(cause.into()))?;
        self.bytes(b"\n")
    }

    /// One line of NDJSON: JSON without spaces.
    ///
    /// # Errors
    /// As [`Out::line`].
    pub fn json_line(&mut self, shape: &impl Serialize) -> Result<(), Failure> {
        serde_json::to_writer(&mut self.results, shape)
            .map_err(|cause| Failure::from_output(cause.into()))?;
        self.bytes(b"\n")
    }

    /// Results as they are: files that a command makes on stdout.
    ///
    /// # Errors
    /// As [`Out::line`].
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.results.write_all(bytes).map_err(Failure::from_output)
    }

    /// One line to people, on stderr. That nobody reads it is no fault.
    pub fn say(&mut self, text: impl Display) {
        let _ = writeln!(self.messages, "{text}");
    }

    /// Results and messages as bare writers, for output that another process made.
    pub(super) fn sinks(&mut self) -> (&mut dyn Write, &mut dyn Write) {
        (&mut self.results, &mut self.messages)
    }

    /// Hands over what is buffered.
    ///
    /// # Errors
    /// As [`Out::line`].
    pub fn flush(&mut self) -> Result<(), Failure> {
        self.results.flush().map_err(Failure::from_output)
    }
}
