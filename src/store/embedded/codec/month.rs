//! Month blocks: one column of 16 meters over one month, compressed together.
//!
//! Column 0 holds times and provenance, shared by all indicators as in a day chunk; column
//! `indicator + 1` holds the values of that indicator.

use crate::calendar::Month;
use crate::indicator::IndicatorNo;
use crate::park::MeterNo;

use super::Broken;
use super::bytes::{Left, put, put_len, put_section, seal, unseal};
use super::chunk::{Chunk, ROWS_LIMIT, VERSION, put_rows, take_rows};
use super::column::{put_values, take_values};

/// Meters of one block, as a power of two.
const BLOCK_BITS: u32 = 4;
/// Level of compression: higher ones cost more than they save on columns like these.
const ZSTD_LEVEL: i32 = 1;
/// Unpacked bytes that one column of a block may have.
const UNPACKED_LIMIT: usize = 1 << 30;

/// A block of 16 meters with neighbouring numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Block(u32);

impl Block {
    /// The block of `meter`.
    #[must_use]
    pub const fn of(meter: MeterNo) -> Self {
        Self(meter.get() >> BLOCK_BITS)
    }

    /// The meters of the block that have numbers, first and last.
    #[must_use]
    pub const fn meters(self) -> (MeterNo, MeterNo) {
        let first = self.0 << BLOCK_BITS;
        (MeterNo::new(first), MeterNo::new(first | 15))
    }
}

/// Which column of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// Times and provenance.
    Rows,
    /// The values of one indicator.
    Values(IndicatorNo),
}

/// The row of table `month`: by month, then column, then block, so that a month of one indicator
/// over all meters lies together.
#[must_use]
pub fn month_key(month: Month, column: Column, block: Block) -> i64 {
    let column = match column {
        Column::Rows => 0,
        Column::Values(indicator) => u64::from(indicator.get()) + 1,
    };
    (month_number(month) << 45 | column << 28 | u64::from(block.0)).cast_signed()
}

/// Month, column and block of a row of table `month`.
#[must_use]
pub fn month_key_parts(key: i64) -> Option<(Month, Column, Block)> {
    let bits = key.cast_unsigned();
    let number = i16::try_from(bits >> 45).ok()?;
    let month = Month::new(number / 12, i8::try_from(number % 12 + 1).ok()?)?;
    let column = match (bits >> 28) & 0x1_ffff {
        0 => Column::Rows,
        shifted => Column::Values(IndicatorNo::new(u16::try_from(shifted - 1).ok()?)),
    };
    let block = Block(u32::try_from(bits & 0xfff_ffff).ok()?);
    Some((month, column, block))
}

/// Months since year 0.
fn month_number(month: Month) -> u64 {
    let year = i64::from(month.year().number());
    u64::try_from(year * 12 + i64::from(month.number()) - 1).unwrap_or(0)
}

/// One column of the block's chunks, sealed for `key`. Chunks come by meter. Column
/// [`Column::Rows`] also says which indicators the block has.
///
/// # Errors
/// When a meter has more rows than are read back, or when packing fails, which it does for want of
/// memory only.
pub fn encode_column(
    chunks: &[(MeterNo, Chunk)],
    indicators: &[IndicatorNo],
    month: Month,
    column: Column,
    key: i64,
) -> Result<Vec<u8>, Broken> {
    if chunks.iter().any(|(_, chunk)| chunk.at.len() > ROWS_LIMIT) {
        return Err(Broken("rows"));
    }
    let mut body = Vec::new();
    put_len(&mut body, indicators.len());
    for indicator in indicators {
        put(&mut body, u64::from(indicator.get()));
    }
    let mut section = Vec::new();
    for (meter, chunk) in chunks {
        section.clear();
        match column {
            Column::Rows => put_rows(&mut section, chunk, month.period().from()),
            Column::Values(indicator) => {
                let found = chunk.columns.iter().find(|(of, _)| *of == indicator);
                let Some((_, values)) = found else { continue };
                put_values(&mut section, values);
            }
        }
        put(&mut body, u64::from(meter.get()));
        put_len(&mut body, chunk.at.len());
        put_section(&mut body, &section);
    }
    let packed = zstd::bulk::compress(&body, ZSTD_LEVEL).map_err(|_cause| Broken("packing"))?;
    let mut out = vec![VERSION];
    put_len(&mut out, body.len());
    out.extend_from_slice(&packed);
    seal(&mut out, key);
    Ok(out)
}

/// One column of a block, unpacked.
#[derive(Debug)]
pub struct Unpacked {
    body: Vec<u8>,
    /// Where the meters begin.
    meters_from: usize,
    indicators: Vec<IndicatorNo>,
}

/// Unpacks one column.
///
/// # Errors
/// [`Broken`] if the bytes are not what was written under `key`.
pub fn unpack(bytes: &[u8], key: i64) -> Result<Unpacked, Broken> {
    let mut unpacking = zstd::bulk::Decompressor::new().map_err(|_cause| Broken("unpacking"))?;
    unpack_with(&mut unpacking, bytes, key)
}

/// As [`unpack`], with what unpacked others before: beginning anew costs as much as a small column.
///
/// # Errors
/// As [`unpack`].
pub(in crate::store::embedded) fn unpack_with(
    unpacking: &mut zstd::bulk::Decompressor<'_>,
    bytes: &[u8],
    key: i64,
) -> Result<Unpacked, Broken> {
    let mut left = Left::new(unseal(bytes, key)?);
    if left.byte()? != VERSION {
        return Err(Broken("version"));
    }
    let length = left.count(UNPACKED_LIMIT)?;
    let packed = left.bytes(left.len())?;
    let body = unpacking
        .decompress(packed, length)
        .map_err(|_cause| Broken("packed"))?;
    let mut left = Left::new(&body);
    let mut indicators = Vec::new();
    for _ in 0..left.count(usize::from(u16::MAX))? {
        indicators.push(IndicatorNo::new(left.number_16()?));
    }
    let meters_from = body.len() - left.len();
    Ok(Unpacked {
        body,
        meters_from,
        indicators,
    })
}

impl Unpacked {
    /// The indicators of the block, if this is its [`Column::Rows`].
    #[must_use]
    pub fn indicators(&self) -> &[IndicatorNo] {
        &self.indicators
    }

    pub(super) fn find(&self, wanted: MeterNo) -> Result<Option<(usize, Left<'_>)>, Broken> {
        let mut left = Left::new(self.body.get(self.meters_from..).unwrap_or_default());
        while !left.is_empty() {
            let meter = left.number_32()?;
            let rows = left.number()?;
            let section = left.section()?;
            if meter == wanted.get() {
                // Of the others nothing is asked: what is wrong with one is no matter of this one.
                let rows = usize::try_from(rows)
                    .ok()
                    .filter(|rows| *rows <= ROWS_LIMIT);
                return Ok(Some((rows.ok_or(Broken("rows"))?, section)));
            }
        }
        Ok(None)
    }

    /// Times and provenance of a meter, from column [`Column::Rows`].
    ///
    /// # Errors
    /// [`Broken`] if the bytes do not hold what they announce.
    pub fn rows_of(&self, meter: MeterNo, month: Month) -> Result<Option<Chunk>, Broken> {
        let Some((rows, mut section)) = self.find(meter)? else {
            return Ok(None);
        };
        take_rows(&mut section, rows, month.period().from()).map(Some)
    }

    /// The values of a meter that has `rows` rows, from a column of values.
    ///
    /// # Errors
    /// [`Broken`] if the bytes do not hold what they announce.
    pub fn values_of(&self, meter: MeterNo, rows: usize) -> Result<Option<Vec<f64>>, Broken> {
        match self.find(meter)? {
            None => Ok(None),
            Some((count, mut section)) if count == rows => {
                take_values(&mut section, rows).map(Some)
            }
            Some(_) => Err(Broken("rows")),
        }
    }
}
