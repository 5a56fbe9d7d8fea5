//! What a total is the sum of, enterprise by enterprise, and the ids of the figures behind it: so that
//! whoever asks where the number comes from can add it up again (screens.md 5).

use std::collections::BTreeMap;

use crate::access::{Detail, Principal, detail};
use crate::ledger::figure::{AccountPeriod, FigureId};
use crate::ledger::holder::CITY;
use crate::park::EnterpriseCode;
use crate::units::Exact;

use super::{Figures, Shown};

/// Before the name of a layer: the total of its map.
const TOTAL: &str = "total_";
/// Decimal places of the parts of a total.
const PLACES: usize = 4;

/// What one enterprise adds to a total.
#[derive(Clone, Debug)]
pub(in crate::http) struct Added {
    /// Who.
    pub(in crate::http) enterprise: EnterpriseCode,
    /// To what is divided, as shown.
    pub(in crate::http) amount: String,
    /// To what it is divided by, as shown.
    pub(in crate::http) below: String,
    /// The figure of its account, if it has one.
    pub(in crate::http) figure: Option<String>,
}

impl Figures {
    /// The id of the total, if it is of a period that is over or runs.
    pub(in crate::http) fn total_id(&self) -> Option<FigureId> {
        let (Shown::Period(period), Some(_), None) = (self.shown, self.total, self.against) else {
            return None;
        };
        let key = match self.ground.parks.as_slice() {
            [only] => only.id.to_string(),
            _ => CITY.to_owned(),
        };
        Some(FigureId {
            kind: format!("{TOTAL}{}", self.layer.as_str()),
            key,
            period,
            revision: self.revision.unwrap_or_default(),
        })
    }

    /// The layer of which `kind` is the total.
    pub(in crate::http) fn layer_of_total(kind: &str) -> Option<&str> {
        kind.strip_prefix(TOTAL)
    }

    /// What each enterprise adds to the total, of those of whom `who` sees the value, by code; and
    /// how many there are besides.
    pub(in crate::http) fn added(&self, who: &Principal) -> (Vec<Added>, usize) {
        let over_land = self
            .layer
            .recipe()
            .is_none_or(|one| one.denominator.is_none());
        let mut sums: BTreeMap<&EnterpriseCode, (Exact, Exact, bool)> = BTreeMap::new();
        for part in &self.parts {
            let seen = detail(who, self.layer.touched(), &part.enterprise, &part.park);
            let sum = sums.entry(&part.enterprise);
            let sum = sum.or_insert_with(|| (Exact::zero(), Exact::zero(), true));
            sum.0 += &part.amount;
            sum.1 += &part.below;
            sum.2 &= seen == Detail::Value;
        }
        let hidden = sums.values().filter(|(.., seen)| !seen).count();
        let seen = sums.into_iter().filter(|(_, (.., seen))| *seen);
        let added = seen.map(|(code, (amount, below, _))| {
            let mu = (&below * &Exact::whole(15)).share(1, 10_000);
            let below = if over_land { mu } else { below };
            Added {
                enterprise: code.clone(),
                amount: amount.rounded(PLACES),
                below: below.rounded(PLACES),
                figure: self.account_figure(code),
            }
        });
        (added.collect(), hidden)
    }

    /// The id of the figure of `enterprise`'s account that the layer shows its land by; `None` if
    /// it has none, and of what is not made of closed accounts.
    pub(in crate::http) fn account_figure(&self, enterprise: &EnterpriseCode) -> Option<String> {
        let mut counted = self.parts.iter();
        let is_counted = counted.any(|part| part.enterprise == *enterprise);
        let (layer, shown) = (self.layer.as_str(), self.shown);
        let revision = self.accounts?;
        is_counted.then(|| format!("{layer}:{enterprise}:{shown}:{revision}"))
    }

    /// The id of the published grade of `enterprise`.
    pub(in crate::http) fn grade_figure(&self, enterprise: &EnterpriseCode) -> Option<String> {
        let (year, revision) = (self.rated?, self.rating?);
        let id = FigureId {
            kind: "grade".to_owned(),
            key: enterprise.to_string(),
            period: AccountPeriod::Year(year),
            revision,
        };
        self.grades.contains_key(enterprise).then(|| id.to_string())
    }
}
