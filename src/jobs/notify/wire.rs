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
        let notice = &delivery.notice;
        let text = Language::ALL.iter();
        Self {
            delivery: delivery.number,
            number: notice.number,
            kind: &notice.kind,
            enterprise: &notice.enterprise,
            park: &notice.park,
            about: &notice.about,
            told: &notice.told,
            begun_at: notice.begun_at.to_string(),
            text: text
                .map(|language| (language.tag(), sentence_of(notice, *language)))
                .collect(),
        }
    }
}
