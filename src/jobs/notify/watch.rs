//! Looks for what people are to be told: gateways that fell silent, values set aside, beyond limits or
//! in conflict, closed months that changed, what waits for an administrator, deliveries that failed.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::access::{Matter, Principal};
use crate::calendar::{Day, Moment, Period};
use crate::park::{EnterpriseCode, Gateway, GatewayNo, ParkId};
use crate::reading::Code;
use crate::store::registry::{Finding, Found, PAGE_LIMIT, RegistryFault};
use crate::store::{Engine, QuarantineFilter, StoreFault};

use super::Notifier;
use super::event::{LookFailed, QuarantineOverflows};

/// Items of the quarantine that are looked at of one gateway.
const ITEMS_MAX: usize = 1_000;

/// How far back a closing of a month is news.
const NEWS_MS: i64 = 3 * 86_400_000;

const SILENT: &str = "gateway_silent";
const PROPOSAL: &str = "proposal";
const DEAD: &str = "delivery_dead";

/// Why nothing could be looked for.
#[derive(Debug, thiserror::Error)]
enum NotLooked {
    #[error(transparent)]
    Registry(#[from] RegistryFault),
    #[error(transparent)]
    Store(#[from] StoreFault),
    #[error("the look was cut off")]
    CutOff,
}

/// Looks on and on.
pub(super) async fn follow(notifier: &Notifier) {
    let mut cut = Cut::new();
    loop {
        if let Err(fault) = look(notifier, &mut cut).await {
            notifier.vitals.record(&LookFailed {
                fault: fault.to_string(),
            });
        }
        sleep(notifier.settings.look_every).await;
    }
}

async fn look(notifier: &Notifier, cut: &mut Cut) -> Result<(), NotLooked> {
    let mut found = Found {
        findings: of_registry(notifier).await?,
        lasting: BTreeSet::from([SILENT, PROPOSAL, DEAD]),
    };
    let (engine, now) = (Arc::clone(&notifier.engine), notifier.clock.now());
    let watched = watched(notifier).await?;
    overflows(notifier, &watched, now, cut, &mut found.findings)?;
    let silent_after = notifier.settings.silent_after;
    let reading = move || of_readings(&*engine, &watched, now, silent_after);
    let read = tokio::task::spawn_blocking(reading).await;
    let read = read.map_err(|_cut_off| NotLooked::CutOff)?;
    found.findings.extend(read?);
    let waiting_max = notifier.settings.waiting_max;
    let kept = notifier
        .registry
        .keep_notifications(&found, &notifier.ways, waiting_max);
    kept.await?;
    Ok(())
}

/// Every gateway that sends, with the park of its enterprise.
type Watched = BTreeMap<GatewayNo, (Gateway, ParkId)>;

async fn watched(notifier: &Notifier) -> Result<Watched, RegistryFault> {
    let (all, now) = (Principal::local(), notifier.clock.now());
    let mut parks: BTreeMap<EnterpriseCode, ParkId> = BTreeMap::new();
    let mut after = None::<String>;
    loop {
        let page =
            notifier
                .registry
                .list_enterprises(&all, now, None, after.as_deref(), PAGE_LIMIT);
        let page = page.await?;
        parks.extend(page.entries.into_iter().map(|one| (one.code, one.park)));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let roster = notifier.registry.directory().current();
    let with_park = |gateway: &Gateway| {
        let park = parks.get(&gateway.enterprise)?;
        Some((gateway.number, (gateway.clone(), park.clone())))
    };
    Ok(roster.gateways().filter_map(with_park).collect())
}

fn of_readings(
    engine: &dyn Engine,
    watched: &Watched,
    now: Moment,
    silent_after: Duration,
) -> Result<Vec<Finding>, StoreFault> {
    let mut found = silent(engine, watched, now, silent_after)?;
    let today = Day::of(now);
    engine.counts(Some(today), &mut |(_, gateway, counted)| {
        if let Some((gateway, park)) = watched.get(gateway)
            && counted.conflict > 0
        {
            let told = [
                ("gateway", gateway.id.to_string()),
                ("day", today.to_string()),
            ];
            let key = format!("conflict {} {today}", gateway.id);
            found.push(finding("conflict", key, (gateway, park), told, now));
        }
        ControlFlow::Continue(())
    })?;
    for (gateway, park) in watched.values() {
        aside(engine, (gateway, park), now, &mut found)?;
    }
    Ok(found)
}

fn finding(
    kind: &'static str,
    key: String,
    (gateway, park): (&Gateway, &ParkId),
    told: impl IntoIterator<Item = (&'static str, String)>,
    begun_at: Moment,
) -> Finding {
    Finding {
        key,
        kind,
        matter: if kind == "beyond" {
            Matter::Safety
        } else {
            Matter::Series
        },
        enterprise: Some(gateway.enterprise.clone()),
        park: Some(park.clone()),
        about: gateway.id.to_string(),
        told: told
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        begun_at,
    }
}

/// Gateways that spoke once and have not for too long.
fn silent(
    engine: &dyn Engine,
    watched: &Watched,
    now: Moment,
    silent_after: Duration,
) -> Result<Vec<Finding>, StoreFault> {
    let mut newest: BTreeMap<GatewayNo, Moment> = BTreeMap::new();
    engine.latest(&mut |row| {
        let at = newest.entry(row.gateway).or_insert(row.received_at);
        *at = (*at).max(row.received_at);
        ControlFlow::Continue(())
    })?;
    let limit_ms = i64::try_from(silent_after.as_millis()).unwrap_or(i64::MAX);
    let is_silent = |at: &Moment| now.ms_since(*at) > limit_ms;
    let one = |(number, at): (&GatewayNo, &Moment)| {
        let (gateway, park) = watched.get(number)?;
        is_silent(at).then(|| {
            let told = [
                ("gateway", gateway.id.to_string()),
                ("since", at.to_string()),
            ];
            finding(
                SILENT,
                format!("{SILENT} {}", gateway.id),
                (gateway, park),
                told,
                *at,
            )
        })
    };
    Ok(newest.iter().filter_map(one).collect())
}

/// How many items were found cut of each gateway before.
type Cut = BTreeMap<GatewayNo, u64>;

/// Gateways of which not all of the quarantine is kept any more: a notification when the first item is cut,
/// and one each time that there are ten times as many.
fn overflows(
    notifier: &Notifier,
    watched: &Watched,
    now: Moment,
    cut: &mut Cut,
    found: &mut Vec<Finding>,
) -> Result<(), StoreFault> {
    notifier.engine.overflows(&mut |one| {
        let known = cut.insert(one.gateway, one.items_cut);
        let Some((gateway, park)) = watched.get(&one.gateway) else {
            return ControlFlow::Continue(());
        };
        if known.is_none_or(|known| known < one.items_cut) {
            notifier.vitals.record(&QuarantineOverflows {
                gateway: gateway.id.to_string(),
                bytes_kept: one.bytes_kept,
                items_cut: one.items_cut,
            });
        }
        let told = [
            ("gateway", gateway.id.to_string()),
            ("kept", one.bytes_kept.to_string()),
            ("count", one.items_cut.to_string()),
        ];
        let times_ten = one.items_cut.max(1).ilog10();
        let key = format!("overflow {} {times_ten}", gateway.id);
        found.push(finding("overflow", key, (gateway, park), told, now));
        ControlFlow::Continue(())
    })
}

/// What was set aside of a gateway today: one notification a code.
fn aside(
    engine: &dyn Engine,
    (gateway, park): (&Gateway, &ParkId),
    now: Moment,
    found: &mut Vec<Finding>,
) -> Result<(), StoreFault> {
    let today = Day::of(now);
    let filter = QuarantineFilter {
        gateway: Some(gateway.number),
        replayed: Some(false),
        received: Period::new(today.start(), now.plus_ms(1)),
        limit: ITEMS_MAX,
        ..QuarantineFilter::default()
    };
    let mut first: BTreeMap<&'static str, (Code, u64, Moment)> = BTreeMap::new();
    engine.quarantined(&filter, &mut |item| {
        let one = (item.code, item.number.get(), item.received_at);
        first.entry(item.code.as_str()).or_insert(one);
        ControlFlow::Continue(())
    })?;
    for (name, (code, number, at)) in first {
        let kind = if code == Code::Implausible {
            "beyond"
        } else {
            "aside"
        };
        let told = [
            ("gateway", gateway.id.to_string()),
            ("code", name.to_owned()),
            ("day", today.to_string()),
            ("number", number.to_string()),
        ];
        let key = format!("{kind} {} {name} {today}", gateway.id);
        found.push(finding(kind, key, (gateway, park), told, at));
    }
    Ok(())
}

/// What the registry knows of: closed months that changed, proposals, deliveries that were given up.
async fn of_registry(notifier: &Notifier) -> Result<Vec<Finding>, RegistryFault> {
    let registry = &notifier.registry;
    let since = notifier.clock.now().plus_ms(-NEWS_MS);
    let revised = registry.list_revised_months(since).await?;
    let mut found: Vec<Finding> = revised
        .into_iter()
        .map(|one| Finding {
            key: format!("ledger {} {} {}", one.enterprise, one.month, one.revision),
            kind: "ledger_revised",
            matter: Matter::LedgerCheck,
            enterprise: Some(one.enterprise),
            park: Some(one.park),
            about: one.month.clone(),
            told: BTreeMap::from([
                ("month".to_owned(), one.month),
                ("revision".to_owned(), one.revision.to_string()),
            ]),
            begun_at: one.closed_at,
        })
        .collect();
    let open = registry
        .list_proposals(&Principal::local(), None, PAGE_LIMIT)
        .await?;
    found.extend(open.entries.into_iter().map(|one| Finding {
        key: format!("{PROPOSAL} {}", one.number),
        kind: PROPOSAL,
        matter: Matter::Proposal,
        enterprise: None,
        park: None,
        told: BTreeMap::from([
            ("account".to_owned(), one.account.to_string()),
            ("asked_by".to_owned(), one.asked_by.clone()),
        ]),
        about: one.asked_by,
        begun_at: one.asked_at,
    }));
    let counts = registry.count_deliveries().await?;
    if let Some(dead) = counts.get("dead") {
        found.push(Finding {
            key: DEAD.to_owned(),
            kind: DEAD,
            matter: Matter::Config,
            enterprise: None,
            park: None,
            about: String::new(),
            told: BTreeMap::from([("count".to_owned(), dead.to_string())]),
            begun_at: notifier.clock.now(),
        });
    }
    Ok(found)
}
