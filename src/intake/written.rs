//! A reading as its sender wrote it, taken to pieces but not changed; and written down again.

use std::borrow::Cow;

/// A reading as written, and its place in the message.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    /// The whole object; of a message that is one reading, with its `epoch` and `seq`.
    pub(super) text: &'a str,
    pub(super) index: u32,
    /// Whether it is the message itself.
    pub(super) alone: bool,
}

/// The fields of a reading as written.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    pub(super) meter: Option<&'a str>,
    pub(super) at: Option<&'a str>,
    pub(super) values: Option<&'a str>,
    pub(super) quality: Option<&'a str>,
}

impl Fields<'_> {
    /// Whether there is any of them.
    pub(super) const fn any(&self) -> bool {
        self.meter.is_some() || self.at.is_some() || self.values.is_some() || self.quality.is_some()
    }

    /// The reading with these fields and no others, as a list would hold it.
    pub(super) fn written(self) -> String {
        let Self {
            meter,
            at,
            values,
            quality,
        } = self;
        let fields = [
            ("meter", meter),
            ("at", at),
            ("values", values),
            ("quality", quality),
        ];
        let fields = fields
            .into_iter()
            .filter_map(|(name, written)| Some((name, written?)));
        let fields: Vec<String> = fields
            .map(|(name, written)| format!("\"{name}\":{written}"))
            .collect();
        format!("{{{}}}", fields.join(","))
    }
}

/// One member of `values`.
pub(super) struct Member<'a> {
    pub(super) code: Cow<'a, str>,
    pub(super) written_key: &'a str,
    pub(super) written: &'a str,
}
