//! `at` as `contract.md` 2 ("Time") takes it: RFC 3339, or an integer whose size tells its unit.
//!
//! An own reading of RFC 3339, because the calendar's library takes more than that (no seconds,
//! `20261122T081500Z`, a zone in brackets) and refuses the last day of 9999, which is a time.

use jiff::civil::DateTime;

use crate::calendar::Moment;
use crate::reading::Code;
use crate::reading::Flags;

use super::Limits;
use super::number;
use super::part::Fault;
use super::part::Level;
use super::part::half_a_pair;
use super::part::quoted;
use super::walk;

/// Milliseconds by which Asia/Shanghai runs ahead of UTC: the offset of a time without one.
const SHANGHAI_MS: i64 = 8 * 3_600_000;
/// The longest time that is looked at: more digits say nothing more.
const LONGEST: usize = 64;
/// The smallest integer that is a time: below it no unit would be sure.
const SMALLEST: i64 = 100_000_000;
/// More than this after it was measured, a reading is `late`.
const LATE_MS: i64 = 3_600_000;

/// The instant that `written` names, and whether it was a leap second.
pub(super) fn read(written: &str, level: Level) -> Result<(Moment, Flags), Fault> {
    if written.starts_with('"') {
        let text = walk::unquote(written).ok_or_else(|| half_a_pair("at"))?;
        return rfc3339(&text).ok_or_else(|| {
            let detail = format!(
                "{} is no time; write it as 2026-11-22T08:15:00+08:00",
                quoted(&text)
            );
            Fault::new(Code::BadTime, detail)
        });
    }
    if !number::is_number(written) {
        return Err(level.misfit("at", written, "a time as text or a whole number"));
    }
    let moment = integer(written).ok_or_else(|| {
        let detail = format!(
            "{} is no time; write seconds, ms, µs or ns since 1970 as a whole number from 1e8 on",
            quoted(written)
        );
        Fault::new(Code::BadTime, detail)
    })?;
    Ok((moment, Flags::default()))
}

/// Holds `at` against the clock window and tells whether it came late.
pub(super) fn window(at: Moment, received_at: Moment, limits: &Limits) -> Result<Flags, Fault> {
    let age_ms = received_at.ms_since(at);
    if age_ms > limits.window_back_ms || age_ms < -limits.window_ahead_ms {
        let detail = format!(
            "{at} lies outside the clock window around {received_at}; set the gateway's clock, then ask for a replay"
        );
        return Err(Fault::new(Code::TimeOutOfRange, detail));
    }
    Ok(if age_ms > LATE_MS {
        Flags::LATE
    } else {
        Flags::default()
    })
}

/// By how many milliseconds a reading was measured after it came, from the detail that the clock window
/// wrote; below 0 before. `None` for any other detail.
#[must_use]
pub fn ahead_ms(detail: &str) -> Option<i64> {
    let (at, rest) = detail.split_once(" lies outside the clock window around ")?;
    let (received_at, _) = rest.split_once(';')?;
    let (at, received_at): (Moment, Moment) = (at.parse().ok()?, received_at.parse().ok()?);
    Some(at.ms_since(received_at))
}

/// Seconds below 1e11, milliseconds below 1e14, microseconds below 1e17, else nanoseconds.
fn integer(written: &str) -> Option<Moment> {
    let count: i64 = written.parse().ok()?;
    let unix_ms = match count {
        ..SMALLEST => return None,
        SMALLEST..100_000_000_000 => count * 1000,
        100_000_000_000..100_000_000_000_000 => count,
        100_000_000_000_000..100_000_000_000_000_000 => count / 1000,
        100_000_000_000_000_000.. => count / 1_000_000,
    };
    Some(Moment::from_unix_ms(unix_ms))
}

fn rfc3339(text: &str) -> Option<(Moment, Flags)> {
    if text.len() > LONGEST {
        return None;
    }
    let (head, rest) = text.as_bytes().split_first_chunk::<19>()?;
    let &[
        y1,
        y2,
        y3,
        y4,
        b'-',
        mo1,
        mo2,
        b'-',
        d1,
        d2,
        b'T' | b't' | b' ',
        h1,
        h2,
        b':',
        mi1,
        mi2,
        b':',
        s1,
        s2,
    ] = head
    else {
        return None;
    };
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    let written_second = two(s1, s2)?;
    let (mut ms, rest) = fraction(rest)?;
    let leap = written_second == 60;
    let second = if leap { 59 } else { written_second };
    if leap {
        ms = 999;
    }
    let civil = DateTime::new(
        year,
        i8::try_from(two(mo1, mo2)?).ok()?,
        i8::try_from(two(d1, d2)?).ok()?,
        i8::try_from(two(h1, h2)?).ok()?,
        i8::try_from(two(mi1, mi2)?).ok()?,
        i8::try_from(second).ok()?,
        0,
    )
    .ok()?;
    let since_epoch = civil.duration_since(jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0));
    let unix_ms = since_epoch.as_secs() * 1000 + ms - offset_ms(rest)?;
    let flags = if leap {
        Flags::LEAP_SECOND
    } else {
        Flags::default()
    };
    Some((Moment::from_unix_ms(unix_ms), flags))
}

/// The milliseconds of a fraction of a second, finer digits cut, and what follows it.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some(digits) = rest.strip_prefix(b".") else {
        return Some((0, rest));
    };
    let length = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    if length == 0 {
        return None;
    }
    let (digits, rest) = digits.split_at_checked(length)?;
    let kept = digits.iter().copied().chain([b'0'; 3]).take(3);
    let ms = kept.fold(0, |ms, digit| ms * 10 + i64::from(digit - b'0'));
    Some((ms, rest))
}

fn offset_ms(rest: &[u8]) -> Option<i64> {
    let (sign, [h1, h2, b':', m1, m2]) = (match rest {
        [] => return Some(SHANGHAI_MS),
        [b'Z' | b'z'] => return Some(0),
        [b'+', hours_minutes @ ..] => (1, hours_minutes),
        [b'-', hours_minutes @ ..] => (-1, hours_minutes),
        _ => return None,
    }) else {
        return None;
    };
    let (hours, minutes) = (two(*h1, *h2)?, two(*m1, *m2)?);
    (hours < 24 && minutes < 60)
        .then(|| sign * (i64::from(hours) * 3_600_000 + i64::from(minutes) * 60_000))
}

/// Two digits.
fn two(tens: u8, ones: u8) -> Option<i16> {
    (tens.is_ascii_digit() && ones.is_ascii_digit())
        .then(|| i16::from(tens - b'0') * 10 + i16::from(ones - b'0'))
}
