//! An account on disk: one JSON text a holder, period and revision.

use serde::{Deserialize, Serialize};

use crate::ledger::figure::{AccountPeriod, FigureRecord};

use super::{Gap, GapCode, HolderAccount};

/// An account as it is kept; key, period and revision stand beside it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountRecord {
    figures: Vec<FigureRecord>,
    gaps: Vec<GapRecord>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct GapRecord {
    code: String,
    what: String,
    detail: String,
}

impl AccountRecord {
    /// The text that is kept of `account`.
    #[must_use]
    pub fn write(account: &HolderAccount) -> String {
        let gaps = account.gaps.iter().map(|gap| GapRecord {
            code: gap.code.as_str().to_owned(),
            what: gap.what.clone(),
            detail: gap.detail.clone(),
        });
        let record = Self {
            figures: account.figures.iter().map(FigureRecord::of).collect(),
            gaps: gaps.collect(),
        };
        // Texts and numbers always write themselves.
        serde_json::to_string(&record).unwrap_or_default()
    }

    /// The account that `text` keeps; `None` if it is damaged.
    #[must_use]
    pub fn read(
        text: &str,
        key: &str,
        period: AccountPeriod,
        revision: u32,
    ) -> Option<HolderAccount> {
        let record: Self = serde_json::from_str(text).ok()?;
        let figures = record.figures.into_iter().map(FigureRecord::figure);
        let gap = |gap: GapRecord| {
            let mut codes = GapCode::ALL.into_iter();
            Some(Gap {
                code: codes.find(|code| code.as_str() == gap.code)?,
                what: gap.what,
                detail: gap.detail,
            })
        };
        Some(HolderAccount {
            key: key.to_owned(),
            period,
            revision,
            figures: figures.collect::<Option<_>>()?,
            gaps: record.gaps.into_iter().map(gap).collect::<Option<_>>()?,
        })
    }
}
