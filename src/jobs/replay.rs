//! Takes quarantined items in after a repair: the same bytes through the same `intake`, against
//! what is registered now, with the receipt they had then. What is still not good stays where it
//! is; who did it, how and why is kept with the item (contract.md 2 and 5).

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use crate::calendar::Clock;
use crate::indicator::Catalogue;
use crate::intake::{self, Amendment, Context, Limits};
use crate::park::Roster;
use crate::reading::{Code, Purpose, Taken};
use crate::store::{
    BatchNo, Quarantine, QuarantineFilter, QuarantineNo, Quarantined, Replay, Replayed, StoreFault,
};

/// Items looked at between two questions to the store.
const PAGE: usize = 256;

/// What a replay works with.
#[derive(Debug)]
pub struct Desk<'a> {
    /// Where the items are, and where they go.
    pub quarantine: &'a dyn Quarantine,
    /// Who is registered now.
    pub roster: &'a Roster,
    /// What can be measured now.
    pub catalogue: &'a Catalogue,
    /// The limits of a message. The clock window is held against the receipt of then.
    pub limits: &'a Limits,
    /// For the note on the item.
    pub clock: &'a dyn Clock,
}

/// What is to be changed, and who answers for it.
#[derive(Clone, Debug)]
pub struct Order {
    /// Another time or meter.
    pub amendment: Amendment,
    /// Who.
    pub who: String,
    /// How and why, in words, as `--shift -8h; gateway set to UTC`.
    pub how: String,
    /// Whether to try only.
    pub dry_run: bool,
}

/// What became of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Became {
    /// Taken in; parts that are still not good are new items.
    Taken {
        /// Values kept.
        kept: u64,
        /// Values set aside again.
        set_aside: u64,
    },
    /// Nothing of it was good: it stays as it was.
    Refused {
        /// Why, this time.
        code: Code,
        /// What exactly.
        detail: String,
    },
    /// Its bytes were not kept (`quarantine.max_bytes`): the sender has to send it again.
    NotKept,
    /// Only the first part of its bytes was kept (`quarantine.item_bytes_max`): what is left may
    /// read like a whole message and is not one. The sender has to send it again.
    Cut,
    /// It was taken in before.
    Before,
}

/// Replays the items named, each told to `tell`.
///
/// # Errors
/// There is no such item, or the store failed; items told before are done.
pub fn replay_items(
    desk: &Desk<'_>,
    items: &[QuarantineNo],
    order: &Order,
    mut tell: impl FnMut(&Quarantined, Became),
) -> Result<(), StoreFault> {
    for number in items {
        let item = desk.quarantine.quarantined_item(*number)?;
        let (became, _batch) = desk.replay(&item, order)?;
        tell(&item, became);
    }
    Ok(())
}

/// Replays every item that fits `filter`, oldest first, each told to `tell`. Items that this very
/// replay makes are left for the next one.
///
/// # Errors
/// The store failed; items told before are done.
pub fn replay_all(
    desk: &Desk<'_>,
    filter: &QuarantineFilter,
    order: &Order,
    mut tell: impl FnMut(&Quarantined, Became),
) -> Result<(), StoreFault> {
    let mut ours: BTreeSet<BatchNo> = BTreeSet::new();
    let mut filter = QuarantineFilter {
        limit: PAGE,
        replayed: Some(false),
        ..filter.clone()
    };
    loop {
        let mut page = Vec::new();
        desk.quarantine.quarantined(&filter, &mut |item| {
            page.push(item.clone());
            ControlFlow::Continue(())
        })?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        filter.after = Some(last.number);
        page.retain(|item| !ours.contains(&item.batch));
        for item in &page {
            let (became, batch) = desk.replay(item, order)?;
            ours.extend(batch);
            tell(item, became);
        }
    }
}

impl Desk<'_> {
    fn replay(
        &self,
        item: &Quarantined,
        order: &Order,
    ) -> Result<(Became, Option<BatchNo>), StoreFault> {
        if item.replayed.is_some() {
            return Ok((Became::Before, None));
        }
        let Some(raw) = self.quarantine.quarantined_raw(item.number)? else {
            return Ok((Became::NotKept, None));
        };
        // One that just fits is as long as one that was cut: not to be told apart, so neither.
        if raw.len() >= self.limits.raw_bytes {
            return Ok((Became::Cut, None));
        }
        let taken = self.take(item, &raw, order)?;
        let kept = taken.values_kept();
        if kept == 0 {
            let refused = taken.set_aside.first();
            let code = refused.map_or(item.code, |part| part.code);
            let detail = refused.map_or_else(String::new, |part| part.detail.clone());
            return Ok((Became::Refused { code, detail }, None));
        }
        let became = Became::Taken {
            kept,
            set_aside: taken.values_set_aside(),
        };
        if order.dry_run {
            return Ok((became, None));
        }
        let batch = self.quarantine.replay(Replay {
            item: item.number,
            taken,
            note: Replayed {
                who: order.who.clone(),
                how: order.how.clone(),
                replayed_at: self.clock.now(),
            },
        })?;
        Ok((became, Some(batch)))
    }

    /// The item as `intake` sees it now, under the number and receipt that it had.
    fn take(&self, item: &Quarantined, raw: &[u8], order: &Order) -> Result<Taken, StoreFault> {
        let gateway = self.roster.gateway_numbered(item.gateway);
        let gateway = gateway.ok_or_else(|| StoreFault::Absent {
            what: "gateway",
            key: format!("#{}", item.gateway.get()),
        })?;
        let context = Context {
            roster: self.roster,
            catalogue: self.catalogue,
            limits: self.limits,
            gateway,
            purpose: Purpose::Ledger,
            received_at: item.received_at,
            unpromised: false,
            amendment: Some(&order.amendment),
        };
        let taken = match item.index {
            Some(_) => intake::take_again(raw, &context),
            None => intake::take_in(raw, &context),
        };
        Ok(Taken {
            epoch: item.epoch,
            seq: item.seq,
            ..taken
        })
    }
}
