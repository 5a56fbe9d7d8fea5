//! What a command that works on the data directory is handed.

use std::path::{Path, PathBuf};

use crate::access::Principal;
use crate::app::Parts;
use crate::app::control::Inputs;

use super::Failure;

/// The open data directory and the caller's files. The same whether the command opened the
/// directory itself or runs in the process that owns it.
#[derive(Debug)]
pub struct Context<'a> {
    /// Store, registry, catalogue, clock, settings.
    pub parts: &'a Parts,
    /// Who asks: whoever may open the directory.
    pub principal: Principal,
    inputs: &'a Inputs,
    place: &'a Path,
}

impl<'a> Context<'a> {
    /// A context for a caller in the working directory `place` who brings `inputs`.
    #[must_use]
    pub fn new(parts: &'a Parts, inputs: &'a Inputs, place: &'a Path) -> Self {
        Self {
            parts,
            principal: Principal::local(),
            inputs,
            place,
        }
    }

    /// The content of an input file; the command named it in `inputs()`.
    ///
    /// # Errors
    /// The command did not name it.
    pub fn input(&self, path: &Path) -> Result<&'a [u8], Failure> {
        let found = self.inputs.get(path).map(Vec::as_slice);
        found.ok_or_else(|| Failure::failed(format!("{} was not brought along", path.display())))
    }

    /// Where an output file goes that the caller wrote as `path`.
    #[must_use]
    pub fn output(&self, path: &Path) -> PathBuf {
        self.place.join(path)
    }
}
