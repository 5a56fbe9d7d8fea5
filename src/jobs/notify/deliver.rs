//! Brings what waits in the outbox to its addresses: a few at a time, each with a limit of time, again
//! after a rest that doubles, and given up after so many tries.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::store::registry::{Channel, Delivery, Tried};

use super::Notifier;
use super::event::{Delivered, DeliveryFailed, LookFailed};

/// Between two looks into the outbox.
const REST: Duration = Duration::from_secs(1);

/// The longest rest between two tries.
const RETRY_MAX: Duration = Duration::from_hours(1);

/// Delivers on and on; nothing where no way is configured.
pub(super) async fn follow(notifier: &Notifier) {
    if notifier.ways.is_empty() {
        return;
    }
    loop {
        match notifier.registry.due_deliveries().await {
            Ok(due) => {
                for delivery in &due {
                    bring(notifier, delivery).await;
                }
            }
            Err(fault) => notifier.vitals.record(&LookFailed {
                fault: fault.to_string(),
            }),
        }
        sleep(REST.min(notifier.settings.retry_first)).await;
    }
}

/// One try, with what came of it noted.
async fn bring(notifier: &Notifier, delivery: &Delivery) {
    let tried = match timeout(notifier.settings.within, attempt(notifier, delivery)).await {
        Ok(Ok(())) => Tried::Sent,
        Ok(Err((fault, true))) => Tried::Dead(fault),
        Ok(Err((fault, false))) => later(notifier, delivery, fault),
        Err(_elapsed) => later(notifier, delivery, "it did not answer in time".to_owned()),
    };
    let (channel, number) = (delivery.channel, delivery.number);
    match &tried {
        Tried::Sent => notifier.vitals.record(&Delivered { channel, number }),
        Tried::Later(_, fault) | Tried::Dead(fault) => notifier.vitals.record(&DeliveryFailed {
            channel,
            number,
            fault: fault.clone(),
            is_dead: matches!(tried, Tried::Dead(_)),
        }),
    }
    if let Err(fault) = notifier.registry.settle_delivery(number, &tried).await {
        notifier.vitals.record(&LookFailed {
            fault: fault.to_string(),
        });
    }
}

/// Hands it over; else why not, and whether there is no use in trying again.
async fn attempt(notifier: &Notifier, delivery: &Delivery) -> Result<(), (String, bool)> {
    let off = || ("this channel is no longer configured".to_owned(), true);
    match delivery.channel {
        Channel::Mail => {
            let post = notifier.post.as_ref().ok_or_else(off)?;
            let sent = post.send(delivery, &notifier.settings.site).await;
            sent.map_err(|fault| (fault.to_string(), fault.is_final()))
        }
        Channel::Webhook => {
            let hook = notifier.hook.as_ref().ok_or_else(off)?;
            let called = hook.call(delivery, notifier.clock.now()).await;
            called.map_err(|fault| (fault.to_string(), fault.is_final()))
        }
    }
}

/// Another try after a rest that doubles, or none after the last.
fn later(notifier: &Notifier, delivery: &Delivery, fault: String) -> Tried {
    if delivery.tries + 1 >= notifier.settings.tries_max {
        return Tried::Dead(fault);
    }
    let doubled = 2_u32.saturating_pow(delivery.tries);
    let rest = notifier.settings.retry_first.saturating_mul(doubled);
    Tried::Later(rest.min(RETRY_MAX), fault)
}
