//! Accounts as JSON.

use std::borrow::Borrow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::jobs::PROVISIONAL;
use crate::ledger::figure::{Figure, Formula};
use crate::ledger::holder::{Gap, HolderAccount};
use crate::park::Enterprise;
use crate::store::registry::{AccountClose, Holder, KeptAccount};

use super::ShownClose;

/// Period, revision, kinds of figures (comma between), and page.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Query {
    /// A month or year, `2026-10`, `2025`; the newest if not given.
    pub(super) period: Option<String>,
    /// A revision; the newest if not given.
    pub(super) v: Option<u32>,
    /// Kinds of figures, commas between; all if not given.
    k: Option<String>,
    /// 1 to 1000, 100 if not given.
    pub(super) limit: Option<usize>,
    /// `next` of the page before.
    pub(super) cursor: Option<String>,
}

/// A year and a revision.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct YearQuery {
    /// The year, `2025`.
    pub(super) year: String,
    /// A revision; the newest if not given.
    pub(super) v: Option<u32>,
}

impl Query {
    pub(super) fn kinds(&self) -> BTreeSet<String> {
        let kinds = self.k.as_deref().unwrap_or_default().split(',');
        let kinds = kinds.filter(|kind| !kind.is_empty());
        kinds.map(str::to_owned).collect()
    }
}

/// `GET /api/v1/accounts`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountPage)]
pub(in crate::http) struct List {
    #[serde(flatten)]
    head: Head,
    items: Vec<Account>,
    totals: Vec<Account>,
    pub(super) next: Option<String>,
}

/// `GET /api/v1/accounts/{enterprise}`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EnterpriseAccount)]
pub(in crate::http) struct One {
    #[serde(flatten)]
    head: Head,
    revisions: Vec<Edition>,
    account: Option<Account>,
    enterprise: String,
    name: String,
    park: String,
    industry: String,
    scale: &'static str,
}

/// What is said of a period.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountHead)]
struct Head {
    period: String,
    from: String,
    to: String,
    closed: bool,
    /// Whether the figures are those of a period that is not closed: they may still change.
    provisional: bool,
    closes_at: String,
    /// 0 while it is provisional.
    revision: Option<u32>,
    as_of: Option<String>,
    source: &'static str,
    newest: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountRevision)]
struct Edition {
    revision: u32,
    closed_at: String,
    holders: u32,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Account)]
struct Account {
    kind: &'static str,
    key: String,
    name: Option<String>,
    park: Option<String>,
    industry: Option<String>,
    scale: Option<&'static str>,
    period: String,
    revision: u32,
    provisional: bool,
    as_of: Option<String>,
    source: &'static str,
    figures: Vec<FigureShown>,
    missing: Vec<Missing>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountFigure)]
struct FigureShown {
    id: String,
    kind: String,
    value: Option<String>,
    unit: String,
    known_share: Option<String>,
    formula: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountMissing)]
struct Missing {
    code: &'static str,
    what: String,
    detail: String,
}

impl Head {
    fn of(shown: &ShownClose) -> Self {
        let period = shown.period.period();
        let close = shown.close.as_ref();
        Self {
            period: shown.period.to_string(),
            from: period.from().to_string(),
            to: period.to().to_string(),
            closed: close.is_some(),
            provisional: shown.provisional.is_some(),
            closes_at: shown.closes_at.to_string(),
            revision: match close {
                Some(close) => Some(close.revision),
                None => shown.provisional.as_ref().map(|_| PROVISIONAL),
            },
            as_of: shown.as_of().map(|at| at.to_string()),
            source: shown.source(),
            newest: shown.newest.map(|period| period.to_string()),
        }
    }
}

impl List {
    pub(super) fn of(shown: &ShownClose) -> Self {
        Self {
            head: Head::of(shown),
            items: Vec::new(),
            totals: Vec::new(),
            next: None,
        }
    }

    pub(super) fn add(
        &mut self,
        shown: &ShownClose,
        kept: &KeptAccount,
        figures: &[&Figure],
        known: Option<&Enterprise>,
    ) {
        self.items.push(Account::of(shown, kept, figures, known));
    }

    pub(super) fn add_total(
        &mut self,
        shown: &ShownClose,
        kept: &KeptAccount,
        figures: &[&Figure],
    ) {
        let account = Account::of(shown, kept, figures, None);
        self.totals.push(account);
    }
}

impl One {
    pub(super) fn of(
        shown: &ShownClose,
        kept: Option<&KeptAccount>,
        figures: &[&Figure],
        known: &Enterprise,
    ) -> Self {
        let account = kept.map(|kept| Account::of(shown, kept, figures, Some(known)));
        Self {
            head: Head::of(shown),
            revisions: shown.all.iter().map(Edition::of).collect(),
            account,
            enterprise: known.code.to_string(),
            name: known.name.to_string(),
            park: known.park.to_string(),
            industry: known.industry.to_string(),
            scale: known.scale.as_str(),
        }
    }
}

impl Edition {
    fn of(close: &AccountClose) -> Self {
        Self {
            revision: close.revision,
            closed_at: close.closed_at.to_string(),
            holders: close.holders,
        }
    }
}

impl Account {
    fn of(
        shown: &ShownClose,
        kept: &KeptAccount,
        figures: &[&Figure],
        known: Option<&Enterprise>,
    ) -> Self {
        let account = &kept.account;
        let mut closes = shown.all.iter();
        let own = closes.find(|close| close.revision == account.revision);
        Self {
            kind: match kept.holder {
                Holder::Enterprise(..) => "enterprise",
                Holder::Park(_) => "park",
                Holder::City => "city",
            },
            key: account.key.clone(),
            name: known.map(|known| known.name.to_string()),
            park: kept.holder.park().map(ToString::to_string),
            industry: known.map(|known| known.industry.to_string()),
            scale: known.map(|known| known.scale.as_str()),
            period: account.period.to_string(),
            revision: account.revision,
            provisional: shown.provisional.is_some(),
            as_of: match own {
                Some(close) => Some(close.closed_at.to_string()),
                None => shown
                    .provisional
                    .as_ref()
                    .map(|open| open.as_of.to_string()),
            },
            source: shown.source(),
            figures: figures
                .iter()
                .map(|figure| FigureShown::of(account, figure))
                .collect(),
            missing: missing(account, figures),
        }
    }
}

impl FigureShown {
    fn of(account: &HolderAccount, figure: &Figure) -> Self {
        Self {
            id: account.id(&figure.kind).to_string(),
            kind: figure.kind.clone(),
            value: figure.value.clone(),
            unit: figure.unit.clone(),
            known_share: figure.known_share.clone(),
            formula: match figure.formula {
                Formula::Sum => "sum",
                Formula::Ratio(_) => "ratio",
            },
        }
    }
}

/// The gaps of an account, without those that speak of a figure which is not shown.
pub(super) fn shown_gaps<'a>(
    account: &'a HolderAccount,
    figures: &[impl Borrow<Figure>],
) -> Vec<&'a Gap> {
    let is_shown = |what: &str| figures.iter().any(|figure| figure.borrow().kind == what);
    let gaps = account.gaps.iter();
    gaps.filter(|gap| account.find(&gap.what).is_none() || is_shown(&gap.what))
        .collect()
}

fn missing(account: &HolderAccount, figures: &[&Figure]) -> Vec<Missing> {
    let gaps = shown_gaps(account, figures).into_iter();
    gaps.map(|gap| Missing {
        code: gap.code.as_str(),
        what: gap.what.clone(),
        detail: gap.detail.clone(),
    })
    .collect()
}
