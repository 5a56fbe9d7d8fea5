//! The one place that reads the environment.

/// What every variable of ours begins with (contract.md 8).
pub(super) const PREFIX: &str = "PARKPULSE_";

/// The variables of this process that begin with `PARKPULSE_`. Text that is not UTF-8 is kept with
/// replacement characters, so that the key is reported and not passed over.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "`config` is the room that reads the environment"
)]
pub fn from_process() -> Vec<(String, String)> {
    std::env::vars_os()
        .map(|(name, text)| (name.to_string_lossy().into_owned(), text))
        .filter(|(name, _)| name.starts_with(PREFIX))
        .map(|(name, text)| (name, text.to_string_lossy().into_owned()))
        .collect()
}
