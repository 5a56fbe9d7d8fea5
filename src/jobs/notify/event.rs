//! What happens to notifications, by name. No address and no secret is logged.

use crate::store::registry::Channel;
use crate::vitals::{Event, Label};

/// Nothing could be looked for, or kept.
pub(super) struct LookFailed {
    pub(super) fault: String,
}

impl Event for LookFailed {
    const NAME: &'static str = "notifications_stalled";
    const HELP: &'static str = "Looks for notifications that failed; they are tried again.";

    fn log(&self) {
        tracing::error!(fault = %self.fault, "notifications: not looked for; it is tried again");
    }
}

/// More of a gateway's quarantine is not kept in full.
pub(super) struct QuarantineOverflows {
    pub(super) gateway: String,
    pub(super) bytes_kept: u64,
    pub(super) items_cut: u64,
}

impl Event for QuarantineOverflows {
    const NAME: &'static str = "quarantine_overflows";
    const HELP: &'static str = "Times that more of a quarantine was found not kept in full.";

    fn log(&self) {
        let Self {
            gateway,
            bytes_kept,
            items_cut,
        } = self;
        tracing::warn!(
            gateway,
            bytes_kept,
            items_cut,
            "quarantine: over quarantine.max_bytes, only code, digest and count are kept"
        );
    }
}

/// A notification reached its address.
pub(super) struct Delivered {
    pub(super) channel: Channel,
    pub(super) number: i64,
}

impl Event for Delivered {
    const NAME: &'static str = "notifications_delivered";
    const HELP: &'static str = "Notifications that a mail server or webhook took.";

    fn label(&self) -> Option<Label> {
        Some(("channel", self.channel.as_str()))
    }

    fn log(&self) {
        let channel = self.channel.as_str();
        tracing::info!(channel, number = self.number, "notifications: delivered");
    }
}

/// A try failed.
pub(super) struct DeliveryFailed {
    pub(super) channel: Channel,
    pub(super) number: i64,
    pub(super) fault: String,
    pub(super) is_dead: bool,
}

impl Event for DeliveryFailed {
    const NAME: &'static str = "notification_tries_failed";
    const HELP: &'static str = "Tries to deliver a notification that failed.";

    fn label(&self) -> Option<Label> {
        Some(("channel", self.channel.as_str()))
    }

    fn log(&self) {
        let (channel, number, fault) = (self.channel.as_str(), self.number, &self.fault);
        if self.is_dead {
            tracing::error!(channel, number, %fault, "notifications: a delivery is given up; it can be sent again");
        } else {
            tracing::warn!(channel, number, %fault, "notifications: a try failed; another one comes");
        }
    }
}
