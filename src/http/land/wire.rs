//! The land of an enterprise as JSON. Areas are written exactly as far as they end as decimals, else to ten
//! places.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::calendar::{Moment, Year};
use crate::http::{Problem, Trouble};
use crate::park::{Acreage, AcreageLine, Bearing, Extent, ParcelId, StatementPeriod, acreage};
use crate::units::Exact;

use super::Land;

/// Decimal places of an area that does not end.
const PLACES: usize = 10;
/// Mu in a square metre, exact.
const MU_IN_M2: &str = "0.0015";

/// Which year.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Query {
    /// A year, `2025`; the running one if not given.
    year: Option<String>,
}

impl Query {
    pub(super) fn year(&self, now: Moment) -> Result<Year, Problem> {
        let Some(text) = &self.year else {
            return Ok(crate::calendar::Month::of(now).year());
        };
        match text.parse() {
            Ok(StatementPeriod::Year(year)) => Ok(year),
            _ => Err(Problem::new(Trouble::BadRequest, "year is as 2025")),
        }
    }
}

/// `GET /api/v1/land/{enterprise}`.
#[derive(Serialize, ToSchema)]
#[schema(as = LandOfYear)]
pub(in crate::http) struct Answer {
    pub(super) enterprise: String,
    pub(super) name: String,
    pub(super) year: String,
    pub(super) as_of: String,
    /// Days of the year.
    pub(super) days: String,
    /// A holding that ran in the year each.
    pub(super) lines: Vec<Line>,
    /// Square metres as the ledger counts them: the sum of `weighted_m2`.
    pub(super) m2: String,
    /// The same x 0.0015.
    pub(super) mu: String,
    /// By domain.md 2.8: what is leased to somebody not rated stays with its owner, land under
    /// construction is left out.
    pub(super) by_rule_m2: String,
    pub(super) by_rule_mu: String,
    /// Whether the two sums are the same.
    pub(super) agrees: bool,
    pub(super) parcels: Vec<Parcel>,
    /// Whether holdings on parcels of other parks are left out.
    pub(super) of_parks_only: bool,
}

/// What a holding comes to.
#[derive(Serialize, ToSchema)]
#[schema(as = LandLine)]
pub(in crate::http) struct Line {
    pub(super) parcel: String,
    /// `owned`, `occupied`, `leased_in`, `leased_out` or `leased_floor`.
    pub(super) kind: String,
    /// Land, m².
    pub(super) m2: Option<String>,
    /// Floor, m², and the plot ratio it is divided by.
    pub(super) floor_m2: Option<String>,
    pub(super) far: Option<String>,
    pub(super) counterparty: Option<String>,
    pub(super) valid_from: String,
    pub(super) valid_to: Option<String>,
    /// Days of the year on which it ran.
    pub(super) days: String,
    /// What it comes to in the ledger, below 0 where it is leased out.
    pub(super) weighted_m2: String,
    pub(super) weighted_mu: String,
    /// `holder`; of a lease `tenant` (rated itself) or `owner` (the tenant is not rated).
    pub(super) borne_by: &'static str,
    /// Days of those on which the parcel was under construction.
    pub(super) building_days: String,
    pub(super) by_rule_m2: String,
}

/// A parcel against its own size.
#[derive(Serialize, ToSchema)]
#[schema(as = LandParcel)]
pub(in crate::http) struct Parcel {
    #[serde(rename = "parcel")]
    pub(super) id: String,
    /// By its outline, m².
    pub(super) area_m2: Option<String>,
    /// The most that is held of it at once in the year, m².
    pub(super) held_m2: String,
    /// When, the first time.
    pub(super) at: String,
    /// Whether that is more than there is, by more than the 5 % by which certificates and outlines
    /// may differ (contract.md 7).
    pub(super) over: bool,
    /// Whether all holders are counted; an enterprise sees its own alone.
    pub(super) all_holders: bool,
}

impl Answer {
    pub(super) fn of(land: &Land) -> Self {
        let is_rated = |tenant: &crate::park::Name| land.rated.contains(tenant);
        let building = |parcel: &ParcelId| land.building(parcel);
        let told: Acreage<'_> = acreage(&land.holdings, land.year.period(), &is_rated, &building);
        Self {
            enterprise: land.known.code.to_string(),
            name: land.known.name.to_string(),
            year: land.year.to_string(),
            as_of: land.as_of.to_string(),
            days: written(&told.days),
            lines: told.lines.iter().map(Line::of).collect(),
            m2: written(&told.m2),
            mu: mu(&told.m2),
            by_rule_m2: written(&told.by_rule_m2),
            by_rule_mu: mu(&told.by_rule_m2),
            agrees: told.m2 == told.by_rule_m2,
            parcels: parcels(land),
            of_parks_only: land.is_of_parks,
        }
    }
}

impl Line {
    fn of(line: &AcreageLine<'_>) -> Self {
        let holding = line.holding;
        let plain = |number: rust_decimal::Decimal| number.normalize().to_string();
        let (m2, floor_m2, far) = match holding.extent {
            Extent::Ground { m2 } => (Some(plain(m2)), None, None),
            Extent::Floor { floor_m2, far } => (None, Some(plain(floor_m2)), Some(plain(far))),
        };
        Self {
            parcel: holding.parcel.to_string(),
            kind: holding.kind.as_str().to_owned(),
            m2,
            floor_m2,
            far,
            counterparty: holding.counterparty.as_ref().map(ToString::to_string),
            valid_from: holding.validity.from().to_string(),
            valid_to: holding.validity.to().map(|to| to.to_string()),
            days: written(&line.days),
            weighted_m2: written(&line.weighted_m2),
            weighted_mu: mu(&line.weighted_m2),
            borne_by: Bearing::as_str(line.bearing),
            building_days: written(&line.building_days),
            by_rule_m2: written(&line.by_rule_m2),
        }
    }
}

fn parcels(land: &Land) -> Vec<Parcel> {
    // The newest outline of each, in square metres: 1 mu is 2000/3 of them.
    let mut areas: BTreeMap<&ParcelId, Exact> = BTreeMap::new();
    for one in &land.stretches {
        let mu = Exact::from(one.land.get());
        let m2 = Exact::ratio_of_words(2_000, 3).map(|each| &mu * &each);
        areas.extend(m2.map(|m2| (&one.parcel, m2)));
    }
    let each = land.fullest.iter();
    each.map(|(parcel, fullest)| {
        let area = areas.get(parcel);
        Parcel {
            id: parcel.to_string(),
            area_m2: area.map(|area| trimmed(area.rounded(2))),
            held_m2: written(&fullest.m2),
            at: fullest.at.to_string(),
            over: area.is_some_and(|area| is_over(&fullest.m2, area)),
            all_holders: land.sees_all,
        }
    })
    .collect()
}

/// Whether more is held than the outline has, beyond what certificates and outlines may differ by.
fn is_over(held: &Exact, area: &Exact) -> bool {
    held * &Exact::whole(100) > area * &Exact::whole(105)
}

fn mu(m2: &Exact) -> String {
    let each = Exact::decimal(MU_IN_M2).unwrap_or_else(|_cause| Exact::zero());
    written(&(m2 * &each))
}

/// As few places as it needs, at most ten.
fn written(number: &Exact) -> String {
    trimmed(number.rounded(PLACES))
}

fn trimmed(text: String) -> String {
    if !text.contains('.') {
        return text;
    }
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" {
        "0".to_owned()
    } else {
        short.to_owned()
    }
}
