//! A place in a JSON text written by people: every refusal names the path to it.
//!
//! Objects are taken apart field by field: a key that stands twice and a field that nobody knows
//! are refused, numbers are read from their text. Knows no rule of the trade.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::calendar::Moment;
use crate::reading::Code;
use crate::units::Exact;

/// Why a case was not computed, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {detail} ({code}); nothing was computed: mend the file")]
pub struct CaseRefused {
    /// The place in the file, as `meters[0].multiplier[1].value`.
    pub path: String,
    /// The stable code (contract.md 4).
    pub code: Code,
    /// What is wrong there.
    pub detail: String,
}

/// A value of the file and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    pub(super) path: String,
    raw: &'a RawValue,
}

impl<'a> Node<'a> {
    /// The whole of `text`.
    pub(super) fn whole(text: &'a str) -> Result<Self, CaseRefused> {
        let raw = serde_json::from_str(text).map_err(|fault| CaseRefused {
            path: "the file".to_owned(),
            code: Code::BadEncoding,
            detail: format!("not JSON: {fault}"),
        })?;
        Ok(Self {
            path: String::new(),
            raw,
        })
    }

    /// A refusal of this place.
    pub(super) fn refused(&self, code: Code, detail: impl fmt::Display) -> CaseRefused {
        CaseRefused {
            path: if self.path.is_empty() {
                "the case".to_owned()
            } else {
                self.path.clone()
            },
            code,
            detail: detail.to_string(),
        }
    }

    pub(super) fn is_list(&self) -> bool {
        self.raw.get().starts_with('[')
    }

    fn is_null(&self) -> bool {
        self.raw.get() == "null"
    }

    /// The elements of a list.
    pub(super) fn list(&self) -> Result<Vec<Self>, CaseRefused> {
        let raws: Vec<&'a RawValue> = serde_json::from_str(self.raw.get())
            .map_err(|_not_a_list| self.refused(Code::BadType, "a list is expected"))?;
        let nodes = raws.into_iter().enumerate().map(|(index, raw)| Self {
            path: format!("{}[{index}]", self.path),
            raw,
        });
        Ok(nodes.collect())
    }

    /// The fields of an object.
    pub(super) fn object(&self) -> Result<Fields<'a>, CaseRefused> {
        if !self.raw.get().starts_with('{') {
            return Err(self.refused(Code::BadType, "an object is expected"));
        }
        let Entries(pairs) = serde_json::from_str(self.raw.get())
            .map_err(|fault| self.refused(Code::BadEncoding, fault))?;
        let mut entries = BTreeMap::new();
        for (name, raw) in pairs {
            let twice = format!("the key `{name}` stands twice");
            if entries.insert(name, raw).is_some() {
                return Err(self.refused(Code::DuplicateKey, twice));
            }
        }
        Ok(Fields {
            object: self.clone(),
            entries,
        })
    }

    /// A text.
    pub(super) fn text(&self) -> Result<String, CaseRefused> {
        serde_json::from_str(self.raw.get())
            .map_err(|_not_a_text| self.refused(Code::BadType, "a text is expected"))
    }

    /// A time: RFC 3339; without an offset it is the park's (contract.md 2, "Time").
    pub(super) fn moment(&self) -> Result<Moment, CaseRefused> {
        let text = self.text()?;
        let read: Result<Moment, _> = text.parse();
        read.or_else(|fault| format!("{text}+08:00").parse().map_err(|_again| fault))
            .map_err(|fault| self.refused(Code::BadTime, fault))
    }

    /// An exact decimal, written as number or as text.
    pub(super) fn exact(&self) -> Result<Exact, CaseRefused> {
        let text = self.number_text()?;
        Exact::decimal(&text).map_err(|fault| self.refused(Code::BadNumber, fault))
    }

    /// A reading's number: the shortest decimal of its double (contract.md 2, "Numbers").
    pub(super) fn double(&self) -> Result<Exact, CaseRefused> {
        let text = self.number_text()?;
        let number = Exact::decimal(&text).ok().and_then(|_| text.parse().ok());
        Exact::shortest(number.unwrap_or(f64::NAN))
            .map_err(|fault| self.refused(Code::BadNumber, fault))
    }

    /// A duration in seconds, as whole milliseconds.
    pub(super) fn seconds_as_ms(&self) -> Result<i64, CaseRefused> {
        let ms = &self.exact()? * &Exact::whole(1000);
        ms.as_whole()
            .ok_or_else(|| self.refused(Code::BadNumber, "not a whole number of milliseconds"))
    }

    fn number_text(&self) -> Result<String, CaseRefused> {
        let raw = self.raw.get();
        if raw.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
            return Ok(raw.to_owned());
        }
        self.text()
            .map_err(|_not_a_text| self.refused(Code::BadType, "a number is expected"))
    }
}

/// The fields of an object that were not taken yet.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    object: Node<'a>,
    entries: BTreeMap<String, &'a RawValue>,
}

impl<'a> Fields<'a> {
    /// Takes the field `name`; `None` if it is not there or null.
    pub(super) fn take(&mut self, name: &str) -> Option<Node<'a>> {
        let raw = self.entries.remove(name)?;
        let path = self.path_of(name);
        Some(Node { path, raw }).filter(|node| !node.is_null())
    }

    /// Takes the field `name`, which must be there.
    pub(super) fn need(&mut self, name: &str) -> Result<Node<'a>, CaseRefused> {
        self.take(name).ok_or_else(|| CaseRefused {
            path: self.path_of(name),
            code: Code::MissingField,
            detail: "must be there".to_owned(),
        })
    }

    /// Refuses what nobody took.
    pub(super) fn finish(self) -> Result<(), CaseRefused> {
        match self.entries.keys().next() {
            None => Ok(()),
            Some(name) => Err(CaseRefused {
                path: self.path_of(name),
                code: Code::UnknownField,
                detail: "no such field".to_owned(),
            }),
        }
    }

    fn path_of(&self, name: &str) -> String {
        if self.object.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.object.path)
        }
    }
}

/// The entries of an object as they stand.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}
