//! Rates a year: by which scheme, from which facts, honours and events.
//!
//! A rated year counts as published: a life with notice and objections between the two belongs to
//! who calls this, not here. A year is rated when its accounts are closed, a scheme is set for it and somebody stated tax; it
//! is rated again, as the next revision, when what went in gives another result.

mod collect;
mod event;
mod origin;
mod settings;

use std::collections::BTreeMap;

use crate::calendar::Year;
use crate::ledger::figure::{AccountPeriod, Figure, FigureRecord};
use crate::park::{Enterprise, EnterpriseCode};
use crate::rating::{self, Sheet, SheetEntry};
use crate::store::registry::{AccountClose, Assessed, Assessment, RegistryFault};

use super::keep_book::{BookKeeper, digest, enterprises_of};
use collect::{NotRatable, Ratable};
use event::{YearNotRated, YearRated};

pub use origin::{CONDUCT as RATED_CONDUCT, KIND as RATED_KIND};
pub use settings::{NotASchemeChoice, SchemeChoice, Settings};

/// Rates every year that is due and whose ingredients changed since.
pub(super) async fn rate_due(keeper: &BookKeeper) -> Result<(), RegistryFault> {
    for period in keeper.registry.list_account_periods().await? {
        let AccountPeriod::Year(year) = period else {
            continue;
        };
        let Some(id) = keeper.rating.scheme_of(year) else {
            continue;
        };
        let close = keeper.registry.find_account_close(period).await?;
        match (close, rating::scheme::named(id)) {
            (Some(close), Ok(scheme)) => rate(keeper, year, &close, scheme).await?,
            (_, Err(refused)) => {
                let reason = refused.to_string();
                keeper.vitals.record(&YearNotRated { year, reason });
            }
            (None, Ok(_)) => {}
        }
    }
    Ok(())
}

async fn rate(
    keeper: &BookKeeper,
    year: Year,
    close: &AccountClose,
    (name, text): (&'static str, &'static str),
) -> Result<(), RegistryFault> {
    let mark = keeper.registry.material_mark().await?;
    let settings = format!("{:?}", keeper.rating);
    let conduct = keeper.registry.conduct_mark().await?;
    let closed = close.revision.to_string();
    let inputs = digest(&[&mark, &closed, text, &settings, &conduct]);
    let last = keeper.registry.list_assessments(year).await?.pop();
    if last.as_ref().is_some_and(|last| last.inputs == inputs) {
        return Ok(());
    }
    let enterprises = enterprises_of(keeper, year.period()).await?;
    let revision = last
        .as_ref()
        .map_or(1, |last| last.revision.saturating_add(1));
    let rating = (year, revision);
    let collected = collect::facts(keeper, year, close, &enterprises, (name, text)).await?;
    let (facts, origins) = match collected {
        Ratable::Facts(facts, origins) => (facts, origins),
        Ratable::Not(NotRatable::NobodyStated) => return Ok(()),
        Ratable::Not(why) => {
            let reason = why.to_string();
            keeper.vitals.record(&YearNotRated { year, reason });
            return Ok(());
        }
    };
    let Some(sheet) = worked_out(keeper, year, facts.clone(), (name, text)).await else {
        return Ok(());
    };
    let is_same = |last: &Assessment| last.digest == sheet.digest && last.facts == facts;
    if last.as_ref().is_some_and(is_same) {
        return Ok(());
    }
    let assessment = Assessment {
        year,
        revision,
        rated_at: keeper.clock.now(),
        account: close.revision,
        inputs,
        scheme: sheet.scheme.clone(),
        scheme_text: text.to_owned(),
        facts,
        lines: sheet.lines.clone(),
        digest: sheet.digest.clone(),
    };
    let entries = entries(&sheet, rating, &enterprises, origins);
    keeper
        .registry
        .save_assessment(&assessment, &entries)
        .await?;
    keeper.vitals.record(&YearRated {
        year,
        revision: assessment.revision,
        enterprises: entries.len(),
        digest: assessment.digest,
    });
    Ok(())
}

/// The sheet of the year; `None` if it cannot be rated, which is told.
async fn worked_out(
    keeper: &BookKeeper,
    year: Year,
    facts: String,
    (name, text): (&'static str, &'static str),
) -> Option<Sheet> {
    let rated = tokio::task::spawn_blocking(move || rating::rate_year(&facts, (name, text)));
    let reason = match rated.await {
        Ok(Ok(sheet)) => return Some(sheet),
        Ok(Err(refused)) => refused.to_string(),
        Err(died) => died.to_string(),
    };
    keeper.vitals.record(&YearNotRated { year, reason });
    None
}

/// What is kept of each legal entity, in the order of the list.
fn entries(
    sheet: &Sheet,
    (year, revision): (Year, u32),
    enterprises: &[Enterprise],
    mut origins: BTreeMap<EnterpriseCode, Vec<Figure>>,
) -> Vec<Assessed> {
    let known = enterprises.iter().map(|one| (one.code.as_str(), one));
    let known: BTreeMap<&str, &Enterprise> = known.collect();
    let entry = |(place, entry): (u32, &SheetEntry)| {
        // Everybody in the facts is registered.
        let known = known.get(entry.enterprise.as_str())?;
        let mut figures = origin::indicators(entry, year, revision);
        figures.extend(origins.remove(&known.code).unwrap_or_default());
        Some(Assessed {
            place,
            enterprise: known.code.clone(),
            park: known.park.clone(),
            grade: entry.grade.clone(),
            body: entry.body.clone(),
            figures: FigureRecord::write_all(&figures),
        })
    };
    (0..).zip(&sheet.entries).filter_map(entry).collect()
}
