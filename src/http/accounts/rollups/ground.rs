//! Where and what enterprises were at the end of a period: their park with its district and zones,
//! their area, industry and group.

use std::collections::BTreeMap;

use crate::access::Principal;
use crate::calendar::Moment;
use crate::http::figures::unavailable;
use crate::http::{Desk, Problem};
use crate::ledger::figure::AccountPeriod;
use crate::ledger::holder::CITY;
use crate::park::{Area, AreaId, Enterprise, EnterpriseCode, Park, ParkId};
use crate::store::registry::PAGE_LIMIT;

use super::wire::By;

/// Where nobody said in which area of its park an enterprise is.
const NO_AREA: &str = "-";

/// Zones (一区多园) by name: groups of parks that are no one territory (domain.md 1.4, X14).
type Zones = BTreeMap<String, Vec<String>>;

/// Who was where.
pub(super) struct Ground {
    firms: BTreeMap<EnterpriseCode, Enterprise>,
    parks: BTreeMap<ParkId, Park>,
    areas: BTreeMap<AreaId, Area>,
    zones: std::sync::Arc<Zones>,
}

impl Ground {
    /// At the end of `period`, or now while it runs.
    pub(super) async fn load(
        desk: &Desk,
        who: &Principal,
        period: AccountPeriod,
    ) -> Result<Self, Problem> {
        let last = period.period().to().plus_ms(-1);
        let at = last.min(desk.clock.now());
        Ok(Self {
            firms: firms(desk, who, at).await?,
            parks: parks(desk, who, at).await?,
            areas: areas(desk, who, at).await?,
            zones: std::sync::Arc::clone(&desk.zones),
        })
    }

    /// The keys under which an enterprise counts; none if it has none of that sort.
    pub(super) fn keys(&self, by: By, code: &EnterpriseCode, park: &ParkId) -> Vec<String> {
        let firm = self.firms.get(code);
        match by {
            By::City => vec![CITY.to_owned()],
            By::Park => vec![park.to_string()],
            By::District => {
                let park = self.parks.get(park).into_iter();
                park.map(|park| park.district.to_string()).collect()
            }
            By::Zone => {
                let is_of = |(_, parks): &(&String, &Vec<String>)| {
                    parks.iter().any(|one| one == park.as_str())
                };
                let zones = self.zones.iter().filter(is_of);
                zones.map(|(name, _)| name.clone()).collect()
            }
            By::Area => {
                let area = firm.and_then(|firm| firm.area.as_ref());
                let none = || format!("{park}/{NO_AREA}");
                vec![area.map_or_else(none, ToString::to_string)]
            }
            By::Group => {
                let group = firm.and_then(|firm| firm.group.as_ref()).into_iter();
                group.map(ToString::to_string).collect()
            }
            By::Industry => self.industry(code).into_iter().collect(),
        }
    }

    /// What people call it, where the key is an id.
    pub(super) fn name(&self, by: By, key: &str) -> Option<String> {
        match by {
            By::Park => {
                let park = self.parks.get(&key.parse::<ParkId>().ok()?)?;
                Some(park.name.to_string())
            }
            By::Area => {
                let area = self.areas.get(&key.parse::<AreaId>().ok()?)?;
                Some(area.name.to_string())
            }
            _ => None,
        }
    }

    /// The two-digit industry of GB/T 4754, as C39.
    pub(super) fn industry(&self, code: &EnterpriseCode) -> Option<String> {
        let firm = self.firms.get(code)?;
        Some(firm.industry.as_str().chars().take(3).collect())
    }
}

async fn firms(
    desk: &Desk,
    who: &Principal,
    at: Moment,
) -> Result<BTreeMap<EnterpriseCode, Enterprise>, Problem> {
    let mut found = BTreeMap::new();
    let mut after: Option<String> = None;
    loop {
        let page = desk
            .registry
            .list_enterprises(who, at, None, after.as_deref(), PAGE_LIMIT)
            .await
            .map_err(unavailable)?;
        found.extend(page.entries.into_iter().map(|one| (one.code.clone(), one)));
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

async fn parks(
    desk: &Desk,
    who: &Principal,
    at: Moment,
) -> Result<BTreeMap<ParkId, Park>, Problem> {
    let mut found = BTreeMap::new();
    let mut after: Option<String> = None;
    loop {
        let page = desk
            .registry
            .list_parks(who, at, after.as_deref(), PAGE_LIMIT)
            .await
            .map_err(unavailable)?;
        found.extend(page.entries.into_iter().map(|one| (one.id.clone(), one)));
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

async fn areas(
    desk: &Desk,
    who: &Principal,
    at: Moment,
) -> Result<BTreeMap<AreaId, Area>, Problem> {
    let mut found = BTreeMap::new();
    let mut after: Option<String> = None;
    loop {
        let page = desk
            .registry
            .list_areas(who, at, None, after.as_deref(), PAGE_LIMIT)
            .await
            .map_err(unavailable)?;
        found.extend(page.entries.into_iter().map(|one| (one.id.clone(), one)));
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}
