//! `config check` and `config show`.

use clap::Subcommand;

use crate::config::{Layers, Leaf, Settings};

use super::{Failure, Out, Outcome, Verdict};

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub(super) enum Config {
    /// Say whether the configuration holds; every fault with its file and line
    Check,
    /// Print every key with the value that holds and where it comes from; secrets masked
    Show,
}

pub(super) fn run(config: &Config, layers: &Layers, out: &mut Out) -> Outcome {
    match config {
        Config::Check => check(layers, out)?,
        Config::Show if out.is_json() => show_json(layers, out)?,
        Config::Show => show_text(layers, out)?,
    }
    Ok(Verdict::Done)
}

fn check(layers: &Layers, out: &mut Out) -> Result<(), Failure> {
    Settings::from_layers(layers)?;
    if out.is_json() {
        return out.json(&serde_json::json!({ "faults": [] }));
    }
    out.line("the configuration holds")
}

fn show_text(layers: &Layers, out: &mut Out) -> Result<(), Failure> {
    for (key, entry) in layers.iter() {
        let value = as_json(&entry.shown());
        out.line(format_args!("{key} = {value}  # {}", entry.origin))?;
    }
    Ok(())
}

fn show_json(layers: &Layers, out: &mut Out) -> Result<(), Failure> {
    let rows: serde_json::Map<_, _> = layers
        .iter()
        .map(|(key, entry)| {
            let value = as_json(&entry.shown());
            let origin = entry.origin.to_string();
            let row = serde_json::json!({ "value": value, "origin": origin });
            (key.to_owned(), row)
        })
        .collect();
    out.json(&rows)
}

/// A leaf as JSON, which is also how TOML writes it.
fn as_json(leaf: &Leaf) -> serde_json::Value {
    match leaf {
        Leaf::Text(text) => text.as_str().into(),
        Leaf::Whole(number) => (*number).into(),
        Leaf::Texts(texts) => texts.as_slice().into(),
    }
}
