//! Following the log: what each committed batch touched, and cursors that hold its rows.

use std::collections::BTreeSet;
use std::fmt::Debug;

use tokio::sync::watch;

use crate::calendar::{Day, Moment};
use crate::indicator::IndicatorNo;
use crate::park::{GatewayNo, MeterNo};
use crate::reading::Quality;

use super::BatchNo;
use super::StoreFault;
use super::Visit;

/// What one batch touched of one day of one meter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TouchedMeter {
    /// Which meter.
    pub meter: MeterNo,
    /// Which day of the park.
    pub day: Day,
    /// Which indicators, by number, each once.
    pub indicators: Vec<IndicatorNo>,
    /// The oldest `at` touched.
    pub at_first: Moment,
    /// The newest `at` touched.
    pub at_last: Moment,
}

/// What one batch brought from one gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TouchedGateway {
    /// Which gateway.
    pub gateway: GatewayNo,
    /// How many messages.
    pub messages: u32,
    /// How many values were received in them (taken, quarantined and refused).
    pub values: u32,
    /// How many of them were quarantined.
    pub quarantined: u32,
    /// The newest time of receipt.
    pub received_at: Moment,
}

/// One committed batch, as those need it who recompute or tell what changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// Its number.
    pub number: BatchNo,
    /// Days of meters, by meter then day.
    pub meters: Vec<TouchedMeter>,
    /// Gateways, by number.
    pub gateways: Vec<TouchedGateway>,
    /// Gateways that sent trial messages, by number, each once.
    pub trials: Vec<GatewayNo>,
}

/// A value as a batch brought it, or the key that a decision is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Brought {
    /// In which batch.
    pub batch: BatchNo,
    /// Of which meter.
    pub meter: MeterNo,
    /// Which indicator.
    pub indicator: IndicatorNo,
    /// When it was measured.
    pub at: Moment,
    /// What came; `None` if something was decided about what had come.
    pub value: Option<(f64, Quality)>,
}

/// The log as a followed stream. A batch row goes only when it is folded and every durable cursor
/// has passed it (house.md, "Who remembers what").
pub trait Follow: Debug + Send + Sync {
    /// The newest committed batch, changing with every commit; 0 before the first.
    fn watch(&self) -> watch::Receiver<BatchNo>;

    /// At most `limit` batches after `after`, in order. Batches that are gone already (no cursor
    /// held them) are not told of: see [`Follow::oldest`].
    ///
    /// # Errors
    /// [`StoreFault`] when reading failed.
    fn batches_after(
        &self,
        after: BatchNo,
        limit: usize,
        visit: Visit<'_, Touched>,
    ) -> Result<(), StoreFault>;

    /// Every value of the indicators `of` that at most `limit` batches after `after` brought, in the
    /// order in which they came, known ones too. A visitor that breaks off is handed the rest of
    /// the batch and no further one. Returns the last batch that was read, or `after`.
    ///
    /// # Errors
    /// [`StoreFault`] when reading failed.
    fn values_after(
        &self,
        after: BatchNo,
        limit: usize,
        of: &BTreeSet<IndicatorNo>,
        visit: Visit<'_, Brought>,
    ) -> Result<BatchNo, StoreFault>;

    /// The oldest batch still in the log; a follower whose cursor is older than the one before it
    /// has to look at everything anew.
    ///
    /// # Errors
    /// [`StoreFault`] when reading failed.
    fn oldest(&self) -> Result<Option<BatchNo>, StoreFault>;

    /// The durable cursor `name`: the last batch its holder is done with.
    ///
    /// # Errors
    /// [`StoreFault`] when reading failed.
    fn cursor(&self, name: &str) -> Result<Option<BatchNo>, StoreFault>;

    /// Keeps the cursor `name`, synced. It never moves back.
    ///
    /// # Errors
    /// [`StoreFault`] when nothing was kept.
    fn save_cursor(&self, name: &str, at: BatchNo) -> Result<(), StoreFault>;

    /// Forgets the cursor `name`, so that it holds no batch any more.
    ///
    /// # Errors
    /// [`StoreFault`] when nothing was changed.
    fn drop_cursor(&self, name: &str) -> Result<(), StoreFault>;
}
