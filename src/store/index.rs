//! The one hash map of this room, for hot lookups by numbers that come from outside.

/// A map with a randomly keyed hasher, so that nobody can choose numbers that collide. Never
/// iterated: its order differs from run to run.
#[expect(
    clippy::disallowed_types,
    reason = "hot lookups by meter; never iterated; keyed hasher (std's default)"
)]
pub(super) type Index<K, V> = std::collections::HashMap<K, V>;
