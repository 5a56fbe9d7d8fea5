//! What a webhook is sent.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::store::registry::Delivery;
use crate::text::Language;

use super::words::sentence_of;

/// The body of a call.
#[derive(Serialize)]
pub(super) struct Call<'a> {
    /// Of the delivery: the same at every try, so that a call that comes twice is known.
    delivery: i64,
    number: i64,
    kind: &'a str,
    enterprise: &'a str,
    park: &'a str,
    about: &'a str,
    told: &'a BTreeMap<String, String>,
    begun_at: String,
    text: BTreeMap<&'static str, String>,
}

impl<'a> Call<'a> {
    pub(super) fn of(delivery: &'a Delivery) -> Self {
        let notification = &delivery.notification;
        let text = Language::ALL.iter();
        Self {
            delivery: delivery.number,
            number: notification.number,
            kind: &notification.kind,
            enterprise: &notification.enterprise,
            park: &notification.park,
            about: &notification.about,
            told: &notification.told,
            begun_at: notification.begun_at.to_string(),
            text: text
                .map(|language| (language.tag(), sentence_of(notification, *language)))
                .collect(),
        }
    }
}
