//! The fields of one object, each at most once and none that the contract does not know; and the
//! fault that sets a part aside.

use crate::reading::Code;

use super::walk;

/// Why a part was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The stable code.
    pub(super) code: Code,
    /// A sentence that says what to do.
    pub(super) detail: String,
}

impl Fault {
    pub(super) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: shortened(detail.into()),
        }
    }
}

/// Where a part stands in its message, as far as the depth limit is concerned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level {
    /// How many objects and lists are open around its fields.
    pub(super) open: usize,
    /// How many may be.
    pub(super) limit: usize,
}

impl Level {
    /// This level, `more` objects or lists further in.
    pub(super) const fn inside(self, more: usize) -> Self {
        Self {
            open: self.open + more,
            limit: self.limit,
        }
    }

    /// The fault of a value that must not be what it is.
    pub(super) fn misfit(self, name: &str, written: &str, expected: &str) -> Fault {
        if self.open + walk::depth(written) > self.limit {
            return self.too_deep(name);
        }
        let detail = format!("{name} must be {expected}, not {}", kind(written));
        Fault::new(Code::BadType, detail)
    }

    fn too_deep(self, name: &str) -> Fault {
        let detail = format!(
            "{name} goes deeper than {} objects and lists within each other",
            self.limit
        );
        Fault::new(Code::TooDeep, detail)
    }
}

/// The values of the fields `names` of the object `text`, as written.
pub(super) fn fields<'a, const N: usize>(
    text: &'a str,
    names: [&str; N],
    level: Level,
) -> Result<[Option<&'a str>; N], Fault> {
    let mut found = [None; N];
    for (key, value) in walk::members(text) {
        let name = key_text(key)?;
        let place = names.iter().position(|known| *known == name);
        let Some(slot) = place.and_then(|place| found.get_mut(place)) else {
            return Err(unknown(&name, value, level));
        };
        if slot.replace(value).is_some() {
            return Err(duplicate(&name));
        }
    }
    Ok(found)
}

/// The text of a key.
pub(super) fn key_text(key: &str) -> Result<std::borrow::Cow<'_, str>, Fault> {
    walk::unquote(key).ok_or_else(|| half_a_pair("a key"))
}

/// The fault of a string that names half a surrogate pair.
pub(super) fn half_a_pair(name: &str) -> Fault {
    let detail = format!("{name} holds half a surrogate pair and is no text; write UTF-8");
    Fault::new(Code::BadEncoding, detail)
}

/// The fault of a key that stands twice.
pub(super) fn duplicate(name: &str) -> Fault {
    let detail = format!(
        "{} stands twice; which one counts nobody can know",
        quoted(name)
    );
    Fault::new(Code::DuplicateKey, detail)
}

fn unknown(name: &str, value: &str, level: Level) -> Fault {
    let name = quoted(name);
    if level.open + walk::depth(value) > level.limit {
        return level.too_deep(&name);
    }
    Fault::new(
        Code::UnknownField,
        format!("{name} is no field here; leave it out or mend its spelling"),
    )
}

/// A sender's text in a sentence of ours: short and without control characters.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 64;
    let shown: String = text.chars().take(LONGEST).collect();
    let dots = if text.chars().nth(LONGEST).is_some() {
        "…"
    } else {
        ""
    };
    format!("`{}{dots}`", shown.escape_debug())
}

/// At most 200 characters, as `SetAside` promises.
pub(super) fn shortened(detail: String) -> String {
    const LONGEST: usize = 200;
    if detail.chars().nth(LONGEST).is_none() {
        return detail;
    }
    let mut short: String = detail.chars().take(LONGEST - 1).collect();
    short.push('…');
    short
}

/// What a value is, in words.
fn kind(written: &str) -> &'static str {
    match written.bytes().next() {
        Some(b'"') => "a text",
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b't' | b'f') => "true or false",
        Some(b'n') if written == "null" => "null",
        _ => "a number",
    }
}
