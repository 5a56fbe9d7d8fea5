//! Chance that is the same every time: a number from a seed and what it is for, in any order.

/// A source of chance that belongs to one thing (a meter, a parcel, a day).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dice(u64);

impl Dice {
    /// The dice of a whole city.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The number the dice began with, so that they can be written down and made again.
    #[must_use]
    pub const fn seed(self) -> u64 {
        self.0
    }

    /// The dice of a part, told apart by `number`.
    #[must_use]
    pub const fn of(self, number: u64) -> Self {
        Self(mixed(self.0 ^ mixed(number)))
    }

    /// A number below `bound` (0 if `bound` is 0) for the purpose `purpose`.
    #[must_use]
    pub fn below(self, purpose: u64, bound: u64) -> u64 {
        self.of(purpose).0.checked_rem(bound).unwrap_or(0)
    }

    /// A number from `from` to `to`, both included.
    #[must_use]
    pub fn between(self, purpose: u64, from: u64, to: u64) -> u64 {
        from + self.below(purpose, to.saturating_sub(from) + 1)
    }

    /// Whether something happens that happens `count` times in `total`.
    #[must_use]
    pub fn hits(self, purpose: u64, count: u64, total: u64) -> bool {
        self.below(purpose, total) < count
    }

    /// A number from -1 to 1 in steps of 1/1000.
    #[must_use]
    pub fn swing(self, purpose: u64) -> f64 {
        f64::from(u32::try_from(self.below(purpose, 2001)).unwrap_or(1000)) / 1000.0 - 1.0
    }

    /// One of `choices`; `None` only if there are none.
    #[must_use]
    pub fn pick<T>(self, purpose: u64, choices: &[T]) -> Option<&T> {
        let place = self.below(purpose, u64::try_from(choices.len()).unwrap_or(0));
        choices.get(usize::try_from(place).unwrap_or(0))
    }
}

/// splitmix64: every bit of `number` moves every bit of the result.
const fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
