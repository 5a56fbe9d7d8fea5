//! The head of a request as JSON.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Inputs, Request};

/// What goes before the bytes of the input files.
#[derive(Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) key: String,
    /// Both sides must be the same program.
    pub(super) version: String,
    arguments: Vec<String>,
    place: PathBuf,
    inputs: Vec<InputHead>,
}

#[derive(Serialize, Deserialize)]
struct InputHead {
    path: PathBuf,
    bytes: usize,
}

impl Head {
    pub(super) fn of(request: &Request, key: &str) -> Self {
        let inputs = request.inputs.iter().map(|(path, content)| InputHead {
            path: path.clone(),
            bytes: content.len(),
        });
        Self {
            key: key.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            arguments: request.arguments.clone(),
            place: request.place.clone(),
            inputs: inputs.collect(),
        }
    }

    pub(super) fn is_of_this_version(&self) -> bool {
        self.version == env!("CARGO_PKG_VERSION")
    }

    /// Bytes of all input files; saturating, for the head may lie.
    pub(super) fn input_bytes(&self) -> usize {
        let sizes = self.inputs.iter().map(|input| input.bytes);
        sizes.fold(0, usize::saturating_add)
    }

    /// The request, its files cut out of `content`; `None` if the sizes do not fit.
    pub(super) fn into_request(self, content: &[u8]) -> Option<Request> {
        let mut rest = content;
        let mut inputs = Inputs::new();
        for input in self.inputs {
            let (file, after) = rest.split_at_checked(input.bytes)?;
            inputs.insert(input.path, file.to_vec());
            rest = after;
        }
        rest.is_empty().then_some(Request {
            arguments: self.arguments,
            place: self.place,
            inputs,
        })
    }
}
