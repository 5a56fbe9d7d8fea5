//! Named places where a test may stop or fail the process (contract.md 8), which say in the log
//! that they were reached. In a release there are none.

/// The place `name`: does what `FAILPOINTS` planted here.
pub(crate) fn failpoint(name: &'static str) {
    if fail::has_failpoints() && fail::list().iter().any(|(planted, _)| planted == name) {
        tracing::info!("failpoint reached: {name}");
    }
    fail::fail_point!(name);
}
