//! The meters behind a parcel's figure: what each came to, its registers at both borders, and its
//! newest readings.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::access::Principal;
use crate::calendar::{Moment, Period};
use crate::http::figures::{Figures, Freshness, Layer, unavailable};
use crate::http::{Desk, Problem};
use crate::indicator::IndicatorNo;
use crate::park::{EnterpriseCode, MeterId, MeterNo, MeterRow, Parcel};
use crate::store::registry::{ClosedEntry, SeriesKey};
use crate::store::{Engine, Row, StoreFault};
use crate::units::Exact;

use super::over;

/// The indicator whose differences are the electricity that came in.
const KWH: &str = "kwh_register";

/// A reading of a register.
#[derive(Clone, Debug)]
pub(super) struct Border {
    pub(super) at: Moment,
    pub(super) number: f64,
}

/// The newest value of one indicator.
#[derive(Clone, Debug)]
pub(super) struct Latest {
    pub(super) indicator: String,
    pub(super) unit: String,
    pub(super) at: Moment,
    pub(super) received_at: Moment,
    pub(super) number: f64,
}

/// What the ledger says of a meter over the period.
#[derive(Clone, Debug, Default)]
pub(super) struct Account {
    pub(super) used: Option<Exact>,
    pub(super) known_share: Option<Exact>,
    pub(super) flags: BTreeMap<String, u64>,
}

/// One meter of those who stand on the parcel.
#[derive(Clone, Debug)]
pub(super) struct CardMeter {
    pub(super) meter: MeterId,
    pub(super) enterprise: EnterpriseCode,
    pub(super) multiplier: Option<String>,
    /// Whether its amount is in the sum: no meter of the same enterprise is above it.
    pub(super) counted: bool,
    pub(super) account: Account,
    pub(super) start: Option<Border>,
    pub(super) end: Option<Border>,
    pub(super) interval_s: i64,
    pub(super) freshness: Freshness,
    pub(super) latest: Vec<Latest>,
}

/// The meters of those who stand on `parcel`, by id; for a month those that count electricity.
pub(super) async fn load(
    desk: &Desk,
    figures: &Figures,
    parcel: &Parcel,
) -> Result<Vec<CardMeter>, Problem> {
    let kwh = desk.catalogue.find(KWH).map(|indicator| indicator.number);
    let closed = match &figures.close {
        Some(close) => Some(
            desk.registry
                .closed_entries(close.month, close.revision)
                .await,
        ),
        None => None,
    };
    let closed = closed.transpose().map_err(unavailable)?;
    let mut meters = Vec::new();
    for (meter, rows) in rows_on(figures, parcel) {
        let counting = rows.iter().find(|row| Some(row.indicator) == kwh);
        if figures.layer == Layer::KwhPerMu && counting.is_none() {
            continue;
        }
        let Some(row) = counting.or(rows.first()) else {
            continue;
        };
        let registered = desk.registry.directory().current();
        let Some(number) = registered.find_meter(meter.as_str()).map(|one| one.number) else {
            continue;
        };
        let account = match (figures.layer, kwh) {
            (Layer::KwhPerMu, Some(kwh)) => {
                let key = SeriesKey {
                    meter: number,
                    indicator: kwh,
                };
                match &closed {
                    Some(entries) => entries.get(&key).map(as_closed).transpose()?,
                    None => Some(account(desk, key, figures.period).await?),
                }
                .unwrap_or_default()
            }
            _ => Account::default(),
        };
        let found = readings(desk, number, kwh, over(figures)).await?;
        let arrival = figures.arrivals.meters.get(meter);
        meters.push(CardMeter {
            meter: meter.clone(),
            enterprise: row.enterprise.clone(),
            multiplier: counting.map(|row| row.multiplier.normalize().to_string()),
            counted: is_counted(row, figures),
            account,
            start: found.start,
            end: found.end,
            interval_s: i64::from(row.interval_s),
            freshness: arrival.map_or(Freshness::Never, |one| one.freshness),
            latest: found.latest,
        });
    }
    Ok(meters)
}

/// The running rows of the meters of those who stand there.
fn rows_on<'a>(figures: &'a Figures, parcel: &Parcel) -> BTreeMap<&'a MeterId, Vec<&'a MeterRow>> {
    let standings = figures.ground.standing_on(&parcel.id);
    let mut rows: BTreeMap<&MeterId, Vec<&MeterRow>> = BTreeMap::new();
    for row in &figures.ground.meters {
        if standings.iter().any(|one| one.enterprise == row.enterprise) {
            rows.entry(&row.meter).or_default().push(row);
        }
    }
    rows
}

fn is_counted(row: &MeterRow, figures: &Figures) -> bool {
    let ground = &figures.ground;
    let same = ground.meters.iter().chain(&ground.below);
    let same = same.filter(|other| other.indicator == row.indicator);
    let owners: BTreeMap<&MeterId, &EnterpriseCode> = same
        .map(|other| (&other.meter, &other.enterprise))
        .collect();
    let at = figures.period.to().plus_ms(-1);
    let counts = |above: &MeterId| owners.contains_key(above);
    let above = ground
        .ladder
        .next_above(&row.meter, row.indicator, at, counts);
    above.and_then(|above| owners.get(above)) != Some(&&row.enterprise)
}

/// What a closing says of one meter.
fn as_closed(entry: &ClosedEntry) -> Result<Account, Problem> {
    let account = entry.account().map_err(unavailable)?;
    let flags = entry.flags.split(", ");
    let flags = flags.filter_map(|one| one.split_once(' '));
    Ok(Account {
        used: account.used,
        known_share: Some(account.known_share),
        flags: flags
            .filter_map(|(flag, times)| Some((flag.to_owned(), times.parse().ok()?)))
            .collect(),
    })
}

/// What the ledger says of one meter.
async fn account(desk: &Desk, key: SeriesKey, period: Period) -> Result<Account, Problem> {
    let mut found = Account::default();
    let length_ms = period.to().ms_since(period.from());
    let all = Principal::local();
    let visited = desk
        .registry
        .visit_sheets(&all, key.indicator, Some(key.meter), period, |one| {
            if let Some(account) = one.sheet.account(period, length_ms) {
                let flags = account.flags.iter();
                found = Account {
                    used: account.used,
                    known_share: Some(account.known_share),
                    flags: flags
                        .map(|(flag, times)| (flag.as_str().to_owned(), *times))
                        .collect(),
                };
            }
        });
    visited.await.map_err(unavailable)?;
    Ok(found)
}

/// What is read of one meter.
#[derive(Default)]
struct Found {
    start: Option<Border>,
    end: Option<Border>,
    latest: Vec<Latest>,
}

async fn readings(
    desk: &Desk,
    meter: MeterNo,
    kwh: Option<IndicatorNo>,
    period: Period,
) -> Result<Found, Problem> {
    let engine = Arc::clone(&desk.engine);
    let catalogue = Arc::clone(&desk.catalogue);
    let read = move || -> Result<Found, StoreFault> {
        let mut found = Found::default();
        if let Some(kwh) = kwh {
            found.start = border(engine.as_ref(), meter, kwh, period.from())?;
            found.end = border(engine.as_ref(), meter, kwh, period.to())?;
        }
        engine.latest_of(meter, &mut |row: &Row| {
            if let Some(indicator) = catalogue.numbered(row.indicator) {
                found.latest.push(Latest {
                    indicator: indicator.code.clone(),
                    unit: indicator.unit.clone(),
                    at: row.at,
                    received_at: row.received_at,
                    number: row.number,
                });
            }
            ControlFlow::Continue(())
        })?;
        Ok(found)
    };
    let found = tokio::task::spawn_blocking(read).await;
    found.map_err(unavailable)?.map_err(unavailable)
}

/// The reading at a border, or the last one before it.
fn border(
    engine: &dyn Engine,
    meter: MeterNo,
    kwh: IndicatorNo,
    at: Moment,
) -> Result<Option<Border>, StoreFault> {
    let row = engine.last_before(meter, kwh, at.plus_ms(1))?;
    Ok(row.map(|row| Border {
        at: row.at,
        number: row.number,
    }))
}
