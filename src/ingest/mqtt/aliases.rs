//! Topic aliases of one connection (MQTT 5, 3.3.2.3.4). Kept as targets, so a long foreign topic
//! costs nothing.

use super::frame::Reason;
use super::topic::{Own, Target};

/// The largest alias a client may use.
pub(super) const ALIAS_MAX: u16 = 16;

/// What each alias stands for.
#[derive(Debug, Default)]
pub(super) struct Aliases(Vec<Option<Target>>);

impl Aliases {
    /// Where a PUBLISH with `topic` and `alias` goes; a topic beside an alias defines it anew.
    ///
    /// # Errors
    /// `AliasInvalid` above the maximum; `Protocol` for one never defined; `TopicInvalid`.
    pub(super) fn resolve(
        &mut self,
        own: &Own,
        topic: &str,
        alias: Option<u16>,
    ) -> Result<Target, Reason> {
        let Some(alias) = alias else {
            return own.target(topic);
        };
        if alias == 0 || alias > ALIAS_MAX {
            return Err(Reason::AliasInvalid);
        }
        let place = usize::from(alias - 1);
        if topic.is_empty() {
            return self.0.get(place).copied().flatten().ok_or(Reason::Protocol);
        }
        let target = own.target(topic)?;
        if self.0.is_empty() {
            self.0.resize(usize::from(ALIAS_MAX), None);
        }
        if let Some(kept) = self.0.get_mut(place) {
            *kept = Some(target);
        }
        Ok(target)
    }
}
