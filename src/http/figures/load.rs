//! 用电负荷: the power that an enterprise's meters showed last, over its land.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::access::Principal;
use crate::calendar::Moment;
use crate::http::{Desk, Problem};
use crate::park::{EnterpriseCode, MeterId, ParkId};
use crate::store::StoreFault;
use crate::units::Exact;

use super::spread::{Amount, Spread};
use super::{Arrivals, Figures, Freshness, Ground, Layer, unavailable};

/// The state that is shown.
const POWER: &str = "kw";

/// The layer: as of now, from meters that are not silent.
pub(super) async fn load(
    desk: &Desk,
    who: &Principal,
    park: Option<&ParkId>,
    now: Moment,
) -> Result<Figures, Problem> {
    let ground = Ground::load(desk, who, park, now).await?;
    let arrivals = Arrivals::load(desk, &ground, now).await?;
    let spread = Spread {
        amounts: amounts(&ground, &newest(desk).await?, now, desk),
        places: 2,
        factor: 1,
    };
    let (total, parts) = (spread.total(&ground), spread.parts(&ground));
    let (cells, as_of) = (spread.cells(&ground), arrivals.data_to.unwrap_or(now));
    let figures = Figures::of_now(Layer::Load, ground, cells, arrivals, now)?;
    Ok(Figures {
        as_of,
        total,
        parts,
        ..figures
    })
}

/// The newest power of each meter, in kW, and when it was measured.
async fn newest(desk: &Desk) -> Result<BTreeMap<MeterId, (Moment, Exact)>, Problem> {
    let Some(power) = desk.catalogue.find(POWER).map(|indicator| indicator.number) else {
        return Ok(BTreeMap::new());
    };
    let engine = Arc::clone(&desk.engine);
    let roster = desk.registry.directory().current();
    let read = move || {
        let mut newest = BTreeMap::new();
        engine.latest(&mut |row| {
            let meter = roster.meter_numbered(row.meter);
            let kw = Exact::shortest(row.number);
            if let (Some(meter), Ok(kw), true) = (meter, kw, row.indicator == power) {
                newest.insert(meter.id.clone(), (row.at, kw));
            }
            ControlFlow::Continue(())
        })?;
        Ok(newest)
    };
    let newest = tokio::task::spawn_blocking(read).await;
    let newest: Result<_, StoreFault> = newest.map_err(unavailable)?;
    newest.map_err(unavailable)
}

/// The sum of each enterprise over those of its meters that have none that shows power above them,
/// less those of others below them; none of an enterprise one of whose meters shows no power any
/// more, whatever else it still tells: a sum without it would be too low and look like a value.
fn amounts(
    ground: &Ground,
    newest: &BTreeMap<MeterId, (Moment, Exact)>,
    now: Moment,
    desk: &Desk,
) -> BTreeMap<EnterpriseCode, Amount> {
    let power = desk.catalogue.find(POWER).map(|indicator| indicator.number);
    let of_power = || {
        let rows = ground.meters.iter().chain(&ground.below);
        rows.filter(|row| Some(row.indicator) == power)
    };
    let owners: BTreeMap<&MeterId, &EnterpriseCode> = of_power()
        .map(|row| (&row.meter, &row.enterprise))
        .collect();
    let mut sums: BTreeMap<EnterpriseCode, Option<Exact>> = BTreeMap::new();
    let mut add = |owner: &EnterpriseCode, kw: Option<Exact>| {
        let sum = sums.entry(owner.clone());
        let sum = sum.or_insert_with(|| Some(Exact::zero()));
        *sum = sum.take().zip(kw).map(|(sum, kw)| &sum + &kw);
    };
    for row in of_power() {
        let counts = |above: &MeterId| owners.contains_key(above);
        let above = ground
            .ladder
            .next_above(&row.meter, row.indicator, now, counts);
        let above = above.and_then(|above| owners.get(above).copied());
        if above == Some(&row.enterprise) {
            continue;
        }
        let interval_ms = i64::from(row.interval_s).saturating_mul(1_000);
        let is_fresh = |at| Freshness::of(Some(at), interval_ms, now) < Freshness::Silent;
        let kw = newest.get(&row.meter).filter(|(at, _)| is_fresh(*at));
        let kw = kw.map(|(_, kw)| kw.clone());
        if let Some(above) = above {
            add(above, kw.as_ref().map(|kw| &Exact::zero() - kw));
        }
        add(&row.enterprise, kw);
    }
    let whole = |(code, sum): (EnterpriseCode, Option<Exact>)| {
        let amount = |numerator| Amount {
            numerator,
            denominator: None,
            known_share: None,
            begun: None,
        };
        sum.map(|sum| (code, amount(sum)))
    };
    sums.into_iter().filter_map(whole).collect()
}
