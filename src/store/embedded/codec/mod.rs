//! Bytes on disk: the log's batches, day chunks, month blocks. Pure: no disk, no clock.
//!
//! Everything is checked by a CRC-32 over the bytes and their key, so that a misplaced blob is
//! caught as well as a torn one. Whatever bytes come, reading ends with rows or with a [`Broken`].

pub mod batch;
mod bytes;
pub mod chunk;
mod column;
mod decimal;
pub mod latest;
pub mod month;
pub mod strip;

pub use bytes::Broken;
