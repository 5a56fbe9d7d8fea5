//! The one hash map of this room: hot look-ups by gateway, never iterated for output.
//!
//! The standard hasher is keyed, so keys from outside cannot be made to collide.

/// A map for look-ups alone; its order means nothing.
#[expect(
    clippy::disallowed_types,
    reason = "looked up once a connection, never iterated for output"
)]
pub(crate) type Index<K, V> = std::collections::HashMap<K, V>;
