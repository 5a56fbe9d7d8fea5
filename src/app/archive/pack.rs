//! Making an archive while serving.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::app::Parts;
use crate::calendar::Moment;

use super::file::{FORMAT, FORMAT_SEALED, Manifest, Packed, Sealing};
use super::passphrase::Passphrase;
use super::{
    AUDIT_HEAD, AUDIT_KEY, ArchiveFailed, FILES, KEYS, MANIFEST, READINGS, REGISTRY, TOKEN_KEY,
    backup_note, sync_names, system,
};

/// Writes an archive of `parts` to `target`, which must not exist: under a temporary name first,
/// synced, then renamed. With a passphrase the keys in it are sealed.
///
/// # Errors
/// See [`ArchiveFailed`]; a half-written archive never has the name `target`.
pub async fn pack(
    parts: &Parts,
    target: &Path,
    passphrase: Option<Passphrase>,
) -> Result<(), ArchiveFailed> {
    if target.exists() {
        return Err(ArchiveFailed::Exists(target.to_owned()));
    }
    // Beside the data, where there is room for a second copy or nowhere.
    let copies = parts
        .directory
        .place_for_copies()
        .map_err(system("making a place"))?;
    let engine = Arc::clone(&parts.engine);
    let readings = copies.path().join(READINGS);
    let snapshot = tokio::task::spawn_blocking(move || engine.write_snapshot(&readings)).await;
    snapshot
        .map_err(io::Error::other)
        .map_err(system("copying the readings"))??;
    // Before the registry: a head may be older than the log, never newer.
    let place = parts.directory.path();
    for (name, doing) in [
        (AUDIT_KEY, "copying audit.key"),
        (AUDIT_HEAD, "copying audit.head"),
    ] {
        std::fs::copy(place.join(name), copies.path().join(name)).map_err(system(doing))?;
    }
    parts
        .registry
        .copy_to(&copies.path().join(REGISTRY))
        .await?;
    let key = place.join(TOKEN_KEY);
    std::fs::copy(key, copies.path().join(TOKEN_KEY)).map_err(system("copying token.key"))?;
    let now = parts.clock.now();
    let (from, to) = (copies.path().to_owned(), target.to_owned());
    let written = tokio::task::spawn_blocking(move || {
        let sealing = passphrase.map(|one| seal(&from, &one)).transpose()?;
        write(&from, &to, now, sealing)
    });
    let written = written.await.map_err(io::Error::other).flatten();
    written.map_err(system("writing the archive"))?;
    note(place, now).map_err(system("noting when the backup was made"))
}

/// Notes that a whole archive was written, for whoever asks how old the last one is.
fn note(place: &Path, now: Moment) -> io::Result<()> {
    let mut temporary = NamedTempFile::new_in(place)?;
    writeln!(temporary, "{now}")?;
    temporary.as_file().sync_all()?;
    temporary.persist(backup_note(place))?;
    sync_names(place)
}

/// Seals the keys among the copies in place.
fn seal(copies: &Path, passphrase: &Passphrase) -> io::Result<Sealing> {
    let sealing = Sealing::new()?;
    for name in KEYS {
        let copy = copies.join(name);
        let sealed = sealing.seal(passphrase, name, &std::fs::read(&copy)?)?;
        let mut file = NamedTempFile::new_in(copies)?;
        file.write_all(&sealed)?;
        file.persist(&copy)?;
    }
    Ok(sealing)
}

fn write(copies: &Path, target: &Path, now: Moment, sealing: Option<Sealing>) -> io::Result<()> {
    let manifest = Manifest {
        format: sealing.as_ref().map_or(FORMAT, |_sealed| FORMAT_SEALED),
        sealing,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: now.to_string(),
        files: FILES
            .iter()
            .map(|name| packed(copies, name))
            .collect::<io::Result<_>>()?,
    };
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let temporary = NamedTempFile::new_in(folder)?;
    let encoder = zstd::Encoder::new(BufWriter::new(temporary), 1)?;
    let mut tar = tar::Builder::new(encoder);
    let text = serde_json::to_vec(&manifest).map_err(io::Error::other)?;
    append(&mut tar, MANIFEST, text.len() as u64, text.as_slice())?;
    for file in &manifest.files {
        let content = BufReader::new(File::open(copies.join(&file.name))?);
        append(&mut tar, &file.name, file.bytes, content)?;
    }
    let buffered = tar.into_inner()?.finish()?;
    let temporary = buffered
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?;
    temporary.as_file().sync_all()?;
    temporary.persist_noclobber(target)?;
    sync_names(folder)
}

fn append(
    tar: &mut tar::Builder<impl Write>,
    name: &str,
    bytes: u64,
    content: impl Read,
) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(0o600);
    tar.append_data(&mut header, name, content)
}

fn packed(copies: &Path, name: &str) -> io::Result<Packed> {
    let mut file = File::open(copies.join(name))?;
    let mut digest = Sha256::new();
    let bytes = io::copy(&mut file, &mut digest)?;
    Ok(Packed {
        name: name.to_owned(),
        bytes,
        sha256: hex::encode(digest.finalize()),
    })
}
