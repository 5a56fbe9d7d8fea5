//! Variable-length integers and bounded reading of bytes.

/// Bytes that are not what they should be, and what was wrong with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("damaged: {0}")]
pub struct Broken(pub &'static str);

/// The sign goes to the lowest bit, so that small negative numbers stay small.
pub(super) const fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

/// The inverse of [`zigzag`].
pub(super) const fn unzigzag(code: u64) -> i64 {
    (code >> 1).cast_signed() ^ -((code & 1).cast_signed())
}

/// Appends `number` in groups of 7 bits, lowest first.
pub(super) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        let [low, ..] = number.to_le_bytes();
        out.push(low | 0x80);
        number >>= 7;
    }
    let [low, ..] = number.to_le_bytes();
    out.push(low);
}

/// Appends a length or count.
pub(super) fn put_len(out: &mut Vec<u8>, length: usize) {
    put(out, u64::try_from(length).unwrap_or(u64::MAX));
}

/// Appends `bytes` behind their length.
pub(super) fn put_section(out: &mut Vec<u8>, bytes: &[u8]) {
    put_len(out, bytes.len());
    out.extend_from_slice(bytes);
}

/// What is left to read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Left<'a>(&'a [u8]);

impl<'a> Left<'a> {
    /// All of `bytes`.
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Whether everything was read.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many bytes are left.
    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    /// The next byte.
    pub(super) fn byte(&mut self) -> Result<u8, Broken> {
        let (first, rest) = self.0.split_first().ok_or(Broken("cut off"))?;
        self.0 = rest;
        Ok(*first)
    }

    /// The next variable-length integer. Most are below 128, or below 16,384.
    #[inline]
    pub(super) fn number(&mut self) -> Result<u64, Broken> {
        match *self.0 {
            [low @ 0..0x80, ref rest @ ..] => {
                self.0 = rest;
                Ok(u64::from(low))
            }
            [low, high @ 0..0x80, ref rest @ ..] => {
                self.0 = rest;
                Ok(u64::from(low & 0x7f) | u64::from(high) << 7)
            }
            _ => self.long_number(),
        }
    }

    /// As [`Left::number`], for numbers of one to four bytes by chance: which length the next one
    /// has cannot be guessed, so nothing is made to depend on a guess.
    #[inline]
    pub(super) fn uneven_number(&mut self) -> Result<u64, Broken> {
        let Some(head) = self.0.first_chunk::<4>() else {
            return self.number();
        };
        let word = u32::from_le_bytes(*head);
        // The highest bit of the number's last byte, which is 0 in `word`.
        let ends = !word & 0x8080_8080;
        if ends == 0 {
            return self.number();
        }
        let length = usize::try_from(ends.trailing_zeros() / 8 + 1).unwrap_or(4);
        self.0 = self.0.get(length..).unwrap_or_default();
        let bits = word & (ends ^ (ends - 1));
        Ok(u64::from(
            bits & 0x7f | bits >> 1 & 0x3f80 | bits >> 2 & 0x1f_c000 | bits >> 3 & 0x0fe0_0000,
        ))
    }

    fn long_number(&mut self) -> Result<u64, Broken> {
        let mut number = 0_u64;
        let mut shift = 0_u32;
        loop {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift >= 63 && bits > 1 {
                return Err(Broken("integer too long"));
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
            shift += 7;
            if shift > 63 {
                return Err(Broken("integer too long"));
            }
        }
    }

    /// The next signed integer.
    pub(super) fn signed(&mut self) -> Result<i64, Broken> {
        self.number().map(unzigzag)
    }

    /// A count that may not pass `limit`, so that damage never asks for much memory.
    pub(super) fn count(&mut self, limit: usize) -> Result<usize, Broken> {
        let count = usize::try_from(self.number()?).map_err(|_too_large| Broken("count"))?;
        if count > limit {
            return Err(Broken("count"));
        }
        Ok(count)
    }

    /// A 32-bit number.
    pub(super) fn number_32(&mut self) -> Result<u32, Broken> {
        u32::try_from(self.number()?).map_err(|_too_large| Broken("number"))
    }

    /// A 16-bit number.
    pub(super) fn number_16(&mut self) -> Result<u16, Broken> {
        u16::try_from(self.number()?).map_err(|_too_large| Broken("number"))
    }

    /// The next `length` bytes.
    pub(super) fn bytes(&mut self, length: usize) -> Result<&'a [u8], Broken> {
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(Broken("cut off"))?;
        self.0 = rest;
        Ok(bytes)
    }

    /// The next 8 bytes.
    pub(super) fn eight(&mut self) -> Result<[u8; 8], Broken> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(Broken("cut off"))?;
        self.0 = rest;
        Ok(*bytes)
    }

    /// The bytes behind their length.
    pub(super) fn section(&mut self) -> Result<Self, Broken> {
        let length = self.count(self.0.len())?;
        self.bytes(length).map(Left)
    }
}

/// Appends the CRC-32 of `out` and `key`.
pub(super) fn seal(out: &mut Vec<u8>, key: i64) {
    let crc = crc(out, key);
    out.extend_from_slice(&crc.to_le_bytes());
}

/// The bytes before the CRC-32, if it is right for `key`.
pub(super) fn unseal(bytes: &[u8], key: i64) -> Result<&[u8], Broken> {
    let (body, found) = bytes.split_last_chunk().ok_or(Broken("cut off"))?;
    if crc(body, key) != u32::from_le_bytes(*found) {
        return Err(Broken("checksum"));
    }
    Ok(body)
}

fn crc(body: &[u8], key: i64) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(body);
    hasher.update(&key.to_le_bytes());
    hasher.finalize()
}
