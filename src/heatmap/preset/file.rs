//! Named breaks as their file writes them.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::text::Language;

use super::Preset;

include!(concat!(env!("OUT_DIR"), "/breaks.rs"));

/// Most breaks between classes.
const BREAKS_MAX: usize = 8;

/// Why a file of named breaks cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("named breaks cannot be used: {detail}")]
pub struct PresetUnreadable {
    /// What is wrong, by id and key.
    pub detail: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PresetFile {
    preset: Vec<PresetEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PresetEntry {
    id: String,
    layer: String,
    breaks: Vec<String>,
    source: String,
    name: BTreeMap<String, String>,
}

pub(super) fn read(text: &str) -> Result<Vec<Preset>, PresetUnreadable> {
    let unreadable = |detail: String| PresetUnreadable { detail };
    let file: PresetFile = toml::from_str(text).map_err(|cause| unreadable(cause.to_string()))?;
    file.preset.into_iter().map(preset).collect()
}

fn preset(entry: PresetEntry) -> Result<Preset, PresetUnreadable> {
    let unreadable = |detail: &str| PresetUnreadable {
        detail: format!("{}.{detail}", entry.id),
    };
    let breaks: Result<Vec<Decimal>, _> = entry
        .breaks
        .iter()
        .map(|text| Decimal::from_str_exact(text))
        .collect();
    let breaks = breaks.map_err(|cause| unreadable(&format!("breaks: {cause}")))?;
    if breaks.is_empty() || breaks.len() > BREAKS_MAX {
        return Err(unreadable("breaks: 1 to 8 are needed"));
    }
    if breaks
        .iter()
        .zip(breaks.iter().skip(1))
        .any(|(a, b)| a >= b)
    {
        return Err(unreadable("breaks: they do not rise"));
    }
    if entry.source.trim().is_empty() {
        return Err(unreadable("source: nobody knows where they come from"));
    }
    for language in Language::ALL {
        let name = entry.name.get(language.tag());
        if name.is_none_or(|name| name.trim().is_empty()) {
            return Err(unreadable(&format!("name.{}: is missing", language.tag())));
        }
    }
    Ok(Preset {
        id: entry.id,
        layer: entry.layer,
        breaks,
        names: entry.name,
        source: entry.source,
    })
}
