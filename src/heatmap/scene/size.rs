//! The size of a picture and of the type on it.

use std::fmt;
use std::str::FromStr;

/// Width and height of a picture, in whole pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    width_px: u32,
    height_px: u32,
}

/// A size that no picture can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a size of a picture: write 1600x1200, each side {least} to {most} pixels, neither more than three times the other",
    least = Size::SIDE_MIN,
    most = Size::SIDE_MAX
)]
pub struct SizeRefused {
    /// What was asked for.
    pub text: String,
}

impl Size {
    /// What is painted if nobody says otherwise.
    pub const DEFAULT: Self = Self {
        width_px: 1600,
        height_px: 1200,
    };
    /// Landscape A3 (420 x 297 mm) at four pixels a millimetre.
    pub const A3: Self = Self {
        width_px: 1680,
        height_px: 1188,
    };
    /// Shortest side: below it legend and foot leave no room for the map.
    pub const SIDE_MIN: u32 = 600;
    /// Longest side: 256 MiB as pixels.
    pub const SIDE_MAX: u32 = 8000;

    /// A size within the limits.
    ///
    /// # Errors
    /// A side too short or too long, or a strip.
    pub fn new(width_px: u32, height_px: u32) -> Result<Self, SizeRefused> {
        let sides = Self::SIDE_MIN..=Self::SIDE_MAX;
        let (long, short) = (width_px.max(height_px), width_px.min(height_px));
        if !sides.contains(&width_px)
            || !sides.contains(&height_px)
            || u64::from(long) > 3 * u64::from(short)
        {
            return Err(SizeRefused {
                text: format!("{width_px}x{height_px}"),
            });
        }
        Ok(Self {
            width_px,
            height_px,
        })
    }

    /// Pixels across.
    #[must_use]
    pub const fn width_px(self) -> u32 {
        self.width_px
    }

    /// Pixels down.
    #[must_use]
    pub const fn height_px(self) -> u32 {
        self.height_px
    }

    /// The smallest type: at least 11 px and 0.9 % of the height (issue 4, "heatmap"), here a
    /// little above both.
    pub(super) fn small_px(self) -> f64 {
        (0.0115 * f64::from(self.height_px)).max(11.5)
    }
}

impl FromStr for Size {
    type Err = SizeRefused;

    fn from_str(text: &str) -> Result<Self, SizeRefused> {
        let refused = || SizeRefused {
            text: text.to_owned(),
        };
        let (width, height) = text.split_once('x').ok_or_else(refused)?;
        let side = |text: &str| text.parse::<u32>().map_err(|_cause| refused());
        Self::new(side(width)?, side(height)?).map_err(|_cause| refused())
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width_px, self.height_px)
    }
}
