//! A piece of a fold or of a compaction: what one transaction writes of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::calendar::Day;
use crate::park::{GatewayNo, MeterNo};

use crate::store::{Counts, Row};

use super::head::Head;
use super::merge::Beside;

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Damage {
    /// Its table.
    pub(super) kind: &'static str,
    /// Its key.
    pub(super) key: i64,
    /// What was wrong.
    pub(super) why: &'static str,
}

/// The piece.
#[derive(Debug, Default)]
pub(super) struct Slice {
    /// Day rows to write.
    pub(super) days: Vec<(i64, Vec<u8>)>,
    /// Day rows that a month block has taken over.
    pub(super) days_gone: Vec<i64>,
    /// Month rows to write.
    pub(super) months: Vec<(i64, Vec<u8>)>,
    /// Values beside the chunks.
    pub(super) beside: Vec<(MeterNo, Beside)>,
    /// What became of values.
    pub(super) counts: BTreeMap<(Day, GatewayNo), Counts>,
    /// Rows to put aside, before the others are written.
    pub(super) damages: Vec<Damage>,
    /// The day of a finished compaction.
    pub(super) compacted_on: Option<Day>,
    /// The end of a fold.
    pub(super) end: Option<FoldEnd>,
    /// How many bytes it writes, about.
    pub(super) bytes: usize,
}

/// What the last slice of a fold does besides.
#[derive(Debug)]
pub(super) struct FoldEnd {
    /// The head that was folded.
    pub(super) head: Arc<Head>,
    /// Its newest values that are newer than those known.
    pub(super) latest: Vec<Row>,
    /// Rows of table `latest` to write.
    pub(super) latest_rows: Vec<(i64, Vec<u8>)>,
}
