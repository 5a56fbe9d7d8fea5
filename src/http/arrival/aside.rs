//! What lies in quarantine, heaped by gateway and cause, and the gateways' trial messages.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use serde_json::Value;

use crate::calendar::{Moment, Period};
use crate::intake;
use crate::park::{EnterpriseCode, Gateway, GatewayId};
use crate::reading::{Code, Taken};
use crate::store::{Engine, QuarantineFilter, QuarantineNo, Quarantined, StoreFault};

/// How long ago an item may have come, in days.
const LOOK_BACK_DAYS: i64 = 30;
const DAY_MS: i64 = 86_400_000;
/// Items read at once, and at most of one gateway: the newest.
const PAGE: usize = 1_000;
const ITEMS_MAX: usize = 20_000;
/// Items in one file.
const EXPORTED_MAX: usize = 50_000;
/// Clocks are set wrong by whole quarters of an hour, and drift by less.
const QUARTER_MS: i64 = 900_000;

/// Items of one gateway with one cause.
#[derive(Clone, Debug)]
pub(super) struct Heap {
    pub(super) gateway: GatewayId,
    pub(super) enterprise: EnterpriseCode,
    pub(super) code: Code,
    /// How far its clock runs ahead, to the quarter of an hour; below 0 behind. Of
    /// `time_out_of_range` alone.
    pub(super) ahead_ms: Option<i64>,
    pub(super) items: u64,
    /// Whether the gateway has older items that were not looked at: there may be more than `items`.
    pub(super) has_more: bool,
    pub(super) newest_at: Moment,
    /// The newest item.
    pub(super) newest: QuarantineNo,
    /// What exactly, of the newest.
    pub(super) detail: String,
    /// The meter that the newest names, if it can be read.
    pub(super) meter: Option<String>,
}

/// The heaps of `gateways` that nobody has taken in, the newest first.
pub(super) fn heaps(
    engine: &dyn Engine,
    gateways: &[Gateway],
    now: Moment,
) -> Result<Vec<Heap>, StoreFault> {
    let mut heaps = Vec::new();
    for gateway in gateways {
        heaps.extend(of_gateway(engine, gateway, now)?);
    }
    heaps.sort_by(|a, b| {
        b.newest_at
            .cmp(&a.newest_at)
            .then(a.gateway.cmp(&b.gateway))
    });
    Ok(heaps)
}

/// What the heaps of `gateways` are made of, item by item, gateway by gateway; and whether there is
/// more than that.
pub(super) fn items(
    engine: &dyn Engine,
    gateways: &[Gateway],
    now: Moment,
) -> Result<(Vec<(Gateway, Quarantined)>, bool), StoreFault> {
    let (mut items, mut has_more) = (Vec::new(), false);
    for gateway in gateways {
        let before = items.len();
        has_more |= each_item(engine, gateway, now, &mut |item| {
            items.push((gateway.clone(), item.clone()));
        })?;
        if let Some(own) = items.get_mut(before..) {
            own.reverse();
        }
        if items.len() > EXPORTED_MAX {
            items.truncate(EXPORTED_MAX);
            has_more = true;
            break;
        }
    }
    Ok((items, has_more))
}

/// Hands out the items of a gateway that nobody has taken in, the newest first, and says whether it
/// stopped before the last.
fn each_item(
    engine: &dyn Engine,
    gateway: &Gateway,
    now: Moment,
    take: &mut dyn FnMut(&Quarantined),
) -> Result<bool, StoreFault> {
    let mut filter = QuarantineFilter {
        gateway: Some(gateway.number),
        replayed: Some(false),
        received: Period::new(now.plus_ms(-LOOK_BACK_DAYS * DAY_MS), now.plus_ms(1)),
        limit: PAGE,
        newest_before: Some(QuarantineNo::LAST),
        ..QuarantineFilter::default()
    };
    let mut seen = 0;
    loop {
        let mut read = 0;
        engine.quarantined(&filter.clone(), &mut |item| {
            read += 1;
            filter.newest_before = Some(item.number);
            take(item);
            ControlFlow::Continue(())
        })?;
        seen += read;
        if read < PAGE || seen >= ITEMS_MAX {
            return Ok(read == PAGE);
        }
    }
}

/// What makes items of a gateway one heap: code, how far the clock is off, which unknown meter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct HeapKey(Code, Option<i64>, Option<String>);

impl HeapKey {
    fn of(item: &Quarantined) -> Self {
        // Unknown meters are a heap each: each is registered apart.
        let meter = (item.code == Code::UnknownMeter).then(|| item.detail.clone());
        Self(item.code, ahead_ms(item.code, &item.detail), meter)
    }

    /// Why they were set aside.
    pub(super) const fn code(&self) -> Code {
        self.0
    }

    /// How far the clock runs ahead.
    pub(super) const fn ahead_ms(&self) -> Option<i64> {
        self.1
    }
}

/// The heap that the item `number` of a gateway lies on, with all its items, oldest first; `None` if
/// it lies there no more.
pub(super) fn heap_of(
    engine: &dyn Engine,
    gateway: &Gateway,
    number: QuarantineNo,
    now: Moment,
) -> Result<Option<(HeapKey, Vec<QuarantineNo>)>, StoreFault> {
    let mut heaps: BTreeMap<HeapKey, Vec<QuarantineNo>> = BTreeMap::new();
    each_item(engine, gateway, now, &mut |item| {
        heaps
            .entry(HeapKey::of(item))
            .or_default()
            .push(item.number);
    })?;
    let mut heaps = heaps.into_iter();
    let heap = heaps.find(|(_, items)| items.contains(&number));
    Ok(heap.map(|(key, mut items)| {
        items.reverse();
        (key, items)
    }))
}

fn of_gateway(
    engine: &dyn Engine,
    gateway: &Gateway,
    now: Moment,
) -> Result<Vec<Heap>, StoreFault> {
    let mut heaps: BTreeMap<HeapKey, Heap> = BTreeMap::new();
    let has_more = each_item(engine, gateway, now, &mut |item| {
        let key = HeapKey::of(item);
        let ahead_ms = key.ahead_ms();
        let heap = heaps.entry(key);
        let heap = heap.or_insert_with(|| Heap {
            gateway: gateway.id.clone(),
            enterprise: gateway.enterprise.clone(),
            code: item.code,
            ahead_ms,
            items: 0,
            has_more: false,
            newest_at: item.received_at,
            newest: item.number,
            detail: item.detail.clone(),
            meter: None,
        });
        heap.items += 1;
        if item.received_at > heap.newest_at {
            heap.newest_at = item.received_at;
            heap.newest = item.number;
            heap.detail.clone_from(&item.detail);
        }
    })?;
    let mut heaps: Vec<Heap> = heaps.into_values().collect();
    for heap in &mut heaps {
        heap.has_more = has_more;
        let raw = engine.quarantined_raw(heap.newest)?;
        heap.meter = raw.as_deref().and_then(meter_named);
    }
    Ok(heaps)
}

/// How far ahead a clock is, to the quarter of an hour.
fn ahead_ms(code: Code, detail: &str) -> Option<i64> {
    if code != Code::TimeOutOfRange {
        return None;
    }
    let exact = intake::ahead_ms(detail)?;
    Some((exact + QUARTER_MS / 2).div_euclid(QUARTER_MS) * QUARTER_MS)
}

/// The meter that a kept reading names.
fn meter_named(raw: &[u8]) -> Option<String> {
    let reading: Value = serde_json::from_slice(raw).ok()?;
    let named = reading.get("meter").and_then(Value::as_str)?;
    Some(named.chars().take(64).collect())
}

/// The newest trial message of a gateway in the last 24 hours.
pub(super) fn newest_trial(
    engine: &dyn Engine,
    gateway: &Gateway,
    now: Moment,
) -> Result<Option<Taken>, StoreFault> {
    let mut newest = None;
    engine.trials(gateway.number, now, 1, &mut |taken| {
        newest = Some(taken.clone());
        ControlFlow::Break(())
    })?;
    Ok(newest)
}
