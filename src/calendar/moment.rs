//! An instant in whole milliseconds, and how it is written.

use std::fmt;
use std::str::FromStr;

/// Where RFC 3339 has the second.
const SECOND: std::ops::Range<usize> = 17..19;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

/// Milliseconds by which the park's day runs ahead of UTC (UTC+8, no daylight saving).
pub(super) const PARK_OFFSET_MS: i64 = 8 * 3_600_000;
/// Milliseconds of a day.
pub(super) const DAY_MS: i64 = 86_400_000;

/// An instant, in whole milliseconds since 1970-01-01T00:00:00Z (contract.md 2, "Time").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

/// A text that is not a time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a time: write RFC 3339, as 2026-11-22T08:15:00+08:00")]
pub struct TimeUnreadable {
    /// What was written.
    pub text: String,
}

impl Moment {
    /// The instant `unix_ms` milliseconds after 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_unix_ms(unix_ms: i64) -> Self {
        Self(unix_ms)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn unix_ms(self) -> i64 {
        self.0
    }

    /// The instant `ms` milliseconds later (earlier if negative), saturating.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this instant, saturating.
    #[must_use]
    pub const fn ms_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Moment {
    /// RFC 3339 at UTC+8; milliseconds only where there are any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(timestamp) = Timestamp::from_millisecond(self.0) else {
            return write!(f, "{} ms", self.0);
        };
        let zoned = timestamp.to_zoned(TimeZone::fixed(Offset::constant(8)));
        if self.0.rem_euclid(1000) == 0 {
            write!(f, "{}", zoned.strftime("%Y-%m-%dT%H:%M:%S+08:00"))
        } else {
            write!(f, "{}", zoned.strftime("%Y-%m-%dT%H:%M:%S%.3f+08:00"))
        }
    }
}

impl FromStr for Moment {
    type Err = TimeUnreadable;

    /// RFC 3339 with an offset; finer digits than milliseconds are cut, and a leap second is the last
    /// instant of the second before it (contract.md 2, "Time").
    fn from_str(text: &str) -> Result<Self, TimeUnreadable> {
        let unreadable = || TimeUnreadable {
            text: text.to_owned(),
        };
        let timestamp: Timestamp = text.parse().map_err(|_cause| unreadable())?;
        let is_leap = text.get(SECOND) == Some("60");
        let ms = match timestamp.as_nanosecond().div_euclid(1_000_000) {
            ms if is_leap => ms.div_euclid(1_000) * 1_000 + 999,
            ms => ms,
        };
        i64::try_from(ms).map(Self).map_err(|_cause| unreadable())
    }
}
