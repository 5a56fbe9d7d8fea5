//! Pages of lists: `limit` and `cursor` (contract.md 3).

mod wire;

use super::{Problem, Trouble};

pub use wire::Paging;

/// Entries of a page if none are asked for.
const DEFAULT: usize = 100;
/// The most entries of a page.
const MAX: usize = 1_000;

/// The number of entries asked for.
///
/// # Errors
/// 400 outside 1 to 1000.
pub(super) fn page_limit(asked: Option<usize>) -> Result<usize, Problem> {
    let limit = asked.unwrap_or(DEFAULT);
    if (1..=MAX).contains(&limit) {
        return Ok(limit);
    }
    let words = format!("limit must be from 1 to {MAX}");
    Err(Problem::new(Trouble::BadRequest, words))
}

impl Paging {
    /// The number of entries asked for.
    ///
    /// # Errors
    /// 400 outside 1 to 1000.
    pub fn limit(&self) -> Result<usize, Problem> {
        page_limit(self.limit)
    }

    /// After what the page begins.
    pub(super) fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// Whether an entry whose place in the list is `key` comes after the cursor.
    #[must_use]
    pub fn is_after_cursor(&self, key: &str) -> bool {
        self.cursor.as_deref().is_none_or(|cursor| cursor < key)
    }
}
