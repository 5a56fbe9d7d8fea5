//! The query of a plain list.

use serde::Deserialize;

/// `limit` and `cursor`, and nothing else.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    pub(super) limit: Option<usize>,
    pub(super) cursor: Option<String>,
}
