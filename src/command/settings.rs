//! The configuration that a command line asks for.

use std::fs;

use crate::config::{Layers, Refused, Settings, from_process};

use super::Failure;
use super::line::Shared;

/// Default, `--config FILE`, environment and `--data-dir DIR`, in this order.
///
/// # Errors
/// The file cannot be read, or something in it is refused.
pub(super) fn layers(shared: &Shared) -> Result<Layers, Failure> {
    let mut layers = Layers::defaults()?;
    let mut refused = Vec::new();
    if let Some(path) = &shared.config {
        let text = fs::read_to_string(path).map_err(|cause| {
            Failure::failed(format!(
                "the configuration {} cannot be read: {cause}",
                path.display()
            ))
        })?;
        note(&mut refused, layers.lay_file(path, &text));
    }
    note(&mut refused, layers.lay_environment(&from_process()));
    if let Some(path) = &shared.data_dir {
        let path = path.to_str().ok_or_else(|| {
            Failure::usage(format!("--data-dir {}: write it in UTF-8", path.display()))
        })?;
        note(
            &mut refused,
            layers.lay_option("--data-dir", "data_dir", path),
        );
    }
    if refused.is_empty() {
        Ok(layers)
    } else {
        Err(Refused(refused).into())
    }
}

/// The settings of all rooms.
///
/// # Errors
/// As [`layers`], and values out of bounds.
pub(super) fn settings(shared: &Shared) -> Result<Settings, Failure> {
    Ok(Settings::from_layers(&layers(shared)?)?)
}

fn note(refused: &mut Vec<crate::config::Fault>, laid: Result<(), Refused>) {
    if let Err(Refused(faults)) = laid {
        refused.extend(faults);
    }
}
