//! How much of what is too much. The defaults are those of `contract.md` 2.

/// The limits of one message (contract.md 2, "Limits"). Every field is a configuration key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes a message.
    pub message_bytes: usize,
    /// Readings a message.
    pub readings: usize,
    /// Values a reading.
    pub values: usize,
    /// Objects and lists within each other, the message itself counting 1.
    pub depth: usize,
    /// Bytes kept of an item that is set aside.
    pub raw_bytes: usize,
    /// Milliseconds that `at` may lie before receipt.
    pub window_back_ms: i64,
    /// Milliseconds that `at` may lie after receipt.
    pub window_ahead_ms: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: 256 * 1024,
            readings: 1_000,
            values: 64,
            depth: 8,
            raw_bytes: 64 * 1024,
            window_back_ms: 400 * 86_400_000,
            window_ahead_ms: 10 * 60_000,
        }
    }
}
