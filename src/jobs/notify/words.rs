//! A notification in words, in both languages: what mails say and webhooks carry along.

use crate::store::registry::Notification;
use crate::text::{Language, filled, find_sentence};

/// The sentence of a notification, filled in.
pub(super) fn sentence_of(notification: &Notification, language: Language) -> String {
    let words = find_sentence(language, &format!("notification.{}", notification.kind));
    let why = notification.told.get("code").map(|code| {
        let title = find_sentence(language, &format!("problem.{code}"));
        title.unwrap_or(code).to_owned()
    });
    let mut values: Vec<(&str, &str)> = notification
        .told
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    values.push(("why", why.as_deref().unwrap_or_default()));
    values.push(("about", notification.about.as_str()));
    filled(words.unwrap_or(&notification.kind), &values)
}
