//! Numbers that look random and are the same each time, and what they do to bytes that were right:
//! a failing stream is found again by its number. Knows no protocol.

/// A small generator (splitmix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// From 0 to `below`, which is left out; 0 of nothing.
    pub(crate) fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(below.max(1)).unwrap()).unwrap()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.roll(256)).unwrap()
    }

    /// Changes `bytes` at up to `most` places: bits, bytes, pieces left out, said twice, cut off, or
    /// one of `tokens`, which matter to who reads them.
    pub(crate) fn mutate(&mut self, bytes: &mut Vec<u8>, tokens: &[&[u8]], most: usize) {
        for _ in 0..=self.roll(most) {
            let place = self.roll(bytes.len() + 1);
            let end = (place + 1 + self.roll(16)).min(bytes.len());
            match self.roll(8) {
                0 if place < bytes.len() => bytes[place] ^= 1 << self.roll(8),
                1 if place < bytes.len() => bytes[place] = self.byte(),
                2 => bytes.insert(place, self.byte()),
                3 => drop(bytes.drain(place..end)),
                4 => {
                    let again = bytes[place..end].to_vec();
                    bytes.splice(place..place, again);
                }
                5 => self.token(bytes, place..place, tokens),
                6 => self.token(bytes, place..end, tokens),
                _ if self.roll(4) == 0 => bytes.truncate(place),
                _ => {}
            }
        }
    }

    fn token(&mut self, bytes: &mut Vec<u8>, over: std::ops::Range<usize>, tokens: &[&[u8]]) {
        let token = tokens[self.roll(tokens.len())];
        bytes.splice(over, token.iter().copied());
    }
}
