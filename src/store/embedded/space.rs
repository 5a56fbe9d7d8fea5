//! Room on the disk, looked at before it is gone.

use std::path::Path;

use crate::store::Space;

use super::Settings;

/// What the room left allows. A disk that cannot be asked is taken for one with room: writing will
/// tell.
pub(super) fn space_at(path: &Path, settings: &Settings) -> Space {
    let Ok(found) = rustix::fs::statvfs(path) else {
        return Space::Plenty;
    };
    let free_bytes = found.f_bavail.saturating_mul(found.f_frsize);
    let all_bytes = found.f_blocks.saturating_mul(found.f_frsize);
    // On a small disk the floors would be the disk.
    let floor_take_bytes = settings.space_floor_take_bytes.min(all_bytes / 20);
    let floor_fold_bytes = settings.space_floor_fold_bytes.min(all_bytes / 10);
    if free_bytes < floor_take_bytes {
        Space::TakingStopped
    } else if free_bytes < floor_fold_bytes {
        Space::FoldingStopped
    } else {
        Space::Plenty
    }
}
