//! Planted faults: places where a test makes the door break a rule, to see the check turn red.
//!
//! Without the feature `failpoints` the set is always empty and the branches compile away.

/// A rule that the door can be told to break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Fault {
    /// Acknowledges before the commit is on disk.
    AckUnsynced,
    /// Compares the prefix without its trailing slash.
    PrefixCut,
    /// Says `session_present` 0 to a known client.
    SessionDenied,
    /// Lets the reserved CONNECT flag pass.
    ReservedFlag,
    /// Takes a repeated QoS 2 id again.
    TwiceTaken,
    /// Never tells a client that it exceeded the window.
    WindowOpen,
    /// Acknowledges a foreign topic as if it were its own.
    ForeignAcked,
    /// Lets a second CONNECT pass.
    ConnectTwice,
    /// Lets packet id 0 pass.
    IdZero,
    /// Grants every subscription.
    GrantAll,
    /// Lets a will go anywhere.
    WillAnywhere,
    /// Says 0x00 to an unreadable payload.
    UnreadableHidden,
    /// Leaves revoked credentials connected.
    RevokedStays,
    /// Lets a client take another gateway's id.
    BorrowedId,
    /// Leaves a PUBREL of an unknown id unanswered.
    ReleaseUnheard,
    /// Acknowledges in the wrong order.
    AcksReversed,
    /// Lets wildcards pass in a publish topic.
    WildcardTopic,
    /// Never closes a connection that sends no CONNECT.
    PatientForever,
    /// Sends Receive Maximum to nobody and no properties at all.
    PropertiesUnsaid,
    /// Sends no receipts.
    ReceiptsWithheld,
}

/// A set of planted faults; empty outside tests.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    #[cfg(feature = "failpoints")]
    bits: u32,
}

#[cfg(feature = "failpoints")]
impl Faults {
    /// The set with `fault` planted.
    #[must_use]
    pub fn planted(fault: Fault) -> Self {
        Self {
            bits: 1 << fault as u32,
        }
    }

    pub(crate) fn has(self, fault: Fault) -> bool {
        self.bits & (1 << fault as u32) != 0
    }
}

#[cfg(not(feature = "failpoints"))]
impl Faults {
    pub(crate) const fn has(self, _fault: Fault) -> bool {
        false
    }
}
