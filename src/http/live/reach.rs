//! How far the data of each enterprise reach, so that whoever watches hears of what they may see
//! alone. Knows no rights: who asks says what may be seen.

use std::collections::BTreeMap;

use crate::calendar::Moment;
use crate::park::{EnterpriseCode, ParkId};

use super::ring::News;

/// The newest instant of each enterprise, with the park of its registration. It holds as many as are
/// registered.
#[derive(Debug, Default)]
pub(super) struct Reach {
    of: BTreeMap<EnterpriseCode, (Option<ParkId>, Moment)>,
}

impl Reach {
    /// A value came.
    pub(super) fn hear(&mut self, news: &News) {
        let new = || (news.park.clone(), news.at);
        let known = self.of.entry(news.enterprise.clone()).or_insert_with(new);
        known.0.clone_from(&news.park);
        known.1 = known.1.max(news.at);
    }

    /// The newest of those that `sees` lets through.
    pub(super) fn newest(
        &self,
        sees: impl Fn(&EnterpriseCode, Option<&ParkId>) -> bool,
    ) -> Option<Moment> {
        let those = self
            .of
            .iter()
            .filter(|(enterprise, (park, _))| sees(enterprise, park.as_ref()));
        those.map(|(_, (_, at))| *at).max()
    }
}
