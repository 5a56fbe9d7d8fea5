//! Walking through JSON that `grammar` has found whole: the members of an object, the items of a
//! list, each as the slice of text it is. Copies nothing but strings with escapes.

use std::borrow::Cow;

/// The members of the object that `text` is: key as written, with quotes, and value as written.
pub(super) fn members(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut place = Place { text, at: 1 };
    std::iter::from_fn(move || {
        let key = place.value()?;
        place.value().map(|value| (key, value))
    })
}

/// The items of the list that `text` is, as written.
pub(super) fn items(text: &str) -> impl Iterator<Item = &str> {
    let mut place = Place { text, at: 1 };
    std::iter::from_fn(move || place.value())
}

/// How many objects and lists lie within each other in `text`.
pub(super) fn depth(text: &str) -> usize {
    let (mut deepest, mut open, mut at) = (0_usize, 0_usize, 0);
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => {
                open += 1;
                deepest = deepest.max(open);
            }
            b'}' | b']' => open = open.saturating_sub(1),
            b'"' => at = string_end(bytes, at),
            _ => {}
        }
        at += 1;
    }
    deepest
}

/// The text of a string as written, with its quotes; `None` if an escape names half a surrogate
/// pair, for then it is no text.
pub(super) fn unquote(written: &str) -> Option<Cow<'_, str>> {
    let inner = written.strip_prefix('"')?.strip_suffix('"')?;
    if !inner.contains('\\') {
        return Some(Cow::Borrowed(inner));
    }
    serde_json::from_str(written).ok().map(Cow::Owned)
}

struct Place<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Place<'a> {
    /// The next value, past space, commas and colons; `None` at the end of the container.
    fn value(&mut self) -> Option<&'a str> {
        let bytes = self.text.as_bytes();
        while matches!(
            bytes.get(self.at),
            Some(b' ' | b'\t' | b'\n' | b'\r' | b',' | b':')
        ) {
            self.at += 1;
        }
        let start = self.at;
        let end = match bytes.get(start)? {
            b'}' | b']' => return None,
            b'"' => string_end(bytes, start) + 1,
            b'{' | b'[' => container_end(bytes, start),
            _ => scalar_end(bytes, start),
        };
        self.at = end;
        self.text.get(start..end)
    }
}

/// Where the string that begins at `start` has its closing quote.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    loop {
        match bytes.get(at) {
            Some(b'\\') => at += 2,
            Some(b'"') | None => return at,
            Some(_) => at += 1,
        }
    }
}

/// One past the end of the object or list that begins at `start`.
fn container_end(bytes: &[u8], start: usize) -> usize {
    let (mut open, mut at) = (0_usize, start);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => open += 1,
            b'}' | b']' => {
                open = open.saturating_sub(1);
                if open == 0 {
                    return at + 1;
                }
            }
            b'"' => at = string_end(bytes, at),
            _ => {}
        }
        at += 1;
    }
    at
}

/// One past the end of the number or word that begins at `start`.
fn scalar_end(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let length = rest.iter().position(|byte| b",]} \t\r\n".contains(byte));
    start + length.unwrap_or(rest.len())
}
