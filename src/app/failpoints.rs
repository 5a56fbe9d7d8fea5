//! Named places of failure (contract.md 8), planted from the environment `FAILPOINTS` in builds
//! with the feature `failpoints` and in no others.

/// Holds the planted failpoints until it is dropped.
pub struct Failpoints {
    #[cfg(feature = "failpoints")]
    _scenario: fail::FailScenario<'static>,
}

impl std::fmt::Debug for Failpoints {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Failpoints")
    }
}

/// Plants what `FAILPOINTS` says. Without the feature: nothing.
#[must_use]
pub fn plant() -> Failpoints {
    Failpoints {
        #[cfg(feature = "failpoints")]
        _scenario: fail::FailScenario::setup(),
    }
}
