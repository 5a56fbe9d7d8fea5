//! The table of rights, as JSON.

use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{RIGHTS_COLUMNS, rights_table};

/// `GET /api/v1/rights`.
#[derive(Serialize, ToSchema)]
#[schema(as = RightsTable)]
pub(in crate::http) struct Table {
    /// Who each cell of a row is of: `own_enterprise`, `stranger` (other enterprises and the public),
    /// `operator_here`, `operator_elsewhere`, `bureau`, `sys`, `sec`, `aud`.
    columns: Vec<&'static str>,
    rows: Vec<Line>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RightsRow)]
struct Line {
    matter: &'static str,
    /// `none`, `read`, `logged` (read, which is written to the log with its purpose), `write`.
    cells: Vec<&'static str>,
}

impl Table {
    /// As it holds in this process.
    pub(super) fn now() -> Self {
        let line = |(matter, cells): (crate::access::Matter, [&'static str; 8])| Line {
            matter: matter.as_str(),
            cells: cells.to_vec(),
        };
        Self {
            columns: RIGHTS_COLUMNS.to_vec(),
            rows: rights_table().map(line).collect(),
        }
    }
}
