//! The read buffer of a connection: small while it is idle, never larger than one packet needs.

use tokio::io::{AsyncRead, AsyncReadExt};

/// Bytes an idle connection holds.
const IDLE_BYTES: usize = 512;
/// Bytes read at once under load.
const BUSY_BYTES: usize = 64 * 1024;

/// Bytes that came and are not yet understood.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    bytes: Vec<u8>,
    start: usize,
    busy: bool,
}

impl Inbox {
    /// What is not yet understood.
    pub(super) fn unread(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    /// Marks `length` bytes as understood.
    pub(super) fn advance(&mut self, length: usize) {
        self.start = (self.start + length).min(self.bytes.len());
        if self.start == self.bytes.len() {
            self.bytes.clear();
            self.start = 0;
            if !self.busy && self.bytes.capacity() > IDLE_BYTES {
                self.bytes = Vec::new();
            }
        }
    }

    /// Reads once from `stream`; `packet_bytes` is the length of the packet that has begun, if it
    /// is known. Says how many bytes came, 0 at the end of the stream. Cancel safe.
    pub(super) async fn read<S: AsyncRead + Unpin>(
        &mut self,
        stream: &mut S,
        packet_bytes: Option<usize>,
    ) -> std::io::Result<usize> {
        let held = self.bytes.len() - self.start;
        let missing = packet_bytes.map_or(0, |whole| whole.saturating_sub(held));
        let room = missing.max(if self.busy { BUSY_BYTES } else { IDLE_BYTES });
        if self.bytes.capacity() - self.bytes.len() < room.min(IDLE_BYTES).max(missing) {
            self.bytes.drain(..self.start);
            self.start = 0;
            self.bytes.reserve_exact(room);
        }
        let free = self.bytes.capacity() - self.bytes.len();
        let count = stream.read_buf(&mut self.bytes).await?;
        self.busy = count == free || (self.busy && count > IDLE_BYTES);
        Ok(count)
    }
}
