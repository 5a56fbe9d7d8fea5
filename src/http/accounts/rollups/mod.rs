//! `GET /api/v1/rollups`: what the accounts of a period come to by park, area, district, zone,
//! industry, related enterprises or for the city: sums and ratios of sums, beside the same period of
//! the year before, and which industry leads (domain.md 1.4 X14, X18, X19; 1.2 L8).
//!
//! For whoever sees the output of all. An enterprise counts where it was at the end of the period that
//! is looked at: who moved since is counted there then, and here now.

mod ground;
mod wire;

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

use crate::access::{Action, Matter, Principal, Scope, scope};
use crate::ledger::figure::{AccountPeriod, Figure};
use crate::ledger::holder::{self, HolderAccount, leading};
use crate::store::registry::{Holder, KeptAccount, PAGE_LIMIT};
use crate::units::Exact;

use super::{Purpose, Right, Routes, ShownClose, Sight, note};
use crate::http::spreadsheet;
use crate::http::words::language_asked_for;
use crate::http::{Asked, Asker, Desk, Problem};

use ground::Ground;
use wire::{By, Form};

/// By what the leading industry leads.
const LEADS: &str = "output_value";

pub(in crate::http) fn routes() -> Routes {
    let right = Right::Row(Matter::Output, Action::Read);
    Routes::default().big("/api/v1/rollups", right, rollups)
}

/// What the accounts of a period come to, by where or what enterprises are.
#[utoipa::path(
    get,
    path = "/api/v1/rollups",
    operation_id = "rollups",
    params(wire::Query),
    responses((status = 200, body = wire::Page, description = "sums and ratios of sums beside the year before; as CSV or workbook with form"))
)]
pub(in crate::http) async fn rollups(
    Asker(who): Asker,
    State(desk): State<Desk>,
    purpose: Purpose,
    headers: HeaderMap,
    Asked(query): Asked<wire::Query>,
) -> Result<Response, Problem> {
    if scope(&who, Action::Read, Matter::Output) != Scope::Everything {
        return Err(Problem::not_found());
    }
    let (by, form) = (query.by()?, query.form()?);
    let shown = ShownClose::find(&desk, super::period(query.period.as_deref())?, None).await?;
    let now = Side::load(&desk, &who, by, shown).await?;
    let before = match now.shown.period.year_before() {
        Some(period) => Some(Side::of(&desk, &who, by, period).await?),
        None => None,
    };
    let mut sight = Sight::of(&who, query.kinds());
    let mut page = wire::Page::of(by, &now.shown, before.as_ref().map(|side| &side.shown));
    for (key, roll) in &now.rolls {
        let then = before.as_ref().and_then(|side| side.rolls.get(key));
        page.add(key, roll, then, |figure| sight.sees(figure));
    }
    let object = format!("rollups by {} {}", by.as_str(), now.shown.period);
    note(&desk, (&who, &purpose), &sight, &object).await?;
    let language = language_asked_for(&headers);
    match form {
        Form::Json => Ok(Json(page).into_response()),
        Form::Csv => spreadsheet::answer(wire::HEAD, page.lines(language)),
        Form::Workbook => spreadsheet::workbook_answer(&[page.sheet(language)]),
    }
}

/// What enterprises of one place or kind come to together.
struct Roll {
    name: Option<String>,
    park: Option<String>,
    /// How many enterprises.
    members: usize,
    account: HolderAccount,
    /// The industry that leads, with its share in percent.
    leading: Option<(String, String)>,
}

/// A period, rolled up.
struct Side {
    shown: ShownClose,
    rolls: BTreeMap<String, Roll>,
}

impl Side {
    async fn of(
        desk: &Desk,
        who: &Principal,
        by: By,
        period: AccountPeriod,
    ) -> Result<Self, Problem> {
        let shown = ShownClose::find(desk, Some(period), None).await?;
        Self::load(desk, who, by, shown).await
    }

    async fn load(
        desk: &Desk,
        who: &Principal,
        by: By,
        shown: ShownClose,
    ) -> Result<Self, Problem> {
        let mut kept = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = (after.as_deref(), PAGE_LIMIT);
            let page = shown.accounts(desk, who, None, page).await?;
            kept.extend(page.entries);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let ground = Ground::load(desk, who, shown.period).await?;
        let revision = kept.first().map_or(0, |one| one.account.revision);
        // Summing thousands of accounts takes a while: on a thread that may block.
        let work = move || {
            let rolls = rolled(&kept, by, &ground, (shown.period, revision));
            Self { shown, rolls }
        };
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(Problem::internal)
    }
}

/// The enterprises' accounts summed by their keys.
fn rolled(
    kept: &[KeptAccount],
    by: By,
    ground: &Ground,
    (period, revision): (AccountPeriod, u32),
) -> BTreeMap<String, Roll> {
    let mut members: BTreeMap<String, Vec<&KeptAccount>> = BTreeMap::new();
    for one in kept {
        let Holder::Enterprise(code, park) = &one.holder else {
            continue;
        };
        for key in ground.keys(by, code, park) {
            members.entry(key).or_default().push(one);
        }
    }
    let roll = |(key, own): (String, Vec<&KeptAccount>)| {
        let accounts: Vec<&HolderAccount> = own.iter().map(|one| &one.account).collect();
        let parks: BTreeSet<&str> = own
            .iter()
            .filter_map(|one| Some(one.holder.park()?.as_str()))
            .collect();
        let only = parks.first().filter(|_| parks.len() == 1);
        let roll = Roll {
            name: ground.name(by, &key),
            park: only.map(|park| (*park).to_owned()),
            members: own.len(),
            account: holder::total(&key, period, revision, &accounts),
            leading: led(&own, ground),
        };
        (key, roll)
    };
    members.into_iter().map(roll).collect()
}

/// The industry with most of the output.
fn led(members: &[&KeptAccount], ground: &Ground) -> Option<(String, String)> {
    let mut parts: BTreeMap<String, Exact> = BTreeMap::new();
    for one in members {
        let Holder::Enterprise(code, _) = &one.holder else {
            continue;
        };
        let output = one.account.find(LEADS).and_then(Figure::exact);
        if let (Some(output), Some(industry)) = (output, ground.industry(code)) {
            let part = parts.entry(industry).or_insert_with(Exact::zero);
            *part += &output;
        }
    }
    leading(&parts).map(|(name, share)| (name.to_owned(), share))
}
