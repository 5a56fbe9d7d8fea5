//! Rows of table `latest`: the newest first value of each series of 64 meters.

use crate::calendar::Moment;
use crate::indicator::IndicatorNo;
use crate::park::{GatewayNo, MeterNo};

use crate::store::Row;

use super::Broken;
use super::bytes::{Left, put, seal, unseal, zigzag};
use super::chunk::{Origin, marks, unmarked};

/// Format of the rows.
const VERSION: u8 = 1;

/// The row of table `latest` that holds `meter`.
#[must_use]
pub fn latest_key(meter: MeterNo) -> i64 {
    i64::from(meter.get() >> 6)
}

/// The meters of a row, first and last.
#[must_use]
pub fn latest_meters(key: i64) -> Option<(MeterNo, MeterNo)> {
    let first = u32::try_from(key).ok()?.checked_mul(64)?;
    Some((MeterNo::new(first), MeterNo::new(first | 63)))
}

/// The row as bytes, sealed for `key`.
pub fn encode_latest<'a>(rows: impl Iterator<Item = &'a Row>, key: i64) -> Vec<u8> {
    let mut out = vec![VERSION];
    for row in rows {
        let origin = origin_of(row);
        put(&mut out, u64::from(row.meter.get()));
        put(&mut out, u64::from(row.indicator.get()));
        put(&mut out, zigzag(row.at.unix_ms()));
        out.extend_from_slice(&row.number.to_le_bytes());
        put(&mut out, u64::from(origin.gateway.get()));
        put(&mut out, u64::from(marks(&origin)));
        put(&mut out, origin.epoch.unwrap_or(0));
        put(&mut out, origin.seq.unwrap_or(0));
        put(&mut out, zigzag(origin.received_s));
    }
    seal(&mut out, key);
    out
}

/// Hands the rows that `bytes` hold under `key` to `take`.
///
/// # Errors
/// [`Broken`] if the bytes are not what was written under their key.
pub fn decode_latest(bytes: &[u8], key: i64, mut take: impl FnMut(Row)) -> Result<(), Broken> {
    let mut left = Left::new(unseal(bytes, key)?);
    if left.byte()? != VERSION {
        return Err(Broken("version"));
    }
    while !left.is_empty() {
        let meter = MeterNo::new(left.number_32()?);
        let indicator = IndicatorNo::new(left.number_16()?);
        let at = Moment::from_unix_ms(left.signed()?);
        let number = f64::from_le_bytes(left.eight()?);
        let gateway = GatewayNo::new(left.number_32()?);
        let marks = left.number()?.cast_signed();
        let mut origin = unmarked(marks, gateway).ok_or(Broken("marks"))?;
        let (epoch, seq) = (left.number()?, left.number()?);
        origin.epoch = origin.epoch.map(|_| epoch);
        origin.seq = origin.seq.map(|_| seq);
        origin.received_s = left.signed()?;
        take(row_of(meter, indicator, at, number, &origin, 1));
    }
    Ok(())
}

/// A kept value as rooms above see it.
#[must_use]
pub fn row_of(
    meter: MeterNo,
    indicator: IndicatorNo,
    at: Moment,
    number: f64,
    origin: &Origin,
    revision: u32,
) -> Row {
    Row {
        meter,
        indicator,
        at,
        number,
        quality: origin.quality,
        flags: origin.flags,
        received_at: Moment::from_unix_ms(origin.received_s.saturating_mul(1_000)),
        gateway: origin.gateway,
        epoch: origin.epoch,
        seq: origin.seq,
        revision,
    }
}

/// Where a kept value came from.
#[must_use]
pub fn origin_of(row: &Row) -> Origin {
    Origin {
        gateway: row.gateway,
        epoch: row.epoch,
        seq: row.seq,
        received_s: row.received_at.unix_ms().div_euclid(1_000),
        quality: row.quality,
        flags: row.flags,
    }
}
