//! The words for people in every language, from `config/text`: one set for server, pictures and
//! pages. A sentence is found by `table.key` and its `{names}` are filled in; none is put together
//! from parts.
//!
//! Knows no room and no meaning: who says a sentence names its key. `build.rs` compiles the files
//! in, so a new or better word is no change of Rust.

mod language;
mod said;

pub use language::Language;
pub(crate) use said::said;
pub use said::{Said, known_key};

include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// Every `table.key` of a language with its sentence, sorted by key.
#[must_use]
pub const fn sentences(language: Language) -> &'static [(&'static str, &'static str)] {
    match language {
        Language::Chinese => CHINESE,
        Language::English => ENGLISH,
    }
}

/// The sentence under `table.key`; `None` if the file has no such key.
#[must_use]
pub const fn find_sentence(language: Language, key: &str) -> Option<&'static str> {
    let mut rest = sentences(language);
    while let [(known, sentence), others @ ..] = rest {
        if is_same(known.as_bytes(), key.as_bytes()) {
            return Some(sentence);
        }
        rest = others;
    }
    None
}

/// The sentence under `table.key`, for constants: a key that is in no file does not compile.
///
/// # Panics
/// The file has no such key.
#[must_use]
#[expect(
    clippy::panic,
    reason = "constants ask for it, so a missing key stops the build and no process"
)]
pub const fn sentence(language: Language, key: &str) -> &'static str {
    match find_sentence(language, key) {
        Some(sentence) => sentence,
        None => panic!("config/text has no such key"),
    }
}

/// `sentence` with its `{names}` replaced; a name that is not given stays as it is written.
#[must_use]
pub fn filled(sentence: &str, values: &[(&str, &str)]) -> String {
    let mut done = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        done.push_str(before);
        let hole = after.split_once('}').and_then(|(name, behind)| {
            let value = values.iter().find(|(known, _)| *known == name)?.1;
            Some((value, behind))
        });
        if let Some((value, behind)) = hole {
            done.push_str(value);
            rest = behind;
        } else {
            done.push('{');
            rest = after;
        }
    }
    done.push_str(rest);
    done
}

/// Whether two texts are equal, in constants too.
const fn is_same(mut left: &[u8], mut right: &[u8]) -> bool {
    loop {
        match (left, right) {
            ([], []) => return true,
            ([one, left_others @ ..], [other, right_others @ ..]) if *one == *other => {
                left = left_others;
                right = right_others;
            }
            _ => return false,
        }
    }
}
