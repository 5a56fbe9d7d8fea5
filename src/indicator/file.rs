//! The catalogue as people write it: TOML files under `config/indicators/`.

use serde::Deserialize;

use super::{Catalogue, Indicator, IndicatorNo, Kind};

/// A catalogue file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueFault {
    /// The text is not such a file.
    #[error("{file}: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// What is wrong, with its line.
        reason: String,
    },
    /// Two indicators share a code or a number.
    #[error(
        "{file}: `{code}` (number {number}) stands in the catalogue already; numbers are never reused"
    )]
    Twice {
        /// The file.
        file: String,
        /// The code.
        code: String,
        /// The number.
        number: u16,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogueFile {
    indicator: Vec<IndicatorEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IndicatorEntry {
    number: u16,
    code: String,
    zh: String,
    en: String,
    unit: String,
    kind: KindEntry,
    lower: f64,
    upper: f64,
    source: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KindEntry {
    Register,
    Amount,
    State,
    Switch,
}

impl From<KindEntry> for Kind {
    fn from(entry: KindEntry) -> Self {
        match entry {
            KindEntry::Register => Self::Register,
            KindEntry::Amount => Self::Amount,
            KindEntry::State => Self::State,
            KindEntry::Switch => Self::Switch,
        }
    }
}

// The files that are compiled in: name and text.
include!(concat!(env!("OUT_DIR"), "/indicators.rs"));

/// Adds the indicators of one file's `text` to `catalogue`.
///
/// # Errors
/// A text that is not such a file, or a code or number that is taken.
pub fn read(catalogue: &mut Catalogue, file: &str, text: &str) -> Result<(), CatalogueFault> {
    let parsed: CatalogueFile =
        toml::from_str(text).map_err(|error| CatalogueFault::Unreadable {
            file: file.to_owned(),
            reason: error.to_string(),
        })?;
    for entry in parsed.indicator {
        let (code, number) = (entry.code.clone(), entry.number);
        if !catalogue.add(indicator(entry)) {
            return Err(CatalogueFault::Twice {
                file: file.to_owned(),
                code,
                number,
            });
        }
    }
    Ok(())
}

/// The catalogue that is compiled in.
///
/// # Errors
/// A compiled-in file that is wrong; a test holds that there is none.
pub fn built_in() -> Result<Catalogue, CatalogueFault> {
    let mut catalogue = Catalogue::default();
    for (file, text) in SHIPPED {
        read(&mut catalogue, file, text)?;
    }
    Ok(catalogue)
}

fn indicator(entry: IndicatorEntry) -> Indicator {
    Indicator {
        number: IndicatorNo::new(entry.number),
        code: entry.code,
        name_zh: entry.zh,
        name_en: entry.en,
        unit: entry.unit,
        kind: entry.kind.into(),
        limit_lower: entry.lower,
        limit_upper: entry.upper,
        source: entry.source,
    }
}
