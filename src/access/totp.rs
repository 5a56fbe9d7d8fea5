//! The second factor: time-based one-time passwords (RFC 6238 over RFC 4226), as every
//! authenticator knows them: SHA-1, 6 digits, 30 s.
//!
//! Calculates only: who has which secret, and which step was used before, others know.

use ring::hmac;

use crate::calendar::Moment;

/// How long a code is shown.
const STEP_MS: i64 = 30_000;

/// Steps before and after the present one that count, for clocks that go wrong.
const STEPS_AROUND: i64 = 1;

/// The digits of a code.
const DIGITS: u32 = 6;

/// What server and authenticator share.
pub const SECRET_BYTES: usize = 20;

/// The letters of base 32 (RFC 4648).
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A number of 30 s steps since 1970.
#[must_use]
pub const fn step_at(now: Moment) -> i64 {
    now.unix_ms().div_euclid(STEP_MS)
}

/// The code of `step` with this many digits.
#[must_use]
pub fn code(secret: &[u8], step: i64, digits: u32) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let start = bytes.last().map_or(0, |last| usize::from(last & 0x0f));
    let cut = bytes.get(start..).and_then(|rest| rest.first_chunk::<4>());
    let number = u32::from_be_bytes(*cut.unwrap_or(&[0; 4])) & 0x7fff_ffff;
    let modulus = 10_u64.pow(digits);
    let width = digits.try_into().unwrap_or(usize::MAX);
    format!("{:0width$}", u64::from(number) % modulus)
}

/// The step whose code `offered` is, if it is one around `now` and later than `used`, the last
/// that was taken: a code counts once.
#[must_use]
pub fn find_step(secret: &[u8], offered: &str, now: Moment, used: i64) -> Option<i64> {
    let present = step_at(now);
    let mut found = None;
    // Every step is computed, whichever fits.
    for step in present - STEPS_AROUND..=present + STEPS_AROUND {
        let fits: bool = subtle::ConstantTimeEq::ct_eq(
            code(secret, step, DIGITS).as_bytes(),
            offered.as_bytes(),
        )
        .into();
        if fits && step > used && found.is_none() {
            found = Some(step);
        }
    }
    found
}

/// `bytes` in base 32 without padding, as people type a secret.
#[must_use]
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(letter(held >> bits));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(letter(held << (5 - bits)));
    }
    text
}

fn letter(bits: u32) -> char {
    let index = usize::try_from(bits & 31).unwrap_or(0);
    char::from(BASE32.get(index).copied().unwrap_or(b'A'))
}

/// What an authenticator reads from a picture: the secret with whose it is.
#[must_use]
pub fn address(secret: &[u8], account: &str) -> String {
    let secret = base32(secret);
    format!(
        "otpauth://totp/parkpulse:{account}?secret={secret}&issuer=parkpulse&algorithm=SHA1&digits={DIGITS}&period=30"
    )
}
