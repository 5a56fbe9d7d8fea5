//! What a topic or filter means for one gateway (contract.md 2, "Where"). Pure text, no state.

use crate::ingest::Fault;
use crate::ingest::Faults;

use super::frame::Reason;

/// Where a PUBLISH goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// `…/readings`.
    Readings,
    /// `…/test`.
    Trial,
    /// `…/status`.
    Status,
    /// Anywhere else: refused and counted.
    Foreign,
}

/// Where a gateway may publish and subscribe.
#[derive(Clone, Debug)]
pub(super) struct Own {
    prefix: String,
    faults: Faults,
    /// Whether only test messages are taken.
    trials_only: bool,
}

impl Own {
    /// The place of the gateway whose prefix, with its trailing slash, is `prefix`.
    pub(super) fn new(prefix: String, faults: Faults) -> Self {
        Self {
            prefix,
            faults,
            trials_only: false,
        }
    }

    /// The same; for a credential that may send test messages alone where `trials_only`.
    pub(super) fn with_trials_only(mut self, trials_only: bool) -> Self {
        self.trials_only = trials_only;
        self
    }

    /// Where one may publish, in words.
    pub(super) fn allowed(&self) -> String {
        if self.trials_only {
            let test = self.down("test");
            return format!("{test}, the only topic of a token for test messages");
        }
        format!("readings, test or status below {}", self.down(""))
    }

    /// The down topic `name` of this gateway.
    pub(super) fn down(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// The last level of `topic` below the own prefix, compared whole with its trailing slash.
    fn below<'a>(&self, topic: &'a str) -> Option<&'a str> {
        if self.faults.has(Fault::PrefixCut) {
            let bare = self.prefix.trim_end_matches('/');
            return topic
                .strip_prefix(bare)?
                .split_once('/')
                .map(|(_, name)| name);
        }
        topic.strip_prefix(self.prefix.as_str())
    }

    /// Where a PUBLISH to `topic` goes.
    ///
    /// # Errors
    /// `TopicInvalid`: no characters, a wildcard or NUL.
    pub(super) fn target(&self, topic: &str) -> Result<Target, Reason> {
        match self.below(topic) {
            Some("test") => return Ok(Target::Trial),
            Some("readings" | "status") if self.trials_only => return Ok(Target::Foreign),
            Some("readings") => return Ok(Target::Readings),
            Some("status") => return Ok(Target::Status),
            _ => {}
        }
        let invalid = topic.is_empty() || topic.contains(['+', '#', '\0']);
        if invalid && !self.faults.has(Fault::WildcardTopic) {
            return Err(Reason::TopicInvalid);
        }
        Ok(Target::Foreign)
    }

    /// The reason code of one subscription: the granted QoS, at most 1, or a refusal.
    ///
    /// # Errors
    /// `Malformed`: wildcards where the standard allows none (MQTT 5, 4.7.1).
    pub(super) fn grant(&self, filter: &str, qos: u8) -> Result<u8, Reason> {
        if !is_filter(filter) {
            return Err(Reason::Malformed);
        }
        if filter.starts_with("$share/") {
            return Ok(Reason::SharedRefused.byte());
        }
        let own = self.below(filter).is_some_and(|rest| !rest.is_empty());
        if own || self.faults.has(Fault::GrantAll) {
            Ok(qos.min(1))
        } else {
            Ok(Reason::NotAuthorized.byte())
        }
    }

    /// Whether the granted `filter` catches the down topic `name`.
    pub(super) fn catches(&self, filter: &str, name: &str) -> bool {
        matches!(self.below(filter), Some(rest) if rest == name || rest == "#" || rest == "+" || rest.strip_suffix("/#") == Some(name))
    }
}

/// Whether wildcards stand alone in their level and `#` in the last (MQTT 5, 4.7.1).
fn is_filter(filter: &str) -> bool {
    let mut levels = filter.split('/').peekable();
    while let Some(level) = levels.next() {
        let alone = level.len() == 1 || !level.contains(['+', '#']);
        if !alone || (level == "#" && levels.peek().is_some()) {
            return false;
        }
    }
    !filter.is_empty()
}
