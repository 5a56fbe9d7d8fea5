//! The facts of a year, from its accounts, statements and land.
//!
//! What a department states of a carrier goes before our own metering; where nobody states it, our
//! metering counts if enough of the year is known (domain.md 2.12, 3.4). Else the energy is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::calendar::{Day, Moment, Month, Year};
use crate::jobs::keep_book::{BookKeeper, holdings, newest_accounts};
use crate::ledger::factor::{Carrier, Counts, Measure};
use crate::ledger::figure::{AccountPeriod, Figure};
use crate::ledger::holder::HolderAccount;
use crate::park::{
    Conduct, ConductKind, Enterprise, EnterpriseCode, Extent, LandHolding, LandKind,
};
use crate::rating::facts::{EnterpriseFacts, FactorFacts, LandFacts, YearFacts};
use crate::rating::scheme::{ElectricityBasis, read_scheme};
use crate::rating::written;
use crate::store::registry::{AccountClose, Holder, RegistryFault};
use crate::units::Exact;

use super::origin::Origin;

/// The carrier that a rating knows by its name.
pub(super) const ELECTRICITY: &str = "electricity_kwh";
pub(super) const WATER: &str = "water_m3";
/// Statements of pollutants and what the facts call them.
pub(super) const POLLUTANTS: [(&str, &str); 4] = [
    ("pollutant_cod", "cod"),
    ("pollutant_nh3n", "nh3n"),
    ("pollutant_so2", "so2"),
    ("pollutant_nox", "nox"),
];

/// Facts, or why there are none.
pub(super) enum Ratable {
    /// The text of the facts file, and the figures of each enterprise that it was made of.
    Facts(String, BTreeMap<EnterpriseCode, Vec<Figure>>),
    /// Why not.
    Not(NotRatable),
}

/// Why a year cannot be rated.
pub(super) enum NotRatable {
    /// Nobody stated tax: there is nothing to rate yet.
    NobodyStated,
    /// The scheme needs a factor that is not set.
    FactorMissing {
        /// Of which carrier.
        carrier: String,
    },
}

impl fmt::Display for NotRatable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NobodyStated => f.write_str("nobody stated tax"),
            Self::FactorMissing { carrier } => write!(
                f,
                "no coal factor of {carrier} on the scheme's basis; set factors.electricity_equal"
            ),
        }
    }
}

/// The facts of `year` as its accounts were closed in `close`.
pub(super) async fn facts(
    keeper: &BookKeeper,
    year: Year,
    close: &AccountClose,
    enterprises: &[Enterprise],
    scheme: (&str, &str),
) -> Result<Ratable, RegistryFault> {
    let accounts = newest_accounts(keeper, close.period).await?;
    let mut conduct = conduct(keeper, year).await?;
    let mut holdings = holdings(keeper).await?;
    let basis = read_scheme(scheme.0, scheme.1).map(|scheme| scheme.basis);
    let basis = basis.unwrap_or(ElectricityBasis::Equal);
    let last_day = last_day(year);
    let mut facts = YearFacts {
        as_of: last_day.to_string(),
        energy_factors_kgce: BTreeMap::new(),
        enterprises: Vec::new(),
    };
    let is_stated = |carrier: &Carrier| {
        let code = carrier.stated.as_deref();
        code.is_some_and(|code| accounts.values().any(|one| one.find(code).is_some()))
    };
    let counted = |one: &&Carrier| one.indicator.is_some() || is_stated(one);
    let carriers = keeper.factors.carriers().iter().filter(counted);
    let factors = factors((keeper, basis), last_day, carriers);
    if let Err(carrier) = factors.map(|found| facts.energy_factors_kgce = found) {
        return Ok(Ratable::Not(NotRatable::FactorMissing { carrier }));
    }
    let is_there = |one: &&Enterprise| one.established_on <= last_day;
    let mut origins = BTreeMap::new();
    for enterprise in enterprises.iter().filter(is_there) {
        let holder = Holder::Enterprise(enterprise.code.clone(), enterprise.park.clone());
        let Some(account) = accounts.get(&holder) else {
            continue;
        };
        let land = holdings.remove(&enterprise.code).unwrap_or_default();
        let land = land.iter().filter_map(|one| line(one, year));
        let own = conduct.remove(&enterprise.code).unwrap_or_default();
        let one = of_enterprise(keeper, enterprise, account, land.collect(), &own);
        facts.enterprises.push(one);
        let origin = Origin {
            keeper,
            account,
            basis,
        };
        origins.insert(enterprise.code.clone(), origin.figures(&own));
    }
    if facts.enterprises.iter().all(|one| one.tax.is_none()) {
        return Ok(Ratable::Not(NotRatable::NobodyStated));
    }
    Ok(Ratable::Facts(facts.write(), origins))
}

/// The honours and events that count in `year`, by whose they are.
async fn conduct(
    keeper: &BookKeeper,
    year: Year,
) -> Result<BTreeMap<EnterpriseCode, Vec<(Conduct, Moment)>>, RegistryFault> {
    let last_day = last_day(year);
    let mut found: BTreeMap<EnterpriseCode, Vec<(Conduct, Moment)>> = BTreeMap::new();
    for (one, recorded_at) in keeper.registry.all_conduct().await? {
        if one.counts_in(year.period(), last_day) {
            let own = found.entry(one.enterprise.clone()).or_default();
            own.push((one, recorded_at));
        }
    }
    Ok(found)
}

pub(super) fn last_day(year: Year) -> Day {
    let january = Month::new(year.number().saturating_add(1), 1);
    let first = january.map_or_else(|| Day::of(year.period().to()), Month::first_day);
    Day::from_number(first.number() - 1)
}

/// Both factors of those `carriers` that are part of 综合能耗, as they hold on `day`; the carrier that
/// lacks the one that is needed.
fn factors<'a>(
    (keeper, basis): (&BookKeeper, ElectricityBasis),
    day: Day,
    carriers: impl Iterator<Item = &'a Carrier>,
) -> Result<BTreeMap<String, FactorFacts>, String> {
    let mut found = BTreeMap::new();
    for carrier in carriers {
        if keeper.factors.counts(carrier, Measure::Equal) != Counts::Plus {
            continue;
        }
        let find = |measure| {
            let factor = keeper.factors.find(&carrier.code, measure, day);
            factor.map(|factor| factor.written.clone())
        };
        let (equal, equivalent) = (find(Measure::Equal), find(Measure::Equivalent));
        let needed = match basis {
            ElectricityBasis::Equal => &equal,
            ElectricityBasis::Equivalent => &equivalent,
        };
        // The basis that the scheme does not use may be unknown; the file wants a number there.
        let needed = needed.clone().ok_or_else(|| carrier.code.clone())?;
        found.insert(
            carrier.code.clone(),
            FactorFacts {
                equal: equal.unwrap_or_else(|| needed.clone()),
                equivalent: equivalent.unwrap_or(needed),
            },
        );
    }
    Ok(found)
}

fn of_enterprise(
    keeper: &BookKeeper,
    enterprise: &Enterprise,
    account: &HolderAccount,
    land: Vec<LandFacts>,
    conduct: &[(Conduct, Moment)],
) -> EnterpriseFacts {
    let value = |kind: &str| account.find(kind)?.value.clone();
    let pollutants: BTreeMap<String, String> = POLLUTANTS
        .iter()
        .filter_map(|(kind, name)| Some(((*name).to_owned(), value(kind)?)))
        .collect();
    let (mut honours, mut events) = (BTreeSet::new(), BTreeMap::new());
    for (one, _) in conduct {
        let code = one.code.to_string();
        match one.kind {
            ConductKind::Honour => {
                honours.insert(code);
            }
            ConductKind::Event => *events.entry(code).or_default() += 1,
        }
    }
    EnterpriseFacts {
        id: enterprise.code.to_string(),
        park: enterprise.park.to_string(),
        scale: enterprise.scale.as_str(),
        industry: Some(enterprise.industry.to_string()),
        established: Some(enterprise.established_on.to_string()),
        group: enterprise.group.as_ref().map(ToString::to_string),
        land,
        tax: value("tax"),
        sales: value("invoiced_sales"),
        revenue: value("revenue"),
        value_added: value("value_added"),
        rd: value("rd_expense"),
        employees: value("staff_average"),
        water_t: chosen(keeper, account, WATER).and_then(|figure| figure.value.clone()),
        energy: energy(keeper, account),
        pollutants_t: Some(pollutants).filter(|tonnes| !tonnes.is_empty()),
        honours: honours.into_iter().collect(),
        events,
    }
}

/// The figure that counts for a carrier: as stated, else as metered if enough is known; `None`: not
/// known.
pub(super) fn chosen<'a>(
    keeper: &BookKeeper,
    account: &'a HolderAccount,
    carrier: &str,
) -> Option<&'a Figure> {
    let mut carriers = keeper.factors.carriers().iter();
    let stated = carriers.find(|one| one.code == carrier)?.stated.as_deref();
    let is_known = |figure: &&Figure| figure.value.is_some();
    let stated = stated.and_then(|code| account.find(code)).filter(is_known);
    stated.or_else(|| {
        let figure = account.find(carrier).filter(is_known)?;
        let known = Exact::decimal(figure.known_share.as_deref()?).ok()?;
        let enough = Exact::whole(i64::from(keeper.rating.known_percent)).share(1, 100);
        (known >= enough).then_some(figure)
    })
}

/// The figures of all carriers that are stated or metered; `None` if one of them is not known.
pub(super) fn carriers_used<'a>(
    keeper: &'a BookKeeper,
    account: &'a HolderAccount,
) -> Option<Vec<(&'a Carrier, &'a Figure)>> {
    let mut used = Vec::new();
    for carrier in keeper.factors.carriers() {
        let is_stated = || {
            let stated = carrier.stated.as_deref();
            stated.is_some_and(|code| account.find(code).is_some())
        };
        let is_part = keeper.factors.counts(carrier, Measure::Equal) == Counts::Plus;
        if is_part && (account.find(&carrier.code).is_some() || is_stated()) {
            used.push((carrier, chosen(keeper, account, &carrier.code)?));
        }
    }
    Some(used)
}

/// What was sold on, each with the carrier as which it was bought.
pub(super) fn sold_on<'a>(
    keeper: &'a BookKeeper,
    account: &'a HolderAccount,
) -> impl Iterator<Item = (&'a str, &'a Carrier, &'a Figure)> {
    let carriers = keeper.factors.carriers().iter();
    let sold = carriers.filter(|carrier| carrier.counts == Counts::Minus);
    sold.filter_map(|carrier| {
        let figure = account.find(&carrier.code)?;
        let is_known = figure.value.is_some();
        let bought = carrier.like.as_deref().unwrap_or(&carrier.code);
        is_known.then_some((bought, carrier, figure))
    })
}

/// Quantities of all carriers; `None` if one of them is not known, or there is none.
fn energy(keeper: &BookKeeper, account: &HolderAccount) -> Option<BTreeMap<String, String>> {
    let mut energy = BTreeMap::new();
    for (carrier, figure) in carriers_used(keeper, account)? {
        energy.insert(carrier.code.clone(), figure.value.clone()?);
    }
    // What was sold on is not consumption (domain.md 3.1).
    for (bought, _, figure) in sold_on(keeper, account) {
        let before = energy.get(bought).map(|text| Exact::decimal(text));
        let before = before.transpose().ok()?.unwrap_or_else(Exact::zero);
        let net = &before - &figure.exact()?;
        energy.insert(bought.to_owned(), written(&net));
    }
    Some(energy).filter(|energy| !energy.is_empty())
}

/// A holding as it stands in facts, its area weighted by the part of the year it ran; `None` if it
/// did not.
fn line(holding: &LandHolding, year: Year) -> Option<LandFacts> {
    let period = AccountPeriod::Year(year).period();
    let (part, whole) = (
        holding.validity.ms_within(period),
        period.to().ms_since(period.from()),
    );
    if part == 0 {
        return None;
    }
    let weighted = |m2: rust_decimal::Decimal| {
        let exact = Exact::from(m2).share(part, whole);
        written(&exact)
    };
    let (m2, floor_m2, far) = match holding.extent {
        Extent::Ground { m2 } => (Some(weighted(m2)), None, None),
        Extent::Floor { floor_m2, far } => {
            let far = far.normalize().to_string();
            (None, Some(weighted(floor_m2)), Some(far))
        }
    };
    let party = holding.counterparty.as_ref().map(ToString::to_string);
    // A lease with itself is none, and names nobody.
    let party = party.filter(|party| party != holding.enterprise.as_str());
    let (to, from) = match holding.kind {
        LandKind::LeasedOut => (party, None),
        LandKind::LeasedIn | LandKind::LeasedFloor => (None, party),
        LandKind::Owned | LandKind::Occupied => (None, None),
    };
    Some(LandFacts {
        kind: holding.kind.as_str(),
        m2,
        floor_m2,
        far,
        to,
        from,
    })
}
