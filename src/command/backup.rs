//! `backup FILE` and `restore FILE`: one archive, consistent while serving (contract.md 5).

use std::path::PathBuf;

use clap::Args;
use tokio::runtime::Runtime;

use crate::access::Principal;
use crate::app::archive::{Passphrase, pack, unpack};
use crate::app::{DataDirectory, Parts};
use crate::config::Settings;

use super::input::read_bytes;
use super::{Context, Failure, Out, Outcome, Verdict};

/// Where the archive goes.
#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The file to write; it must not exist
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A file whose first line seals the keys of tokens and of the audit log in the archive
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// Where the archive comes from.
#[derive(Debug, Args)]
pub(super) struct Restore {
    /// A file that `backup` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The file whose first line sealed the keys when the archive was made
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl Backup {
    /// The files to bring along.
    pub(super) fn inputs(&self) -> Vec<PathBuf> {
        self.passphrase_file.iter().cloned().collect()
    }

    pub(super) async fn run(&self, out: &mut Out, context: &Context<'_>) -> Outcome {
        let target = context.output(&self.file);
        let passphrase = self.passphrase_file.as_ref();
        let passphrase = passphrase.map(|path| passphrase_of(context.input(path)?));
        let passphrase = passphrase.transpose()?;
        let is_sealed = passphrase.is_some();
        // First: so the archive holds the record of itself, and there is none without one.
        let registry = &context.parts.registry;
        let name = target.display().to_string();
        registry
            .note_in_log(&context.principal, "backup", &name, "begun")
            .await?;
        pack(context.parts, &target, passphrase).await?;
        out.say(format_args!("backup written to {}", target.display()));
        if !is_sealed {
            out.say(format_args!(
                "it holds the keys of tokens and of the audit log in the clear: keep it as you keep those, or seal them (--passphrase-file)"
            ));
        }
        Ok(Verdict::Done)
    }
}

/// Restores into the data directory, which nobody may own and which must be empty, and opens it
/// once to see that it can be.
pub(super) fn restore(restore: &Restore, settings: Settings, out: &mut Out) -> Outcome {
    let passphrase = restore.passphrase_file.as_ref();
    let passphrase = passphrase.map(|path| passphrase_of(&read_bytes(path)?));
    let passphrase = passphrase.transpose()?;
    let directory = DataDirectory::take(&settings.data_dir)?;
    unpack(&restore.file, &directory, passphrase.as_ref())?;
    let place = directory.path().display().to_string();
    Runtime::new()?.block_on(async {
        let parts = Parts::open(directory, settings).await?;
        let who = Principal::local();
        let from = restore.file.display().to_string();
        let noted = parts.registry.note_in_log(&who, "restore", &from, "done");
        noted.await?;
        parts.close().await?;
        Ok::<_, Failure>(())
    })?;
    out.say(format_args!(
        "restored into {place}; start it with `parkpulse serve`"
    ));
    Ok(Verdict::Done)
}

fn passphrase_of(content: &[u8]) -> Result<Passphrase, Failure> {
    Passphrase::of_file(content).map_err(|cause| Failure::failed(cause.to_string()))
}
