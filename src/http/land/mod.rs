//! `GET /api/v1/land/{enterprise}`: the land of an enterprise over a year, line by line: each holding with the
//! days it ran, what it comes to, who bears it; the sum as the ledger counts it and by domain.md 2.8; and
//! each parcel against its own size. An operator sees the holdings on parcels of the own parks alone.

mod table;
mod wire;

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::access::{Action, Matter, Object, Principal, Role, may};
use crate::calendar::{Moment, Period, Year};
use crate::heatmap::Category;
use crate::park::{
    Enterprise, EnterpriseCode, Fullest, LandHolding, LandKind, Name, ParcelId, Validity, fullest,
};
use crate::store::registry::{AssessedFilter, HoldingFilter, PAGE_LIMIT, ParcelStretch};

use super::figures::unavailable;
use super::words::language_asked_for;
use super::{Asked, Asker, Checked, Desk, Problem, Right, Routes, spreadsheet};

/// Who may look at land.
const LAND: Right = Right::Row(Matter::Land, Action::Read);
/// The same, taken away.
const TABLE: Right = Right::Row(Matter::Land, Action::Export);
/// The grade of who is not rated.
const NOT_RATED: &str = "T";

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/api/v1/land/{enterprise}", LAND, json)
        .big("/api/v1/land/{enterprise}/table.csv", TABLE, csv)
        .big("/api/v1/land/{enterprise}/table.xlsx", TABLE, xlsx)
}

/// The land of an enterprise over a year, line by line.
#[utoipa::path(
    get,
    path = "/api/v1/land/{enterprise}",
    operation_id = "land",
    params(("enterprise" = String, Path, description = "the social credit code"), wire::Query),
    responses((status = 200, body = wire::Answer, description = "a line a holding that ran in the year, and the parcels they lie on"))
)]
pub(super) async fn json(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Checked(code): Checked<EnterpriseCode>,
    Asked(query): Asked<wire::Query>,
) -> Result<Json<wire::Answer>, Problem> {
    let land = Land::load(&desk, &who, &code, &query).await?;
    Ok(Json(wire::Answer::of(&land)))
}

/// The lines as a table.
#[utoipa::path(
    get,
    path = "/api/v1/land/{enterprise}/table.csv",
    operation_id = "land_csv",
    params(("enterprise" = String, Path, description = "the social credit code"), wire::Query),
    responses((status = 200, body = String, content_type = "text/csv", description = "a line a holding, and the sum"))
)]
pub(super) async fn csv(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Checked(code): Checked<EnterpriseCode>,
    Asked(query): Asked<wire::Query>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let answer = wire::Answer::of(&Land::load(&desk, &who, &code, &query).await?);
    let language = language_asked_for(&headers);
    spreadsheet::answer(table::HEAD, table::lines(&answer, language))
}

/// The lines as a workbook.
#[utoipa::path(
    get,
    path = "/api/v1/land/{enterprise}/table.xlsx",
    operation_id = "land_xlsx",
    params(("enterprise" = String, Path, description = "the social credit code"), wire::Query),
    responses((status = 200, body = String, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", description = "the lines, and a sheet that says of what they are"))
)]
pub(super) async fn xlsx(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Checked(code): Checked<EnterpriseCode>,
    Asked(query): Asked<wire::Query>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let answer = wire::Answer::of(&Land::load(&desk, &who, &code, &query).await?);
    let language = language_asked_for(&headers);
    spreadsheet::workbook_answer(&table::sheets(&answer, language))
}

/// What is answered, cut to what the asker may see.
struct Land {
    known: Enterprise,
    year: Year,
    as_of: Moment,
    holdings: Vec<LandHolding>,
    /// When each parcel was what.
    stretches: Vec<ParcelStretch>,
    /// Tenants that are rated themselves.
    rated: BTreeSet<Name>,
    /// When most of each parcel is held, by those whom the asker sees.
    fullest: BTreeMap<ParcelId, Fullest>,
    /// Whether that is over all holders of the parcel.
    sees_all: bool,
    /// Whether land in other parks is left out.
    is_of_parks: bool,
}

impl Land {
    async fn load(
        desk: &Desk,
        who: &Principal,
        code: &EnterpriseCode,
        query: &wire::Query,
    ) -> Result<Self, Problem> {
        let as_of = desk.clock.now();
        let known = desk.registry.find_enterprise(who, code, as_of).await;
        let known = known.map_err(unavailable)?.ok_or_else(Problem::not_found)?;
        let object = Object {
            matter: Matter::Land,
            enterprise: Some(code),
            park: Some(&known.park),
        };
        if !may(who, Action::Read, &object).is_allowed() {
            return Err(Problem::not_found());
        }
        let year = query.year(as_of)?;
        let period = year.period();
        let holdings = all_holdings(desk, who, Some(code), period).await?;
        let stretches = desk.registry.list_parcel_stretches(who, code).await;
        let parcels: BTreeSet<&ParcelId> = holdings.iter().map(|one| &one.parcel).collect();
        let mut there = all_holdings(desk, who, None, period).await?;
        there.retain(|one| parcels.contains(&one.parcel));
        Ok(Self {
            rated: rated(desk, who, &holdings, year).await?,
            fullest: fullest(&there, period),
            stretches: stretches.map_err(unavailable)?,
            sees_all: !matches!(who.role, Role::Enterprise(_)),
            is_of_parks: matches!(who.role, Role::Operator(_) | Role::Kiosk(_)),
            known,
            year,
            as_of,
            holdings,
        })
    }

    /// When a parcel was under construction.
    fn building(&self, parcel: &ParcelId) -> Vec<Validity> {
        // As the map of land states reads the words of the file.
        let is_built_on =
            |state: &str| Category::of_land(Some(state), false) == Some(Category::Construction);
        let is_building = |one: &&ParcelStretch| {
            let state = one.state.as_ref().map(Name::as_str);
            one.parcel == *parcel && state.is_some_and(is_built_on)
        };
        let all = self.stretches.iter().filter(is_building);
        all.filter_map(|one| Validity::new(one.since, one.until))
            .collect()
    }
}

/// All holdings that run in `period` and are the asker's to see.
async fn all_holdings(
    desk: &Desk,
    who: &Principal,
    enterprise: Option<&EnterpriseCode>,
    period: Period,
) -> Result<Vec<LandHolding>, Problem> {
    let filter = HoldingFilter {
        enterprise,
        during: Some(period),
        ..HoldingFilter::default()
    };
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = desk.registry.list_holdings(who, filter, after, PAGE_LIMIT);
        let page = page.await.map_err(unavailable)?;
        all.extend(page.entries);
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

/// Those to whom land is leased out and who are rated themselves: registered enterprises, but for those
/// that the rating of the year, where there is one, leaves out.
async fn rated(
    desk: &Desk,
    who: &Principal,
    holdings: &[LandHolding],
    year: Year,
) -> Result<BTreeSet<Name>, Problem> {
    let leased = holdings
        .iter()
        .filter(|one| one.kind == LandKind::LeasedOut);
    let tenants: BTreeSet<&Name> = leased.filter_map(|one| one.counterparty.as_ref()).collect();
    let mut found = BTreeSet::new();
    if tenants.is_empty() {
        return Ok(found);
    }
    let all = desk.registry.list_assessments(year).await;
    let newest = all.map_err(unavailable)?.pop();
    for tenant in tenants {
        let Ok(code) = tenant.as_str().parse::<EnterpriseCode>() else {
            continue;
        };
        let is_known = desk.registry.is_enterprise(&code).await;
        if !is_known.map_err(unavailable)? {
            continue;
        }
        if let Some(newest) = &newest {
            let only = AssessedFilter {
                enterprise: Some(&code),
                ..AssessedFilter::all()
            };
            let page = desk.registry.list_assessed(who, newest, only, None, 1);
            let page = page.await.map_err(unavailable)?;
            let grade = page.entries.first().map(|one| one.grade.as_str());
            if grade.is_none_or(|grade| grade == NOT_RATED) {
                continue;
            }
        }
        found.insert(tenant.clone());
    }
    Ok(found)
}
