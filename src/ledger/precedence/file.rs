//! Rules of precedence as people write them: `config/precedence/*.toml`.

use serde::Deserialize;

/// A file of rules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RulesFile {
    pub(super) source: String,
    pub(super) declared: Vec<String>,
    pub(super) declared_as: Option<String>,
    pub(super) rule: Vec<RuleEntry>,
}

/// Which sources go first for some indicators.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleEntry {
    pub(super) indicators: Vec<String>,
    pub(super) first: Vec<String>,
    pub(super) why: String,
}
