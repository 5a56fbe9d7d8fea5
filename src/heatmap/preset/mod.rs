//! Fixed breaks that have a name: lines of a scheme, or of a plan, by which maps of several years are
//! compared. A new one is a file under `config/breaks/` and no Rust; `build.rs` compiles them in.
//!
//! Knows no layer but its key, and whoever may choose breaks.

mod file;

use std::collections::BTreeMap;

use rust_decimal::Decimal;

pub use file::PresetUnreadable;

/// Breaks between the classes, with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Its id, unique among all.
    pub id: String,
    /// Of which layer, by its key.
    pub layer: String,
    /// The breaks between the classes, rising.
    pub breaks: Vec<Decimal>,
    /// Its name by tag of language, `zh-CN` and `en`.
    pub names: BTreeMap<String, String>,
    /// Where the breaks come from.
    pub source: String,
}

impl Preset {
    /// The presets of a file.
    ///
    /// # Errors
    /// A file that is not TOML, breaks that are no rising numbers, a name that is missing.
    pub fn read_all(text: &str) -> Result<Vec<Self>, PresetUnreadable> {
        file::read(text)
    }

    /// All that are compiled in, in the order of their files.
    ///
    /// # Errors
    /// A file that cannot be read; a test loads them all.
    pub fn shipped() -> Result<Vec<Self>, PresetUnreadable> {
        let mut all = Vec::new();
        for (_, text) in file::SHIPPED {
            all.extend(file::read(text)?);
        }
        Ok(all)
    }
}
