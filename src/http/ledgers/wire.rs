//! The ledger of a month as JSON, and how it is asked for.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::calendar::Month;
use crate::http::{Problem, Trouble};
use crate::jobs::PROVISIONAL;
use crate::ledger::figure::{Figure, Input, Operation, TakenFrom};
use crate::ledger::holder::{Gap, GapCode};
use crate::park::Name;
use crate::store::registry::{KeptAccount, LedgerCheck, Verdict};

use super::check::is_to_check;
use super::compare::{Begun, Comparison, Unlike, begun};
use super::{LAND, Ledger, MONTHS, is_row, year_before};

/// Where the figures come from, as a code.
const CLOSED: &str = "closed_ledger";
const OPEN: &str = "open_ledger";
/// Decimal places of tonnes of coal.
const TCE_PLACES: usize = 4;
/// Gaps that say something of consumption or land.
const TOLD: [GapCode; 5] = [
    GapCode::MeterGap,
    GapCode::MeterBegins,
    GapCode::NoMeter,
    GapCode::FactorMissing,
    GapCode::NoLand,
];

/// Month and revision.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Query {
    /// A month, `2026-10`; the newest closed one if not given.
    month: Option<String>,
    /// A revision; the newest if not given.
    pub(super) v: Option<u32>,
}

/// Rows that the enterprise confirms or questions.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewLedgerCheck)]
pub(in crate::http) struct NewCheck {
    /// A closed month, `2026-10`.
    month: String,
    /// The revision that was looked at.
    revision: u32,
    /// `newest` of the checks that were shown.
    seen: u32,
    /// Which rows, by kind; all that are to be checked if not given.
    kinds: Option<BTreeSet<String>>,
    /// `confirmed`, or `questioned` with a note.
    verdict: String,
    note: Option<String>,
}

/// A check that can be kept.
pub(super) struct ReadCheck {
    pub(super) month: Month,
    pub(super) revision: u32,
    pub(super) seen: u32,
    pub(super) kinds: Option<BTreeSet<String>>,
    pub(super) verdict: Verdict,
    pub(super) note: String,
}

impl NewCheck {
    pub(super) fn read(self) -> Result<ReadCheck, Problem> {
        let refused = |words: &str| Problem::new(Trouble::BadRequest, words);
        let month = self.month.parse();
        let month = month.map_err(|_cause| refused("write a month, 2026-10"))?;
        let verdict = Verdict::named(&self.verdict)
            .ok_or_else(|| refused("verdict is confirmed or questioned"))?;
        let note: Option<Name> = match self.note.as_deref().map(str::parse) {
            None => None,
            Some(note) => Some(note.map_err(|_cause| {
                refused("a note has 1 to 200 characters and no control characters")
            })?),
        };
        if verdict == Verdict::Questioned && note.is_none() {
            return Err(refused("say in a note what is questioned"));
        }
        Ok(ReadCheck {
            month,
            revision: self.revision,
            seen: self.seen,
            kinds: self.kinds,
            verdict,
            note: note.map_or_else(String::new, |note| note.to_string()),
        })
    }
}

impl Query {
    /// The newest revision of `month`.
    pub(super) fn of(month: Month) -> Self {
        Self {
            month: Some(month.to_string()),
            v: None,
        }
    }

    pub(super) fn month(&self) -> Result<Option<Month>, Problem> {
        let month = self.month.as_deref().map(str::parse).transpose();
        month.map_err(|cause: crate::calendar::PeriodUnreadable| {
            Problem::new(Trouble::BadRequest, cause.to_string())
        })
    }
}

/// `GET /api/v1/ledgers/{enterprise}`. Decimals are strings, times RFC 3339.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ledger)]
pub(in crate::http) struct Answer {
    pub(super) enterprise: String,
    name: String,
    park: String,
    industry: String,
    scale: &'static str,
    pub(super) period: String,
    from: String,
    to: String,
    closed: bool,
    /// Whether the figures are those of a month that is not closed: they may still change.
    provisional: bool,
    closes_at: String,
    /// 0 while it is provisional.
    revision: Option<u32>,
    pub(super) as_of: Option<String>,
    source: &'static str,
    /// The newest closed month.
    newest: Option<String>,
    revisions: Vec<Revision>,
    land: Option<Land>,
    pub(super) rows: Vec<Row>,
    missing: Vec<Missing>,
    /// What the enterprise said of its rows; null while the month is not closed.
    checks: Option<ShownChecks>,
    /// What the bars of the months show.
    months_kind: &'static str,
    months: Vec<Bar>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerRevision)]
struct Revision {
    revision: u32,
    closed_at: String,
}

/// The land of the month, and the parcels it lies on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerLand)]
struct Land {
    id: String,
    value: Option<String>,
    unit: String,
    parcels: Vec<String>,
}

/// One carrier, or coal or carbon.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerRow)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) value: Option<String>,
    pub(super) unit: String,
    /// The share of the month whose amounts are known, 4 places.
    pub(super) known_share: Option<String>,
    /// Its meters that count only since a day inside the month, with that day: the month is not
    /// whole, and `known_share` is one of the time since.
    pub(super) begun: Begun,
    /// What a unit is in standard coal (等价值), where it counts.
    pub(super) factor: Option<Factor>,
    /// What it adds to the standard coal, t.
    pub(super) tce: Option<String>,
    /// Flags of its meters with how often.
    pub(super) flags: BTreeMap<String, u64>,
    pub(super) month_before: Option<Compared>,
    pub(super) year_before: Option<Compared>,
    /// Whether the enterprise is asked to check it.
    to_check: bool,
    /// What it said of it.
    check: Option<ShownCheck>,
}

/// How far the check of a month is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerChecks)]
struct ShownChecks {
    /// Until when it is asked for.
    due_at: String,
    /// Rows of which something was said that still holds, of how many.
    done: usize,
    of: usize,
    /// To be sent back with what is said next: what was said since then is not overwritten.
    newest: u32,
    /// Whether the asker may say something.
    may: bool,
}

/// What the enterprise said of a row.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerCheck)]
struct ShownCheck {
    /// `confirmed` or `questioned`.
    verdict: &'static str,
    note: String,
    at: String,
    /// The revision that was looked at.
    revision: u32,
    /// Whether the value is still the one that was looked at.
    holds: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerFactor)]
pub(super) struct Factor {
    pub(super) by: String,
    pub(super) unit: String,
    pub(super) source: String,
}

/// The same figure of another month.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerCompared)]
pub(super) struct Compared {
    pub(super) period: String,
    pub(super) id: String,
    pub(super) value: Option<String>,
    /// The share of that month whose amounts are known, 4 places.
    known_share: Option<String>,
    /// Its meters that count only since a day inside that month.
    begun: Begun,
    /// Why the two months are not held against each other: `runs`, `partial_now`, `partial_then`.
    unlike: Option<&'static str>,
    /// Percent, one place; null where there is nothing above zero to compare with, or `unlike`.
    pub(super) change: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerMissing)]
struct Missing {
    code: &'static str,
    what: String,
    detail: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerMonth)]
struct Bar {
    month: String,
    id: String,
    /// 0 while it is provisional.
    revision: u32,
    value: Option<String>,
    unit: String,
    /// Whether meters of it count only since a day inside the month.
    partial: bool,
}

impl Answer {
    pub(super) fn of(ledger: &Ledger) -> Self {
        let (known, shown) = (&ledger.known, &ledger.shown);
        let (period, close) = (shown.period.period(), shown.close.as_ref());
        let account = ledger.kept.as_ref().map(|kept| &kept.account);
        let figures = account.into_iter().flat_map(|account| &account.figures);
        let gaps = account.into_iter().flat_map(|account| &account.gaps);
        Self {
            enterprise: known.code.to_string(),
            name: known.name.to_string(),
            park: known.park.to_string(),
            industry: known.industry.to_string(),
            scale: known.scale.as_str(),
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
            source: if close.is_some() { CLOSED } else { OPEN },
            newest: shown.newest.map(|newest| newest.to_string()),
            revisions: shown
                .all
                .iter()
                .map(|close| Revision {
                    revision: close.revision,
                    closed_at: close.closed_at.to_string(),
                })
                .collect(),
            land: ledger.kept.as_ref().and_then(Land::of),
            rows: figures
                .filter(|figure| is_row(figure))
                .filter_map(|figure| Row::of(ledger, figure))
                .collect(),
            missing: gaps
                .filter(|gap| TOLD.contains(&gap.code))
                .map(Missing::of)
                .collect(),
            checks: close.map(|_| ShownChecks::of(ledger)),
            months_kind: MONTHS,
            months: Bar::of_year(ledger),
        }
    }
}

impl Land {
    fn of(kept: &KeptAccount) -> Option<Self> {
        let figure = kept.account.find(LAND)?;
        let mut parcels: Vec<String> = figure.inputs.iter().map(|one| one.what.clone()).collect();
        parcels.sort();
        parcels.dedup();
        Some(Self {
            id: kept.account.id(LAND).to_string(),
            value: figure.value.clone(),
            unit: figure.unit.clone(),
            parcels,
        })
    }
}

impl Row {
    fn of(ledger: &Ledger, figure: &Figure) -> Option<Self> {
        let kept = ledger.kept.as_ref()?;
        let account = &kept.account;
        let coal = account.find(MONTHS).map(|coal| coal.inputs.iter());
        let coal = coal.and_then(|mut inputs| inputs.find(|one| one.what == figure.kind));
        let compared = |month| Comparison::of(ledger, figure, month).map(Compared::of);
        Some(Self {
            id: account.id(&figure.kind).to_string(),
            kind: figure.kind.clone(),
            value: figure.value.clone(),
            unit: figure.unit.clone(),
            known_share: figure.known_share.clone(),
            begun: begun(kept, &figure.kind),
            factor: coal.and_then(Factor::of),
            tce: coal
                .and_then(Input::amount)
                .map(|amount| amount.rounded(TCE_PLACES)),
            flags: flags(figure),
            month_before: compared(ledger.month.previous()),
            year_before: compared(year_before(ledger.month)),
            to_check: is_to_check(figure),
            check: ledger.checks.of(figure).map(ShownCheck::of),
        })
    }
}

impl ShownChecks {
    fn of(ledger: &Ledger) -> Self {
        let account = ledger.kept.as_ref().map(|kept| &kept.account);
        let figures = account.map_or(&[][..], |account| &account.figures);
        let (mut done, mut of) = (0, 0);
        for figure in figures.iter().filter(|figure| is_to_check(figure)) {
            let holds = ledger.checks.of(figure).is_some_and(|(_, holds)| holds);
            done += usize::from(holds);
            of += 1;
        }
        Self {
            due_at: ledger.checks.due_at.to_string(),
            done,
            of,
            newest: ledger.checks.newest(),
            may: ledger.checks.may,
        }
    }
}

impl ShownCheck {
    fn of((check, holds): (&LedgerCheck, bool)) -> Self {
        Self {
            verdict: check.verdict.as_str(),
            note: check.note.clone(),
            at: check.checked_at.to_string(),
            revision: check.revision,
            holds,
        }
    }
}

/// The flags of the meters behind a figure, each with its count: `glitch 1, reset 2` added up.
fn flags(figure: &Figure) -> BTreeMap<String, u64> {
    let mut flags = BTreeMap::new();
    for input in &figure.inputs {
        let Some(TakenFrom::Register { flags: text, .. }) = &input.taken_from else {
            continue;
        };
        for one in text.split(", ") {
            let Some((flag, count)) = one.split_once(' ') else {
                continue;
            };
            let count: u64 = count.parse().unwrap_or(1);
            *flags.entry(flag.to_owned()).or_default() += count;
        }
    }
    flags
}

impl Factor {
    fn of(input: &Input) -> Option<Self> {
        let mut steps = input.steps.iter();
        let times = steps.find(|step| step.operation == Operation::Times)?;
        Some(Self {
            by: times.by.clone(),
            unit: times.unit.clone(),
            source: times.source.clone(),
        })
    }
}

impl Compared {
    fn of(one: Comparison<'_>) -> Self {
        Self {
            period: one.month.to_string(),
            id: one.kept.account.id(&one.then.kind).to_string(),
            value: one.then.value.clone(),
            known_share: one.then.known_share.clone(),
            begun: one.begun,
            unlike: one.unlike.map(Unlike::as_str),
            change: one.change,
        }
    }
}

impl Missing {
    fn of(gap: &Gap) -> Self {
        Self {
            code: gap.code.as_str(),
            what: gap.what.clone(),
            detail: gap.detail.clone(),
        }
    }
}

impl Bar {
    /// The months of the shown year that have an account.
    fn of_year(ledger: &Ledger) -> Vec<Self> {
        let months = (1..=12).filter_map(|number| Month::new(ledger.month.year().number(), number));
        let closed = months.filter_map(|month| Some((month, ledger.in_month(month, MONTHS)?)));
        closed
            .map(|(month, (kept, figure))| Self {
                month: month.to_string(),
                id: kept.account.id(MONTHS).to_string(),
                revision: kept.account.revision,
                value: figure.value.clone(),
                unit: figure.unit.clone(),
                partial: !begun(kept, MONTHS).is_empty(),
            })
            .collect()
    }
}
