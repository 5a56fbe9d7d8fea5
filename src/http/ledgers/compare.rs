//! What a figure of the ledger may be compared with: a whole month with a whole month. A month of
//! which a meter counts only since some day, or one that still runs, is told and compared with
//! nothing. Knows no rights: what comes here is cut already.

use std::collections::BTreeMap;

use crate::calendar::Month;
use crate::ledger::figure::Figure;
use crate::store::registry::KeptAccount;
use crate::units::Exact;

use super::Ledger;

/// Meter by meter since which day it counts, where that is not the month's first.
pub(super) type Begun = BTreeMap<String, String>;

/// Why two months are not held against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unlike {
    /// The shown month still runs.
    Runs,
    /// A meter counts only since a day inside the shown month.
    PartialNow,
    /// A meter counts only since a day inside the other month.
    PartialThen,
}

impl Unlike {
    /// As a code.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::PartialNow => "partial_now",
            Self::PartialThen => "partial_then",
        }
    }
}

/// The meters behind the figure `kind` of an account that began inside its month.
pub(super) fn begun(kept: &KeptAccount, kind: &str) -> Begun {
    let gaps = kept.account.begun(kind).into_iter();
    gaps.map(|gap| (gap.what.clone(), gap.detail.clone()))
        .collect()
}

/// A figure of the shown month beside the same one of another.
pub(super) struct Comparison<'a> {
    pub(super) month: Month,
    pub(super) kept: &'a KeptAccount,
    pub(super) then: &'a Figure,
    pub(super) begun: Begun,
    pub(super) unlike: Option<Unlike>,
    /// By how much of a hundred it rose, one place; none against nothing, and none of the unlike.
    pub(super) change: Option<String>,
}

impl<'a> Comparison<'a> {
    /// Of `now` with `month`, if that has the figure.
    pub(super) fn of(ledger: &'a Ledger, now: &Figure, month: Month) -> Option<Self> {
        let (kept, then) = ledger.in_month(month, &now.kind)?;
        let begun_then = begun(kept, &now.kind);
        let own = ledger.kept.as_ref();
        let is_partial = own.is_some_and(|own| !begun(own, &now.kind).is_empty());
        let unlike = if ledger.runs() {
            Some(Unlike::Runs)
        } else if is_partial {
            Some(Unlike::PartialNow)
        } else {
            (!begun_then.is_empty()).then_some(Unlike::PartialThen)
        };
        Some(Self {
            month,
            kept,
            then,
            begun: begun_then,
            unlike,
            change: change(now, then).filter(|_| unlike.is_none()),
        })
    }
}

fn change(now: &Figure, then: &Figure) -> Option<String> {
    let base = then.exact().filter(Exact::is_positive)?;
    let rise = &now.exact()? - &base;
    let percent = &rise.over(&base)? * &Exact::whole(100);
    Some(percent.rounded(1))
}
