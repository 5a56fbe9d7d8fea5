//! Columns: many numbers of one kind, as differences with runs.

use crate::units::convert::whole_as_f64;

use super::Broken;
use super::bytes::{Left, put, put_len, unzigzag, zigzag};
use super::chunk::ROOM;
use super::decimal::{least_scale, power, to_scaled};

/// How often numbers are subtracted before they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Differences: numbers that mostly stay as they are.
    First,
    /// Differences of differences: numbers that mostly grow by the same step.
    Second,
}

/// Turns numbers into differences, one at a time, and back.
#[derive(Debug, Default)]
struct Slope {
    last: i64,
    step: i64,
}

impl Slope {
    fn down(&mut self, number: i64, order: Order) -> i64 {
        let step = number.wrapping_sub(self.last);
        self.last = number;
        match order {
            Order::First => step,
            Order::Second => {
                let change = step.wrapping_sub(self.step);
                self.step = step;
                change
            }
        }
    }

    fn up(&mut self, difference: i64, order: Order) -> i64 {
        let step = match order {
            Order::First => difference,
            Order::Second => {
                self.step = self.step.wrapping_add(difference);
                self.step
            }
        };
        self.last = self.last.wrapping_add(step);
        self.last
    }
}

/// Appends `numbers` as differences; a run of zero differences is a 0 and its length.
pub(super) fn put_numbers(out: &mut Vec<u8>, numbers: impl Iterator<Item = i64>, order: Order) {
    let mut slope = Slope::default();
    let mut run = 0_u64;
    for number in numbers {
        let difference = slope.down(number, order);
        if difference == 0 {
            run += 1;
            continue;
        }
        end_run(out, &mut run);
        put(out, zigzag(difference));
    }
    end_run(out, &mut run);
}

fn end_run(out: &mut Vec<u8>, run: &mut u64) {
    if *run > 0 {
        put(out, 0);
        put(out, *run);
        *run = 0;
    }
}

/// Hands `count` numbers of a column to `take`.
pub(super) fn take_numbers(
    left: &mut Left<'_>,
    count: usize,
    order: Order,
    take: impl FnMut(i64),
) -> Result<(), Broken> {
    take_differences(left, count, order, Left::number, take)
}

#[inline]
fn take_differences<'a>(
    left: &mut Left<'a>,
    count: usize,
    order: Order,
    read: impl Fn(&mut Left<'a>) -> Result<u64, Broken>,
    mut take: impl FnMut(i64),
) -> Result<(), Broken> {
    let mut slope = Slope::default();
    let mut done = 0_usize;
    while done < count {
        let code = read(left)?;
        if code != 0 {
            take(slope.up(unzigzag(code), order));
            done += 1;
            continue;
        }
        let run = left.count(count - done)?;
        if run == 0 {
            return Err(Broken("empty run"));
        }
        for _ in 0..run {
            take(slope.up(0, order));
        }
        done += run;
    }
    Ok(())
}

/// Numbers of a column whose rows are wanted side by side with those of others.
#[derive(Debug)]
pub(super) enum Numbers {
    /// The same in every row, which provenance mostly is.
    Same(i64),
    /// One a row.
    Each(Vec<i64>),
}

impl Numbers {
    /// Reads a column of `count` numbers into the room of the one before.
    pub(super) fn refill(
        &mut self,
        left: &mut Left<'_>,
        count: usize,
        order: Order,
    ) -> Result<(), Broken> {
        if order == Order::First
            && let Some((same, rest)) = same(*left, count)
        {
            *left = rest;
            *self = Self::Same(same);
            return Ok(());
        }
        let mut each = match std::mem::replace(self, Self::Same(0)) {
            Self::Each(each) => each,
            Self::Same(_) => Vec::new(),
        };
        each.clear();
        each.reserve(count.min(ROOM));
        take_numbers(left, count, order, |number| each.push(number))?;
        *self = Self::Each(each);
        Ok(())
    }

    /// One number a row, of `count` rows.
    pub(super) fn spread(&mut self, count: usize) -> &[i64] {
        if let Self::Same(number) = self {
            *self = Self::Each(vec![*number; count]);
        }
        match self {
            Self::Each(numbers) => numbers,
            Self::Same(_) => &[],
        }
    }

    /// The number of a row.
    pub(super) fn get(&self, row: usize) -> Option<i64> {
        match self {
            Self::Same(number) => Some(*number),
            Self::Each(numbers) => numbers.get(row).copied(),
        }
    }
}

impl Default for Numbers {
    /// No rows: 0 in each of them.
    fn default() -> Self {
        Self::Same(0)
    }
}

/// The number that stands in all `count` rows, if the column says so, and what follows it.
fn same(mut left: Left<'_>, count: usize) -> Option<(i64, Left<'_>)> {
    let mut code = left.number().ok()?;
    let mut run = count;
    let number = unzigzag(code);
    if code != 0 {
        run = count.checked_sub(1)?;
        if run == 0 {
            return Some((number, left));
        }
        code = left.number().ok()?;
    }
    let whole = run > 0 && code == 0 && left.count(run).ok()? == run;
    whole.then_some((number, left))
}

/// Marks a column whose values are written by their changed bits.
const BY_BITS: u8 = 0xff;

/// Appends a column of doubles in which NaN stands for "no value here".
pub(super) fn put_values(out: &mut Vec<u8>, values: &[f64]) {
    put_presence(out, values);
    let present = values.iter().copied().filter(|value| !value.is_nan());
    if let Some(scale) = scale_of(present.clone()) {
        out.push(scale);
        let mantissas = present.map(|value| to_scaled(value, scale).unwrap_or_default());
        put_numbers(out, mantissas, Order::First);
        return;
    }
    out.push(BY_BITS);
    let mut last = 0_u64;
    for value in present {
        put_changed(out, value.to_bits() ^ last);
        last = value.to_bits();
    }
}

/// The scale at which all values read back, if there is one.
fn scale_of(values: impl Iterator<Item = f64> + Clone) -> Option<u8> {
    let mut scale = 0;
    let mut grown = false;
    for value in values.clone() {
        if to_scaled(value, scale).is_none() {
            scale = least_scale(value, scale)?.0;
            grown = true;
        }
    }
    let mut values = values;
    let fits = !grown || values.all(|value| to_scaled(value, scale).is_some());
    fits.then_some(scale)
}

/// Appends changed bits without their zero bytes at both ends.
fn put_changed(out: &mut Vec<u8>, bits: u64) {
    let low = if bits == 0 {
        0
    } else {
        bits.trailing_zeros() / 8
    };
    let length = 8 - bits.leading_zeros() / 8 - low;
    let bytes = (bits >> (low * 8)).to_le_bytes();
    let [low, ..] = low.to_le_bytes();
    let [count, ..] = length.to_le_bytes();
    out.push(low << 4 | count);
    out.extend(bytes.iter().take(usize::from(count)));
}

fn take_changed(left: &mut Left<'_>) -> Result<u64, Broken> {
    let head = left.byte()?;
    let (low, count) = (u32::from(head >> 4), usize::from(head & 15));
    let mut bytes = [0_u8; 8];
    let taken = left.bytes(count)?;
    let place = bytes.get_mut(..count).ok_or(Broken("value"))?;
    place.copy_from_slice(taken);
    u64::from_le_bytes(bytes)
        .checked_shl(low * 8)
        .ok_or(Broken("value"))
}

/// Appends where values are: the lengths of runs, present first; one run if all are.
fn put_presence(out: &mut Vec<u8>, values: &[f64]) {
    let runs = values.chunk_by(|one, next| one.is_nan() == next.is_nan());
    let first_absent = values.first().is_some_and(|value| value.is_nan());
    let lead = usize::from(first_absent);
    put_len(out, runs.clone().count() + lead);
    if first_absent {
        put(out, 0);
    }
    for run in runs {
        put_len(out, run.len());
    }
}

/// Reads a column of `count` doubles, NaN where there is no value.
pub(super) fn take_values(left: &mut Left<'_>, count: usize) -> Result<Vec<f64>, Broken> {
    let mut values = Vec::new();
    refill_values(&mut values, left, count)?;
    Ok(values)
}

/// Reads a column of `count` doubles into the room of the one before.
pub(super) fn refill_values(
    values: &mut Vec<f64>,
    left: &mut Left<'_>,
    count: usize,
) -> Result<(), Broken> {
    let runs = left.count(count + 1)?;
    let mut lengths = Vec::with_capacity(runs.min(ROOM));
    let (mut covered, mut present) = (0_usize, 0_usize);
    for run in 0..runs {
        let length = left.count(count - covered)?;
        covered += length;
        if run % 2 == 0 {
            present += length;
        }
        lengths.push(length);
    }
    if covered != count {
        return Err(Broken("presence"));
    }
    values.clear();
    if present == count {
        return take_dense(values, left, present);
    }
    let mut dense = Vec::new();
    take_dense(&mut dense, left, present)?;
    values.reserve(count);
    let mut dense = dense.into_iter();
    for (run, length) in lengths.into_iter().enumerate() {
        if run % 2 == 0 {
            values.extend(dense.by_ref().take(length));
        } else {
            values.extend(std::iter::repeat_n(f64::NAN, length));
        }
    }
    Ok(())
}

fn take_dense(values: &mut Vec<f64>, left: &mut Left<'_>, count: usize) -> Result<(), Broken> {
    values.reserve(count.min(ROOM));
    let mode = left.byte()?;
    if mode == BY_BITS {
        let mut bits = 0_u64;
        for _ in 0..count {
            bits ^= take_changed(left)?;
            values.push(f64::from_bits(bits));
        }
        return Ok(());
    }
    let power = power(mode).ok_or(Broken("scale"))?;
    let take = |mantissa| values.push(whole_as_f64(mantissa) / power);
    take_differences(left, count, Order::First, Left::uneven_number, take)
}
