//! What happened, named: one log line and one counter each.

/// A counter's one label: key and value, both from the code and never from outside, so that the
/// number of series is bounded.
pub type Label = (&'static str, &'static str);

/// Something worth a log line and a counter, as `gateway_refused`. Each room defines its own, one
/// struct an event, named in the past tense.
pub trait Event {
    /// The counter: `parkpulse_` + this + `_total`.
    const NAME: &'static str;
    /// What the counter counts, for `/metrics`.
    const HELP: &'static str;

    /// Which of the counter's series it belongs to; values from a closed list only.
    fn label(&self) -> Option<Label> {
        None
    }

    /// Writes the one log line (`tracing`), without secrets.
    fn log(&self);
}
