//! The one clock that looks at the machine.

use crate::calendar::{Clock, Moment};

/// The machine's clock, cut to whole milliseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "`app` owns the clock and hands it down"
    )]
    fn now(&self) -> Moment {
        Moment::from_unix_ms(jiff::Timestamp::now().as_millisecond())
    }
}
