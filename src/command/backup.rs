//! `backup FILE` and `restore FILE`: one archive, consistent while serving (contract.md 5).

use std::path::PathBuf;

use clap::Args;
use tokio::runtime::Runtime;

use crate::access::Principal;
use crate::app::archive::{pack, unpack};
use crate::app::{DataDirectory, Parts};
use crate::config::Settings;

use super::{Context, Out, Outcome, Verdict};

/// Where the archive goes.
#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The file to write; it must not exist
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Where the archive comes from.
#[derive(Debug, Args)]
pub(super) struct Restore {
    /// A file that `backup` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Backup {
    pub(super) async fn run(&self, out: &mut Out, context: &Context<'_>) -> Outcome {
        let target = context.output(&self.file);
        // First: so the archive holds the record of itself, and there is none without one.
        let registry = &context.parts.registry;
        let name = target.display().to_string();
        registry
            .note_in_log(&context.principal, "backup", &name, "begun")
            .await?;
        pack(context.parts, &target).await?;
        out.say(format_args!("backup written to {}", target.display()));
        Ok(Verdict::Done)
    }
}

/// Restores into the data directory, which nobody may own and which must be empty, and opens it
/// once to see that it can be.
pub(super) fn restore(restore: &Restore, settings: Settings, out: &mut Out) -> Outcome {
    let directory = DataDirectory::take(&settings.data_dir)?;
    unpack(&restore.file, &directory)?;
    let place = directory.path().display().to_string();
    Runtime::new()?.block_on(async {
        let parts = Parts::open(directory, settings).await?;
        let who = Principal::local();
        let from = restore.file.display().to_string();
        let noted = parts.registry.note_in_log(&who, "restore", &from, "done");
        noted.await?;
        parts.close().await?;
        Ok::<_, super::Failure>(())
    })?;
    out.say(format_args!(
        "restored into {place}; start it with `parkpulse serve`"
    ));
    Ok(Verdict::Done)
}
