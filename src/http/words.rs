//! What a client is told in the language that it asks for.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

use crate::text::{Language, find_sentence, sentence};

/// The one of ours that Accept-Language weighs highest; Chinese if it names none.
pub(super) fn language_asked_for(headers: &HeaderMap) -> Language {
    let asked = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|text| text.to_str().ok());
    let mut best = (0.0, Language::Chinese);
    for part in asked.unwrap_or_default().split(',') {
        let mut pieces = part.split(';').map(str::trim);
        let Some(language) = pieces.next().and_then(Language::of_tag) else {
            continue;
        };
        let weight = pieces
            .find_map(|piece| piece.strip_prefix("q="))
            .map_or(1.0, |text| text.parse().unwrap_or(0.0));
        if weight > best.0 {
            best = (weight, language);
        }
    }
    best.1
}

/// The title of the problem `code`.
pub(super) fn title(code: &str, language: Language) -> &'static str {
    const OTHER: [&str; 2] = [
        sentence(Language::Chinese, "problem.other"),
        sentence(Language::English, "problem.other"),
    ];
    let known = find_sentence(language, &format!("problem.{code}"));
    known.unwrap_or(match language {
        Language::Chinese => OTHER[0],
        Language::English => OTHER[1],
    })
}
