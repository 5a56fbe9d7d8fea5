//! Whether a text is one JSON value, and how deep it goes. Looks at every byte once and does not
//! recurse, so that 100,000 `[` cost a list of 100,000 bytes and no stack.
//!
//! Own code instead of `serde_json`, because that one stops at the first `NaN` and then the good
//! values beside it are lost: the words that printf and Python write for numbers that are none
//! (`NaN`, `nan`, `inf`, `Infinity`, with or without `-`) pass here as numbers, and `number`
//! sets that one value aside as `bad_number`. Lone surrogates pass too; `walk` refuses them
//! where they stand. Knows nothing of readings.

/// Where a text stops being JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// The first byte that does not fit; the length if the text ends too early.
    pub(super) at: usize,
    /// How deep the text had gone by then.
    pub(super) depth: usize,
}

/// Reads `text` as one JSON value with nothing but white space around it; how deep it goes.
pub(super) fn check(text: &str) -> Result<usize, Broken> {
    let mut reader = Reader {
        bytes: text.as_bytes(),
        at: 0,
        open: Vec::new(),
        deepest: 0,
    };
    match reader.document() {
        Some(()) => Ok(reader.deepest),
        None => Err(Broken {
            at: reader.at,
            depth: reader.deepest,
        }),
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The closing byte of each object and list that is open.
    open: Vec<u8>,
    deepest: usize,
}

impl Reader<'_> {
    fn document(&mut self) -> Option<()> {
        self.value()?;
        loop {
            let Some(close) = self.open.last().copied() else {
                self.space();
                return self.peek().is_none().then_some(());
            };
            match self.next_token()? {
                b',' if close == b'}' => {
                    self.key()?;
                    self.value()?;
                }
                b',' => self.value()?,
                byte if byte == close => {
                    self.open.pop();
                }
                _ => return self.step_back(),
            }
        }
    }

    /// A value; of an object or list that is not empty, everything up to its first inner value
    /// that is neither.
    fn value(&mut self) -> Option<()> {
        loop {
            match self.next_token()? {
                b'{' => {
                    if self.opens(b'}') {
                        return Some(());
                    }
                    self.key()?;
                }
                b'[' => {
                    if self.opens(b']') {
                        return Some(());
                    }
                }
                b'"' => return self.string(),
                b't' => return self.word(b"rue"),
                b'f' => return self.word(b"alse"),
                b'n' if self.peek() == Some(b'u') => return self.word(b"ull"),
                first => return self.number(first),
            }
        }
    }

    /// Notes an open object or list; whether it closes at once.
    fn opens(&mut self, close: u8) -> bool {
        self.deepest = self.deepest.max(self.open.len() + 1);
        self.space();
        if self.peek() == Some(close) {
            self.at += 1;
            return true;
        }
        self.open.push(close);
        false
    }

    fn key(&mut self) -> Option<()> {
        if self.next_token()? != b'"' {
            return self.step_back();
        }
        self.string()?;
        if self.next_token()? != b':' {
            return self.step_back();
        }
        Some(())
    }

    /// The rest of a string, after its opening quote.
    fn string(&mut self) -> Option<()> {
        loop {
            match self.next()? {
                b'"' => return Some(()),
                b'\\' => self.escape()?,
                0..0x20 => return self.step_back(),
                _ => {}
            }
        }
    }

    fn escape(&mut self) -> Option<()> {
        match self.next()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(()),
            b'u' => {
                for _ in 0..4 {
                    if !self.next()?.is_ascii_hexdigit() {
                        return self.step_back();
                    }
                }
                Some(())
            }
            _ => self.step_back(),
        }
    }

    fn word(&mut self, rest: &[u8]) -> Option<()> {
        for expected in rest {
            if self.next()? != *expected {
                return self.step_back();
            }
        }
        Some(())
    }

    fn number(&mut self, first: u8) -> Option<()> {
        let first = if first == b'-' { self.next()? } else { first };
        match first {
            b'0' => {}
            b'1'..=b'9' => self.digits(),
            b'N' | b'n' | b'I' | b'i' => return self.no_number(),
            _ => return self.step_back(),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.some_digits()?;
        }
        Some(())
    }

    /// The rest of a word for a number that is none, after its first letter.
    fn no_number(&mut self) -> Option<()> {
        let start = self.at - 1;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphabetic()) {
            self.at += 1;
        }
        let word = self.bytes.get(start..self.at)?;
        let known = [b"nan".as_slice(), b"inf", b"infinity"];
        if known.iter().any(|known| word.eq_ignore_ascii_case(known)) {
            return Some(());
        }
        self.at = start;
        None
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    fn some_digits(&mut self) -> Option<()> {
        let start = self.at;
        self.digits();
        (self.at > start).then_some(())
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn next_token(&mut self) -> Option<u8> {
        self.space();
        self.next()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The byte just read does not fit.
    fn step_back(&mut self) -> Option<()> {
        self.at -= 1;
        None
    }
}
