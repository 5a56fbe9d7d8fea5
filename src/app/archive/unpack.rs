//! A data directory out of an archive.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::app::DataDirectory;

use super::file::{FORMAT, FORMAT_SEALED, Manifest, Packed, Sealing};
use super::passphrase::Passphrase;
use super::{
    ArchiveFailed, FILES, FILES_ONCE, KEYS, MANIFEST, RESTORING, is_restoring, sync_names, system,
};

/// The most bytes of a manifest.
const MANIFEST_BYTES_MAX: u64 = 64 * 1024;

/// Lays what `archive` holds into the empty `directory`. Everything is unpacked and checked before
/// anything goes into place; a restore that was cut off is told by the mark it leaves, and can be
/// run again. `passphrase` opens its keys where they are sealed.
///
/// # Errors
/// See [`ArchiveFailed`].
pub fn unpack(
    archive: &Path,
    directory: &DataDirectory,
    passphrase: Option<&Passphrase>,
) -> Result<(), ArchiveFailed> {
    let place = directory.path();
    // Any of them: where the readings alone are lost, the registry and the keys are worth most.
    let holds_any = FILES.iter().any(|name| place.join(name).exists());
    if holds_any && !is_restoring(place) {
        return Err(ArchiveFailed::NotEmpty(place.to_owned()));
    }
    let copies = directory
        .place_for_copies()
        .map_err(system("making a place"))?;
    let opened = File::open(archive).map_err(system("opening the backup"))?;
    let unusable = |cause: io::Error| ArchiveFailed::Unusable {
        path: archive.to_owned(),
        what: cause.to_string(),
    };
    let sealing = unpack_into(opened, copies.path()).map_err(unusable)?;
    if let Some(sealing) = sealing {
        let passphrase = passphrase.ok_or_else(|| ArchiveFailed::Sealed(archive.to_owned()))?;
        let is_open = unseal(copies.path(), &sealing, passphrase).map_err(unusable)?;
        is_open
            .then_some(())
            .ok_or_else(|| ArchiveFailed::NotOpened(archive.to_owned()))?;
    }
    put_in_place(copies.path(), place).map_err(system("putting the files in place"))
}

/// Opens the sealed keys among the copies; `false`: the passphrase does not.
fn unseal(copies: &Path, sealing: &Sealing, passphrase: &Passphrase) -> io::Result<bool> {
    for name in KEYS {
        let sealed = fs::read(copies.join(name))?;
        let Some(content) = sealing.open(passphrase, name, &sealed)? else {
            return Ok(false);
        };
        // As every other file of an archive: readable by its owner alone, synced.
        let mut file = tempfile::NamedTempFile::new_in(copies)?;
        file.write_all(&content)?;
        file.as_file().sync_all()?;
        file.persist(copies.join(name))?;
    }
    Ok(true)
}

fn put_in_place(copies: &Path, place: &Path) -> io::Result<()> {
    let mark = place.join(RESTORING);
    File::create(&mark)?.sync_all()?;
    sync_names(place)?;
    for name in FILES {
        for leftover in ["", "-wal", "-shm"] {
            remove_if_there(&place.join(format!("{name}{leftover}")))?;
        }
        if copies.join(name).exists() {
            fs::rename(copies.join(name), place.join(name))?;
        }
    }
    sync_names(place)?;
    fs::remove_file(&mark)?;
    sync_names(place)
}

fn remove_if_there(path: &PathBuf) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(cause),
        _ => Ok(()),
    }
}

/// Unpacks and checks: the files of the manifest, no others, each whole. Gives how its keys are
/// sealed.
fn unpack_into(archive: File, copies: &Path) -> io::Result<Option<Sealing>> {
    let decoder = zstd::Decoder::new(BufReader::new(archive))?;
    let mut tar = tar::Archive::new(decoder);
    let mut entries = tar.entries()?;
    let first = entries.next().ok_or_else(|| wrong("it is empty"))??;
    let manifest = manifest(first)?;
    for expected in &manifest.files {
        let entry = entries.next().ok_or_else(|| wrong("it is cut off"))??;
        let found = write(entry, copies)?;
        if found != *expected {
            return Err(wrong(&format!("{} was changed", expected.name)));
        }
    }
    Ok(manifest.sealing)
}

fn manifest(entry: tar::Entry<'_, impl Read>) -> io::Result<Manifest> {
    if entry.path_bytes().as_ref() != MANIFEST.as_bytes() {
        return Err(wrong("it has no manifest"));
    }
    let mut text = Vec::new();
    entry.take(MANIFEST_BYTES_MAX).read_to_end(&mut text)?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(io::Error::other)?;
    let expected = manifest.sealing.as_ref();
    let expected = expected.map_or(FORMAT, |_sealed| FORMAT_SEALED);
    if manifest.format != expected {
        let words = format!(
            "its format is {}, this program knows {FORMAT} and, sealed, {FORMAT_SEALED}",
            manifest.format
        );
        return Err(wrong(&words));
    }
    let names: Vec<&str> = manifest
        .files
        .iter()
        .map(|file| file.name.as_str())
        .collect();
    if names != FILES && Some(names.as_slice()) != FILES.get(..FILES_ONCE) {
        return Err(wrong("it holds other files than a backup does"));
    }
    Ok(manifest)
}

/// Writes one file, synced, readable by its owner alone; gives what was found.
fn write(mut entry: tar::Entry<'_, impl Read>, copies: &Path) -> io::Result<Packed> {
    let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
    if !FILES.contains(&name.as_str()) || !entry.header().entry_type().is_file() {
        return Err(wrong("it holds other files than a backup does"));
    }
    let mut file = tempfile::NamedTempFile::new_in(copies)?;
    let mut digest = Sha256::new();
    let mut bytes = 0;
    let mut piece = vec![0; 1 << 16];
    loop {
        let count = entry.read(&mut piece)?;
        let Some(read @ [_, ..]) = piece.get(..count) else {
            break;
        };
        digest.update(read);
        file.write_all(read)?;
        bytes += read.len() as u64;
    }
    file.as_file().sync_all()?;
    file.persist(copies.join(&name))?;
    Ok(Packed {
        name,
        bytes,
        sha256: hex::encode(digest.finalize()),
    })
}

fn wrong(what: &str) -> io::Error {
    io::Error::other(what.to_owned())
}
