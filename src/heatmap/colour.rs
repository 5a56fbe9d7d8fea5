//! Colours, and the ink that can be read on them (WCAG 2 contrast).

use std::fmt;
use std::str::FromStr;

use crate::units::convert::channel;

/// An opaque colour, 8 bits a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rgb {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

/// A text that is not `#rrggbb`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a colour: write #rrggbb")]
pub struct ColourUnreadable {
    /// What was written.
    pub text: String,
}

/// The least contrast of text on its ground (screens.md 11, "Checks").
pub const CONTRAST_MIN: f64 = 4.5;

impl Rgb {
    /// Paper.
    pub const WHITE: Self = Self::hex(0x00ff_ffff);
    /// The last resort among inks.
    pub const BLACK: Self = Self::hex(0);
    /// Text (screens.md 11, ink).
    pub const INK: Self = Self::hex(0x0017_212b);
    /// Quieter text (screens.md 11, ink-2).
    pub const INK_QUIET: Self = Self::hex(0x0047_535f);

    /// `0xrrggbb`.
    #[must_use]
    pub const fn hex(hex: u32) -> Self {
        let [_, red, green, blue] = hex.to_be_bytes();
        Self { red, green, blue }
    }

    /// The part `share` (0 to 1) of the way to `other`, in the gamma-coded channels.
    #[must_use]
    pub fn mixed(self, other: Self, share: f64) -> Self {
        let mix = |from: u8, to: u8| {
            let (from, to) = (f64::from(from), f64::from(to));
            channel(from + (to - from) * share)
        };
        Self {
            red: mix(self.red, other.red),
            green: mix(self.green, other.green),
            blue: mix(self.blue, other.blue),
        }
    }

    /// Relative luminance, 0 to 1 (WCAG 2).
    #[must_use]
    pub fn luminance(self) -> f64 {
        let linear = |byte: u8| {
            let coded = f64::from(byte) / 255.0;
            if coded <= 0.040_45 {
                coded / 12.92
            } else {
                ((coded + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// Contrast with another colour, 1 to 21 (WCAG 2).
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// The ink for text on this ground: the house's ink, else white, else black; one of the last
    /// two always reaches 4.5.
    #[must_use]
    pub fn ink(self) -> Self {
        [Self::INK, Self::WHITE]
            .into_iter()
            .find(|ink| ink.contrast(self) >= CONTRAST_MIN)
            .unwrap_or(Self::BLACK)
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

impl FromStr for Rgb {
    type Err = ColourUnreadable;

    fn from_str(text: &str) -> Result<Self, ColourUnreadable> {
        let refused = || ColourUnreadable {
            text: text.to_owned(),
        };
        let digits = text.strip_prefix('#').ok_or_else(refused)?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(refused());
        }
        u32::from_str_radix(digits, 16)
            .map(Self::hex)
            .map_err(|_cause| refused())
    }
}
