//! Public holidays as people write them: `config/holidays/*.toml`, a year each.

use serde::Deserialize;

use super::{Day, Holidays, Year};

// The files that are compiled in: name and text.
include!(concat!(env!("OUT_DIR"), "/holidays.rs"));

/// A file of holidays that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}; correct it, no day of that year is placed")]
pub struct HolidaysRefused {
    /// The file.
    pub place: String,
    /// What is wrong.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YearFile {
    year: i16,
    source: String,
    off: Vec<OffEntry>,
    #[serde(default)]
    worked: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OffEntry {
    name: String,
    from: String,
    to: String,
}

impl Holidays {
    /// The holidays that are compiled in.
    ///
    /// # Errors
    /// See [`Holidays::read`].
    pub fn shipped() -> Result<Self, HolidaysRefused> {
        Self::read(SHIPPED)
    }

    /// The holidays of `files` (name and text), a year each. `to` is the first day after.
    ///
    /// # Errors
    /// A text that is no such file, no source, a year that stands twice, a day outside its year or off
    /// twice, a worked day that is no weekend or is off.
    pub fn read(files: &[(&str, &str)]) -> Result<Self, HolidaysRefused> {
        let mut all = Self::default();
        for (name, text) in files {
            let refused = |reason: String| HolidaysRefused {
                place: (*name).to_owned(),
                reason,
            };
            let file: YearFile =
                toml::from_str(text).map_err(|cause| refused(cause.to_string()))?;
            add(&mut all, file).map_err(refused)?;
        }
        Ok(all)
    }
}

fn add(all: &mut Holidays, file: YearFile) -> Result<(), String> {
    let year = Year::new(file.year);
    if file.source.trim().is_empty() {
        return Err("holidays need their source".to_owned());
    }
    if !all.years.insert(year) {
        return Err(format!("{year} stands twice"));
    }
    let read = |text: &str| {
        let day: Day = text
            .parse()
            .map_err(|_cause| format!("`{text}` is no day"))?;
        Ok::<_, String>(day)
    };
    for entry in file.off {
        let (from, to) = (read(&entry.from)?, read(&entry.to)?);
        if to <= from {
            return Err(format!("{} ends before it begins", entry.name));
        }
        let mut day = from;
        while day < to {
            if day.month().year() != year {
                return Err(format!("{day} is not in {year}"));
            }
            if all.off.insert(day, entry.name.clone()).is_some() {
                return Err(format!("{day} is off twice"));
            }
            day = day.next();
        }
    }
    for text in &file.worked {
        let day = read(text)?;
        if day.month().year() != year || !day.is_weekend() || all.off.contains_key(&day) {
            return Err(format!("{day} is no weekend day of {year} that is worked"));
        }
        all.worked.insert(day);
    }
    Ok(())
}
