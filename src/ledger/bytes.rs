//! The bytes that ledger records are made of: variable-length integers, exact numbers, instants.
//!
//! Reading never trusts what it reads: an overrun or a nonsense length is an error, not a panic.
//! Knows no record.

use num_bigint::{BigInt, BigUint, Sign};

use crate::calendar::Moment;
use crate::units::Exact;

/// Bytes that are no record of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a ledger record is damaged or from a later version; walk its meter again from the readings"
)]
pub struct RecordDamaged;

/// Bytes in the making.
#[derive(Debug, Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    /// Seven bits a byte, lowest first, the high bit for "more".
    pub(super) fn count(&mut self, mut number: u64) {
        loop {
            let [low, ..] = number.to_le_bytes();
            number >>= 7;
            if number == 0 {
                self.0.push(low & 0x7f);
                return;
            }
            self.0.push(low | 0x80);
        }
    }

    /// A signed number, small ones short: 0, -1, 1, -2 become 0, 1, 2, 3.
    pub(super) fn signed(&mut self, number: i64) {
        self.count(((number << 1) ^ (number >> 63)).cast_unsigned());
    }

    pub(super) fn moment(&mut self, moment: Moment) {
        self.signed(moment.unix_ms());
    }

    /// Numerator and denominator, the denominator 1 as nothing.
    pub(super) fn exact(&mut self, number: &Exact) {
        if let Some((numerator, denominator)) = number.words() {
            self.slice(short_signed(&numerator.to_le_bytes()));
            let denominator = if denominator == 1 { 0 } else { denominator };
            self.slice(short(&denominator.to_le_bytes()));
            return;
        }
        let (numerator, denominator) = number.parts();
        self.slice(&match numerator.sign() {
            Sign::NoSign => Vec::new(),
            _ => numerator.to_signed_bytes_le(),
        });
        self.slice(&match denominator.magnitude() {
            one if *one == BigUint::from(1_u8) => Vec::new(),
            other => other.to_bytes_le(),
        });
    }

    pub(super) fn len(&mut self, len: usize) {
        self.count(u64::try_from(len).unwrap_or(u64::MAX));
    }

    fn slice(&mut self, bytes: &[u8]) {
        self.len(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// The bytes of a word without the zeros at its high end.
fn short(mut word: &[u8]) -> &[u8] {
    while let Some((0, rest)) = word.split_last() {
        word = rest;
    }
    word
}

/// The bytes of a signed word without those at its high end that only repeat its sign; of 0 none.
fn short_signed(mut word: &[u8]) -> &[u8] {
    while let Some((last, rest)) = word.split_last() {
        let sign = rest.last().map_or(0, |below| below >> 7);
        if *last != 0_u8.wrapping_sub(sign) {
            break;
        }
        word = rest;
    }
    word
}

/// The word that such bytes are; `None` if it is longer.
fn signed_word(bytes: &[u8]) -> Option<i64> {
    let sign = bytes.last().map_or(0, |last| last >> 7);
    let mut word = [0_u8.wrapping_sub(sign); 8];
    word.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(i64::from_le_bytes(word))
}

/// The word that the bytes of a number not below 0 are; `None` if it is longer.
fn unsigned_word(bytes: &[u8]) -> Option<i64> {
    let mut word = [0_u8; 8];
    word.get_mut(..bytes.len())?.copy_from_slice(bytes);
    i64::try_from(u64::from_le_bytes(word)).ok()
}

/// Bytes being read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn byte(&mut self) -> Result<u8, RecordDamaged> {
        let (byte, rest) = self.0.split_first().ok_or(RecordDamaged)?;
        self.0 = rest;
        Ok(*byte)
    }

    pub(super) fn count(&mut self) -> Result<u64, RecordDamaged> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(RecordDamaged)
    }

    pub(super) fn signed(&mut self) -> Result<i64, RecordDamaged> {
        let number = self.count()?;
        let half = (number >> 1).cast_signed();
        Ok(if number & 1 == 0 { half } else { !half })
    }

    pub(super) fn moment(&mut self) -> Result<Moment, RecordDamaged> {
        self.signed().map(Moment::from_unix_ms)
    }

    pub(super) fn exact(&mut self) -> Result<Exact, RecordDamaged> {
        let (numerator, denominator) = (self.slice()?, self.slice()?);
        let words = match denominator {
            [] => signed_word(numerator).map(Exact::whole),
            bytes => {
                let words = signed_word(numerator).zip(unsigned_word(bytes));
                words.and_then(|(numerator, denominator)| {
                    Exact::ratio_of_words(numerator, denominator)
                })
            }
        };
        if let Some(read) = words {
            return Ok(read);
        }
        let numerator = BigInt::from_signed_bytes_le(numerator);
        let denominator = match denominator {
            [] => BigInt::from(1),
            bytes => BigInt::from_bytes_le(Sign::Plus, bytes),
        };
        Exact::ratio(numerator, denominator).ok_or(RecordDamaged)
    }

    fn slice(&mut self) -> Result<&'a [u8], RecordDamaged> {
        let len = usize::try_from(self.count()?).unwrap_or(usize::MAX);
        let (slice, rest) = self.0.split_at_checked(len).ok_or(RecordDamaged)?;
        self.0 = rest;
        Ok(slice)
    }

    /// Everything must have been read.
    pub(super) fn finish(self) -> Result<(), RecordDamaged> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(RecordDamaged)
        }
    }
}
