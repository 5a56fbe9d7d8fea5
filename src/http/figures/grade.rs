//! 等级: what the enterprises got in the newest rated year. A rated year counts as published, and a
//! published grade is for everybody who sees the map.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::access::Principal;
use crate::calendar::{Moment, Year};
use crate::heatmap::Grade;
use crate::http::{Desk, Problem};
use crate::ledger::figure::AccountPeriod;
use crate::park::{EnterpriseCode, ParcelId, ParkId};
use crate::store::registry::{AssessedFilter, Assessment, PAGE_LIMIT, RegistryFault};

use super::used::last_instant;
use super::{Arrivals, Figure, Figures, Ground, Layer, Shown, State, When, unavailable, year};

/// The letters of a rated year.
#[derive(Debug, Default)]
pub(super) struct Grades {
    pub(super) letters: BTreeMap<EnterpriseCode, Grade>,
    pub(super) rated: Option<Year>,
    pub(super) revision: Option<u32>,
    newest: Option<u32>,
    rated_at: Option<Moment>,
}

impl Grades {
    /// Those of `asked`, or of the newest rated year.
    pub(super) async fn load(
        desk: &Desk,
        who: &Principal,
        asked: Option<Year>,
        revision: Option<u32>,
    ) -> Result<Self, RegistryFault> {
        let year = match asked {
            Some(year) => Some(year),
            None => desk.registry.list_rated_years().await?.first().copied(),
        };
        let Some(year) = year else {
            return Ok(Self::default());
        };
        let mut all = desk.registry.list_assessments(year).await?;
        let newest = all.last().map(|one| one.revision);
        all.retain(|one| revision.is_none_or(|wanted| one.revision == wanted));
        let Some(rated) = all.pop() else {
            return Ok(Self::default());
        };
        Ok(Self {
            newest,
            letters: letters(desk, who, &rated).await?,
            rated: Some(year),
            revision: Some(rated.revision),
            rated_at: Some(rated.rated_at),
        })
    }

    /// The letter of a parcel: of who has the most land there among those who have one.
    pub(super) fn on(
        letters: &BTreeMap<EnterpriseCode, Grade>,
        ground: &Ground,
        parcel: &ParcelId,
    ) -> Option<Grade> {
        let here = ground.standing_on(parcel).iter();
        let rated = here.filter_map(|one| Some((&one.land_m2, *letters.get(&one.enterprise)?)));
        let most = rated.max_by(|(one, _), (other, _)| one.cmp(other));
        most.map(|(_, grade)| grade)
    }
}

async fn letters(
    desk: &Desk,
    who: &Principal,
    rated: &Assessment,
) -> Result<BTreeMap<EnterpriseCode, Grade>, RegistryFault> {
    let (mut letters, mut after) = (BTreeMap::new(), None::<String>);
    let all = AssessedFilter::all();
    loop {
        let page = desk
            .registry
            .list_assessed(who, rated, all, after.as_deref(), PAGE_LIMIT)
            .await?;
        for one in page.entries {
            if let Ok(grade) = Grade::from_str(&one.grade) {
                letters.insert(one.enterprise, grade);
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(letters);
        }
    }
}

/// The layer.
pub(super) async fn load(
    desk: &Desk,
    who: &Principal,
    park: Option<&ParkId>,
    when: When,
    now: Moment,
) -> Result<Figures, Problem> {
    let asked = year(when.period)?;
    let grades = Grades::load(desk, who, asked, when.revision).await;
    let grades = grades.map_err(unavailable)?;
    if when.revision.is_some() && grades.revision.is_none() {
        return Err(Problem::not_found());
    }
    let running = crate::calendar::Month::of(now).year();
    let year = grades.rated.or(asked).unwrap_or(running);
    let period = year.period();
    let ground = Ground::load(desk, who, park, last_instant(period, now)).await?;
    let cells = ground.parcels.iter().map(|parcel| {
        let grade = Grades::on(&grades.letters, &ground, &parcel.id);
        Figure {
            grade,
            ..Figure::of(match grade {
                Some(_) => State::Value,
                None if ground.standing_on(&parcel.id).is_empty() => State::NotCounted,
                None => State::NoData,
            })
        }
    });
    Ok(Figures {
        layer: Layer::Grade,
        shown: Shown::Period(AccountPeriod::Year(year)),
        period,
        against: None,
        compared: None,
        as_of: grades.rated_at.unwrap_or(now),
        read_at: now,
        close: None,
        revision: grades.revision,
        newest: grades.newest,
        total: None,
        counted: 0,
        parts: Vec::new(),
        completeness: None,
        missing_hours: None,
        cells: cells.collect(),
        grades: grades.letters,
        rated: grades.rated,
        rating: grades.revision,
        accounts: None,
        arrivals: Arrivals::load(desk, &ground, now).await?,
        ground,
    })
}
