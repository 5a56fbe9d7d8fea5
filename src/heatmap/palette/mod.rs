//! Palettes: the colours of classes and grades. A new palette is a file under
//! `config/palettes/` and no Rust; `build.rs` compiles them in.

mod file;

use std::collections::BTreeMap;

use colorgrad::Gradient;

use crate::heatmap::cell::Grade;
use crate::heatmap::colour::Rgb;
use crate::units::convert::{canvas, channel, len_as_f64};

pub use file::PaletteUnreadable;

/// Colours by rising value, that of negative values, and those of grades if it has any.
#[derive(Clone, Debug, PartialEq)]
pub struct Palette {
    name: String,
    stops: Vec<Rgb>,
    negative: Rgb,
    letters: BTreeMap<Grade, Rgb>,
}

/// No palette of that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no palette `{text}`: give one of {known}")]
pub struct PaletteUnknown {
    /// What was asked for.
    pub text: String,
    /// The names there are, parted by commas.
    pub known: String,
}

impl Palette {
    /// The palette for economy, and for whatever names no other.
    pub const DEFAULT: &'static str = "YlGnBu";
    /// The palette whose letters colour grades.
    pub const GRADES: &'static str = "grades";

    /// A palette from the text of its file.
    ///
    /// # Errors
    /// A file that is not TOML, a colour that is none, fewer than two stops, a letter that is no
    /// grade.
    pub fn from_toml(text: &str) -> Result<Self, PaletteUnreadable> {
        file::read(text)
    }

    /// Every palette that is compiled in, by name of its file.
    ///
    /// # Errors
    /// A file that cannot be read; a test loads them all.
    pub fn shipped() -> Result<Vec<Self>, PaletteUnreadable> {
        file::SHIPPED
            .iter()
            .map(|(_, text)| file::read(text))
            .collect()
    }

    /// The shipped palette of that name, small and capital letters alike.
    ///
    /// # Errors
    /// There is none.
    pub fn named(text: &str) -> Result<Self, PaletteUnknown> {
        let shipped = Self::shipped().unwrap_or_default();
        let known: Vec<String> = shipped.iter().map(|palette| palette.name.clone()).collect();
        shipped
            .into_iter()
            .find(|palette| palette.name.eq_ignore_ascii_case(text))
            .ok_or_else(|| PaletteUnknown {
                text: text.to_owned(),
                known: known.join(", "),
            })
    }

    /// Its name, as people write it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The colours of `count` classes, by rising value: the stops themselves where there are as
    /// many, else taken at equal steps along the ramp.
    #[must_use]
    pub fn colours(&self, count: usize) -> Vec<Rgb> {
        if count == self.stops.len() {
            return self.stops.clone();
        }
        let Ok(ramp) = self.ramp() else {
            return self.stops.iter().copied().cycle().take(count).collect();
        };
        let middle_or_step = |class: usize| match count {
            0 | 1 => 0.5,
            _ => len_as_f64(class) / len_as_f64(count - 1),
        };
        (0..count)
            .map(|class| {
                let [red, green, blue, _] = ramp.at(canvas(middle_or_step(class))).to_array();
                let byte = |share: f32| channel(f64::from(share) * 255.0);
                Rgb {
                    red: byte(red),
                    green: byte(green),
                    blue: byte(blue),
                }
            })
            .collect()
    }

    /// The ramp through the stops, straight in Oklab so that its steps look equal.
    fn ramp(&self) -> Result<colorgrad::LinearGradient, colorgrad::GradientBuilderError> {
        let stops: Vec<colorgrad::Color> = self
            .stops
            .iter()
            .map(|stop| colorgrad::Color::from_rgba8(stop.red, stop.green, stop.blue, 255))
            .collect();
        colorgrad::GradientBuilder::new()
            .colors(&stops)
            .mode(colorgrad::BlendMode::Oklab)
            .build()
    }

    /// The colour of negative values, apart from the ramp.
    #[must_use]
    pub const fn negative(&self) -> Rgb {
        self.negative
    }

    /// The fixed colour of a grade; white in a palette that has none.
    #[must_use]
    pub fn letter(&self, grade: Grade) -> Rgb {
        self.letters.get(&grade).copied().unwrap_or(Rgb::WHITE)
    }

    /// Whether it colours grades.
    #[must_use]
    pub fn has_letters(&self) -> bool {
        !self.letters.is_empty()
    }
}
