//! Figures of this moment: of no closing, of no other period, and unless somebody adds them, of no total.

use std::collections::BTreeMap;

use crate::calendar::{Moment, Period};

use super::{Arrivals, Figure, Figures, Ground, Layer, Problem, Shown};

impl Figures {
    /// The figures of `layer` as of `now`, without a total: what is no amount is added up to nothing that
    /// could tell of somebody.
    ///
    /// # Errors
    /// 404 at the end of time.
    pub(super) fn of_now(
        layer: Layer,
        ground: Ground,
        cells: Vec<Figure>,
        arrivals: Arrivals,
        now: Moment,
    ) -> Result<Self, Problem> {
        let moment = Period::new(now, now.plus_ms(1));
        Ok(Self {
            layer,
            shown: Shown::Now,
            period: moment.ok_or_else(Problem::not_found)?,
            against: None,
            compared: None,
            as_of: now,
            read_at: now,
            close: None,
            revision: None,
            newest: None,
            grades: BTreeMap::new(),
            rated: None,
            rating: None,
            accounts: None,
            total: None,
            completeness: None,
            missing_hours: None,
            counted: 0,
            parts: Vec::new(),
            cells,
            ground,
            arrivals,
        })
    }
}
