//! A notice in words, in both languages: what mails say and webhooks carry along.

use crate::store::registry::Notice;
use crate::text::{Language, filled, find_sentence};

/// The sentence of a notice, filled in.
pub(super) fn sentence_of(notice: &Notice, language: Language) -> String {
    let words = find_sentence(language, &format!("notice.{}", notice.kind));
    let why = notice.told.get("code").map(|code| {
        let title = find_sentence(language, &format!("problem.{code}"));
        title.unwrap_or(code).to_owned()
    });
    let mut values: Vec<(&str, &str)> = notice
        .told
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    values.push(("why", why.as_deref().unwrap_or_default()));
    values.push(("about", notice.about.as_str()));
    filled(words.unwrap_or(&notice.kind), &values)
}
