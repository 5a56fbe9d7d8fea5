//! A palette as its file writes it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::heatmap::cell::Grade;
use crate::heatmap::colour::Rgb;
use crate::heatmap::palette::Palette;

include!(concat!(env!("OUT_DIR"), "/palettes.rs"));

/// Why a palette's file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a palette cannot be used: {detail}")]
pub struct PaletteUnreadable {
    /// What is wrong, by key.
    pub detail: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PaletteFile {
    name: String,
    /// Where the colours come from; kept in the file for people.
    #[serde(rename = "source")]
    _source: String,
    stops: Vec<String>,
    negative: String,
    #[serde(default)]
    letters: BTreeMap<String, String>,
}

pub(super) fn read(text: &str) -> Result<Palette, PaletteUnreadable> {
    let unreadable = |detail: String| PaletteUnreadable { detail };
    let file: PaletteFile = toml::from_str(text).map_err(|cause| unreadable(cause.to_string()))?;
    let colour = |key: &str, text: &str| {
        text.parse::<Rgb>()
            .map_err(|cause| unreadable(format!("{}.{key}: {cause}", file.name)))
    };
    if file.stops.len() < 2 {
        return Err(unreadable(format!("{}.stops: fewer than two", file.name)));
    }
    let stops = file
        .stops
        .iter()
        .map(|text| colour("stops", text))
        .collect::<Result<_, _>>()?;
    let negative = colour("negative", &file.negative)?;
    let letters = file
        .letters
        .iter()
        .map(|(letter, text)| {
            let grade: Grade = letter
                .parse()
                .map_err(|cause| unreadable(format!("{}.letters: {cause}", file.name)))?;
            Ok((grade, colour("letters", text)?))
        })
        .collect::<Result<_, PaletteUnreadable>>()?;
    Ok(Palette {
        name: file.name,
        stops,
        negative,
        letters,
    })
}
