//! Promises under violence (contract.md 1): kill -9 in the middle, a failed sync, a full disk.
//! What was acknowledged is there afterwards, nothing stands twice, nothing is invented.

mod full_disk;
mod kill;
pub(crate) mod publisher;
pub(crate) mod site;
mod stop;
mod sync;
