//! Readings from a file, line by line, by the ordinary way in: with the gateway, the time of
//! receipt, the number and the flags that the line names, so that an export can be taken back.
//!
//! The file is read twice: the first walk checks every line, so that a faulty file changes
//! nothing; the second hands the readings to the store, a bounded number at a time. What the store
//! has already counts as a duplicate there. Reads block: it has a thread of its own.

mod file;
mod line;
mod sheaf;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::indicator::Catalogue;
use crate::park::Roster;
use crate::store::registry::Mode;
use crate::store::{Append, AppendRefused};
use crate::text::Said;

use super::fault::{Fault, belongs};
use super::kind::Kind;
use super::{FAULTS_MAX, Report};
use line::{Line, Reader};
use sheaf::Sheaf;

/// The longest line, in bytes.
const LINE_BYTES_MAX: u64 = 16 * 1024;

/// Why readings were not taken, or not all of them.
#[derive(Debug, thiserror::Error)]
pub enum ReadingsFault {
    /// The file cannot be read.
    #[error("{file} cannot be read", file = .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not the one that was checked a moment ago.
    #[error("{file} was changed while it was read: some of it was taken. Import it again", file = .file.display())]
    Changed {
        /// The file.
        file: PathBuf,
    },
    /// The store took no more.
    #[error("the store took no more; import the file again, what it has counts as duplicate")]
    Refused(#[from] AppendRefused),
}

/// Where readings go and what is known.
#[derive(Debug)]
pub struct Way<'a> {
    /// The way into the store.
    pub append: &'a dyn Append,
    /// Who is registered.
    pub roster: &'a Roster,
    /// What can be measured.
    pub catalogue: &'a Catalogue,
}

/// Where the lines stand.
#[derive(Clone, Copy, Debug)]
pub enum From<'a> {
    /// In a file.
    File(&'a Path),
    /// In memory, under a name.
    Bytes(&'a str, &'a [u8]),
}

impl From<'_> {
    /// As it is named in words.
    fn name(self) -> PathBuf {
        match self {
            Self::File(path) => path.to_owned(),
            Self::Bytes(name, _) => PathBuf::from(name),
        }
    }
}

/// Imports the NDJSON at `from`. `added` of the report counts the values that were handed
/// over; which of them were there already is told by `reconcile`.
///
/// # Errors
/// See [`ReadingsFault`]. Faults of lines are in the report.
pub async fn import_readings(
    way: &Way<'_>,
    from: From<'_>,
    mode: Mode,
) -> Result<Report, ReadingsFault> {
    let mut report = Report::new(Kind::Readings, mode);
    let reader = Reader {
        roster: way.roster,
        catalogue: way.catalogue,
    };
    walk(from, |row, text| {
        report.rows += 1;
        if let Err(fault) = reader.read(row, text) {
            report.faults.add(*fault);
        }
        report.faults.told().len() < FAULTS_MAX
    })?;
    if report.is_taken() && mode == Mode::Apply {
        report.added = hand_over(way, &reader, from).await?;
    }
    Ok(report)
}

/// The second walk; the number of values that were handed over.
async fn hand_over(
    way: &Way<'_>,
    reader: &Reader<'_>,
    from: From<'_>,
) -> Result<u64, ReadingsFault> {
    let changed = || ReadingsFault::Changed { file: from.name() };
    let mut lines = Lines::open(from)?;
    let mut sheaf = Sheaf::new(way.append);
    while let Some((row, text)) = lines.next()? {
        let line: Line = reader.read(row, &text).map_err(|_fault| changed())?;
        sheaf.add(line).await?;
    }
    Ok(sheaf.finish().await?)
}

/// Shows every line until `visit` says that it is enough.
fn walk(from: From<'_>, mut visit: impl FnMut(u64, &[u8]) -> bool) -> Result<(), ReadingsFault> {
    let mut lines = Lines::open(from)?;
    while let Some((row, text)) = lines.next()? {
        if !visit(row, &text) {
            break;
        }
    }
    Ok(())
}

/// The lines of a file, each cut at the limit (a cut line is no JSON any more, and says so).
struct Lines<'a> {
    path: PathBuf,
    file: Box<dyn BufRead + Send + 'a>,
    row: u64,
}

impl<'a> Lines<'a> {
    fn open(from: From<'a>) -> Result<Self, ReadingsFault> {
        let file: Box<dyn BufRead + Send + 'a> = match from {
            From::Bytes(_, bytes) => Box::new(bytes),
            From::File(path) => {
                let file = File::open(path).map_err(|source| unreadable(path, source))?;
                Box::new(BufReader::new(file))
            }
        };
        Ok(Self {
            path: from.name(),
            file,
            row: 0,
        })
    }

    /// The next line that is not empty, and its number.
    fn next(&mut self) -> Result<Option<(u64, Vec<u8>)>, ReadingsFault> {
        loop {
            let mut text = Vec::new();
            let mut bounded = (&mut self.file).take(LINE_BYTES_MAX + 1);
            let read = bounded.read_until(b'\n', &mut text);
            let read = read.map_err(|source| unreadable(&self.path, source))?;
            if read == 0 {
                return Ok(None);
            }
            self.row += 1;
            if !text.ends_with(b"\n") {
                self.file
                    .skip_until(b'\n')
                    .map_err(|source| unreadable(&self.path, source))?;
            }
            if !text.trim_ascii().is_empty() {
                return Ok(Some((self.row, text)));
            }
        }
    }
}

fn unreadable(path: &Path, source: std::io::Error) -> ReadingsFault {
    ReadingsFault::Unreadable {
        file: path.to_owned(),
        source,
    }
}

/// A fault of one line.
fn of_line(row: u64, column: &str, what: Said) -> Fault {
    Fault::of_row(Some(row), column, what, belongs(Kind::Readings, column))
}
