//! The packet ids a client has open at QoS 2: one bit each, 8 KiB once the first is used.

/// A set of packet ids.
#[derive(Debug, Default)]
pub(super) struct PacketIds {
    words: Vec<u64>,
    count: usize,
}

impl PacketIds {
    /// How many ids are open.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Whether `id` is open.
    pub(super) fn has(&self, id: u16) -> bool {
        let (word, bit) = place(id);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Opens `id`.
    pub(super) fn open(&mut self, id: u16) {
        if self.words.is_empty() {
            self.words.resize(1024, 0);
        }
        let (word, bit) = place(id);
        if let Some(word) = self.words.get_mut(word)
            && *word & bit == 0
        {
            *word |= bit;
            self.count += 1;
        }
    }

    /// Closes `id`; says whether it was open.
    pub(super) fn close(&mut self, id: u16) -> bool {
        let (word, bit) = place(id);
        match self.words.get_mut(word) {
            Some(word) if *word & bit != 0 => {
                *word &= !bit;
                self.count -= 1;
                true
            }
            _ => false,
        }
    }
}

fn place(id: u16) -> (usize, u64) {
    (usize::from(id >> 6), 1 << (id & 63))
}
