//! What holds, for whoever runs the platform to look at: every key beside its default, secrets masked.

use crate::http::{Installation, ShownSetting};

use super::reader::Reader;
use super::{Layers, Leaf, Origin, Refused};

/// Every setting of `layers`, and what else the page of the system administrator judges by.
pub(super) fn installation(reader: &Reader<'_>, layers: &Layers) -> Installation {
    Installation {
        settings: settings(layers).unwrap_or_default(),
        log_warn_bytes: reader.bytes("store.log_warn"),
    }
}

fn settings(layers: &Layers) -> Result<Vec<ShownSetting>, Refused> {
    let defaults = Layers::defaults()?;
    let shown = |(key, entry): (&str, &super::Entry)| ShownSetting {
        key: key.to_owned(),
        value: written(&entry.shown()),
        default: defaults
            .find(key)
            .map_or_else(String::new, |entry| written(&entry.leaf)),
        origin: match entry.origin {
            Origin::Default(_) => "default",
            Origin::File(..) => "file",
            Origin::Environment(_) => "environment",
            Origin::CommandLine(_) => "command line",
        },
    };
    Ok(layers.iter().map(shown).collect())
}

/// A value as people read it.
fn written(leaf: &Leaf) -> String {
    match leaf {
        Leaf::Text(text) => text.clone(),
        Leaf::Whole(number) => number.to_string(),
        Leaf::Texts(texts) => texts.join(", "),
    }
}
