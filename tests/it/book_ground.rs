//! A town with meters, land and statements, its ledger and its book, and what is done to them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use parkpulse::access::Principal;
use parkpulse::calendar::{Clock, Moment};
use parkpulse::indicator;
use parkpulse::jobs::import::Kind;
use parkpulse::jobs::{BookKeeper, LedgerKeeper, Provisional, Settling, assess};
use parkpulse::ledger::factor;
use parkpulse::ledger::figure::AccountPeriod;
use parkpulse::ledger::precedence::Precedence;
use parkpulse::reading::{Flags, Quality, Reading, Value};
use parkpulse::store::Engine;
use parkpulse::store::memory::Memory;
use parkpulse::store::registry::KeptAccount;
use parkpulse::vitals::Vitals;

use crate::import::{Town, code, meters};
use crate::keeper_ground::commit;

pub(crate) const CLOSE_AFTER: Duration = Duration::from_hours(72);

/// A town with meters, land and statements, and both keepers.
pub(crate) struct Books {
    pub(crate) town: Town,
    pub(crate) ledger: LedgerKeeper,
    pub(crate) book: Arc<BookKeeper>,
    engine: Arc<Memory>,
}

impl Books {
    pub(crate) async fn open() -> Self {
        let town = Town::settled().await;
        town.takes(Kind::Meters, &meters()).await;
        let land = format!(
            "enterprise,parcel,kind,m2,floor_m2,far,counterparty,valid_from,valid_to\n\
             {},L-1,owned,20000,,,,2020-01-01,\n{},L-2,owned,10000,,,,2020-01-01,\n",
            code(1),
            code(2)
        );
        town.takes(Kind::Land, &land).await;
        let clock = Arc::clone(&town.clock) as Arc<dyn Clock>;
        let catalogue = Arc::new(indicator::built_in().unwrap());
        let engine = Arc::new(Memory::default());
        let vitals = Arc::new(Vitals::default());
        let settling = Arc::<Settling>::default();
        let set = ["0.3000 演示".parse().unwrap()];
        Self {
            ledger: LedgerKeeper {
                engine: Arc::clone(&engine) as Arc<dyn Engine>,
                registry: town.registry.clone(),
                catalogue: Arc::clone(&catalogue),
                clock: Arc::clone(&clock),
                vitals: Arc::clone(&vitals),
                close_after: CLOSE_AFTER,
                settling: Arc::clone(&settling),
            },
            book: Arc::new(BookKeeper {
                registry: town.registry.clone(),
                catalogue,
                factors: Arc::new(factor::shipped(&set).unwrap()),
                precedence: Precedence::shipped().unwrap(),
                rating: Arc::new(assess::Settings {
                    tax: vec!["tax_net_inbound".into()],
                    known_percent: 90,
                    ..assess::Settings::default()
                }),
                clock,
                vitals,
                settling,
                provisional: Provisional::default(),
                close_after: CLOSE_AFTER,
            }),
            engine,
            town,
        }
    }

    /// Commits what E-01 showed at these instants.
    pub(crate) async fn reads(&self, readings: &[(&str, f64)]) {
        self.reads_of("E-01", "kwh_register", readings).await;
    }

    /// The same of a register of any meter.
    pub(crate) async fn reads_of(&self, meter: &str, register: &str, readings: &[(&str, f64)]) {
        let indicator = self.town.catalogue.find(register).unwrap().number;
        let roster = self.town.registry.directory().current();
        let meter = roster.find_meter(meter).unwrap().number;
        let reading = |(at, number): &(&str, f64)| Reading {
            meter,
            at: moment(at),
            values: vec![Value {
                indicator,
                number: *number,
            }],
            quality: Quality::Good,
            flags: Flags::default(),
        };
        let readings = readings.iter().map(reading).collect();
        commit(self.engine.as_ref(), self.town.now(), readings).await;
    }

    pub(crate) async fn states(&self, rows: &[(&str, &str, &str)]) {
        let rows: Vec<String> = rows
            .iter()
            .map(|(period, indicator, value)| {
                let unit = self.town.catalogue.find(indicator).unwrap().unit.clone();
                format!("{},{period},{indicator},{value},{unit},税务部门", code(1))
            })
            .collect();
        let text = format!(
            "enterprise,period,indicator,value,unit,source\n{}\n",
            rows.join("\n")
        );
        self.town.takes(Kind::Statements, &text).await;
    }

    pub(crate) async fn pass(&self, now: &str) {
        self.town.clock.set(moment(now));
        self.ledger.pass().await.unwrap();
        self.book.pass().await.unwrap();
    }

    pub(crate) async fn revisions(&self, period: &str) -> usize {
        let period = period.parse().unwrap();
        let closes = self.town.registry.list_account_closes(period).await;
        closes.unwrap().len()
    }

    /// The accounts as of a revision, by key.
    pub(crate) async fn accounts(
        &self,
        period: &str,
        revision: u32,
    ) -> BTreeMap<String, KeptAccount> {
        let (registry, all) = (&self.town.registry, Principal::local());
        let period: AccountPeriod = period.parse().unwrap();
        let page = registry
            .list_accounts(&all, period, revision, None, None, 100)
            .await;
        let totals = registry.list_totals(&all, period, revision).await.unwrap();
        let all = page.unwrap().entries.into_iter().chain(totals);
        all.map(|one| (one.holder.key().to_owned(), one)).collect()
    }

    pub(crate) async fn value(&self, period: &str, revision: u32, key: &str, kind: &str) -> String {
        let accounts = self.accounts(period, revision).await;
        let figure = accounts[key].account.find(kind);
        let value = figure.and_then(|figure| figure.value.clone());
        value.unwrap_or_else(|| "-".into())
    }
}

pub(crate) fn moment(text: &str) -> Moment {
    let text = if text.len() == 10 {
        format!("{text}T00:00:00+08:00")
    } else {
        text.to_owned()
    };
    text.parse().unwrap()
}
