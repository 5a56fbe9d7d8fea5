//! Default, file, environment and command line laid over each other, key by key.
//!
//! The default file holds every key there is; what a later layer brings must be one of them and of
//! the same kind.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::environment::PREFIX;
use super::{Fault, Refused};

/// The commented default, compiled in.
const DEFAULT: &str = include_str!("../../config/parkpulse.toml");

/// The value of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaf {
    /// Text in quotes: names, addresses, durations, sizes.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A list of texts.
    Texts(Vec<String>),
}

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the compiled-in default, at this line.
    Default(usize),
    /// In this file, at this line.
    File(String, usize),
    /// In this environment variable.
    Environment(String),
    /// In this option of the command line.
    CommandLine(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default(line) => write!(f, "default:{line}"),
            Self::File(path, line) => write!(f, "{path}:{line}"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::CommandLine(option) => write!(f, "option {option}"),
        }
    }
}

/// A value and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What holds.
    pub leaf: Leaf,
    /// Who says so.
    pub origin: Origin,
}

impl Entry {
    /// The value as it may be printed: in addresses, passwords and what is asked with are masked.
    #[must_use]
    pub fn shown(&self) -> Leaf {
        match &self.leaf {
            Leaf::Text(text) => Leaf::Text(without_secrets(text)),
            Leaf::Texts(texts) => {
                Leaf::Texts(texts.iter().map(|text| without_secrets(text)).collect())
            }
            Leaf::Whole(number) => Leaf::Whole(*number),
        }
    }
}

/// An address without its password, and without its query, which is a key as often as not; anything
/// else as it is.
fn without_secrets(text: &str) -> String {
    let text = without_password(text);
    match text.split_once('?') {
        Some((address, _)) if address.contains("://") => format!("{address}?******"),
        _ => text,
    }
}

/// `scheme://user:password@host` with the password masked; anything else as it is.
fn without_password(text: &str) -> String {
    let masked = || {
        let (scheme, rest) = text.split_once("://")?;
        let end = rest.find('/').unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end)?;
        let (who, host) = authority.rsplit_once('@')?;
        let (user, _) = who.split_once(':')?;
        Some(format!("{scheme}://{user}:******@{host}{path}"))
    };
    masked().unwrap_or_else(|| text.to_owned())
}

/// Every key by its dotted path, with the value that holds.
#[derive(Clone, Debug)]
pub struct Layers(BTreeMap<String, Entry>);

impl Layers {
    /// The compiled-in defaults.
    ///
    /// # Errors
    /// The compiled-in file cannot be read; a test keeps that from happening.
    pub fn defaults() -> Result<Self, Refused> {
        let entries = read(DEFAULT, Origin::Default).map_err(Refused)?;
        Ok(Self(entries.into_iter().collect()))
    }

    /// Lays the TOML `text` of the file `path` over what holds.
    ///
    /// # Errors
    /// Every unknown key and every value of the wrong kind, with its line.
    pub fn lay_file(&mut self, path: &Path, text: &str) -> Result<(), Refused> {
        let name = path.display().to_string();
        let entries = read(text, |line| Origin::File(name.clone(), line)).map_err(Refused)?;
        self.lay(entries)
    }

    /// Lays variables over what holds; those that do not begin with `PARKPULSE_` are passed over.
    ///
    /// # Errors
    /// Every variable that names no key or holds the wrong kind.
    pub fn lay_environment(&mut self, variables: &[(String, String)]) -> Result<(), Refused> {
        let mut entries = Vec::new();
        let mut faults = Vec::new();
        for (name, text) in variables {
            let Some(rest) = name.strip_prefix(PREFIX) else {
                continue;
            };
            let key = rest.to_lowercase().replace("__", ".");
            let origin = Origin::Environment(name.clone());
            let leaf = match self.0.get(&key).map(|known| &known.leaf) {
                Some(Leaf::Whole(_)) => text.parse().map(Leaf::Whole).ok(),
                Some(Leaf::Texts(_)) => Some(Leaf::Texts(separated(text))),
                Some(Leaf::Text(_)) | None => Some(Leaf::Text(text.clone())),
            };
            match leaf {
                Some(leaf) => entries.push((key, Entry { leaf, origin })),
                None => faults.push(Fault {
                    origin,
                    key,
                    what: "must be a whole number".to_owned(),
                }),
            }
        }
        refuse_any(faults)?;
        self.lay(entries)
    }

    /// Lays one option of the command line over what holds.
    ///
    /// # Errors
    /// The key does not exist or is of another kind.
    pub fn lay_option(
        &mut self,
        option: &'static str,
        key: &str,
        text: &str,
    ) -> Result<(), Refused> {
        let leaf = Leaf::Text(text.to_owned());
        let origin = Origin::CommandLine(option);
        self.lay(vec![(key.to_owned(), Entry { leaf, origin })])
    }

    /// The value that holds for the dotted path `key`.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&Entry> {
        self.0.get(key)
    }

    /// All keys in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.0.iter().map(|(key, entry)| (key.as_str(), entry))
    }

    fn lay(&mut self, entries: Vec<(String, Entry)>) -> Result<(), Refused> {
        let mut faults = Vec::new();
        for (key, entry) in entries {
            let what = match self.0.get_mut(&key) {
                Some(known) if same_kind(&known.leaf, &entry.leaf) => {
                    *known = entry;
                    continue;
                }
                Some(known) => format!("must be {}", kind(&known.leaf)),
                None => "is no key of parkpulse; `parkpulse config show` lists them".to_owned(),
            };
            faults.push(Fault {
                origin: entry.origin,
                key,
                what,
            });
        }
        refuse_any(faults)
    }
}

fn refuse_any(faults: Vec<Fault>) -> Result<(), Refused> {
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Refused(faults))
    }
}

fn same_kind(known: &Leaf, new: &Leaf) -> bool {
    std::mem::discriminant(known) == std::mem::discriminant(new)
}

fn kind(leaf: &Leaf) -> &'static str {
    match leaf {
        Leaf::Text(_) => "a text in quotes",
        Leaf::Whole(_) => "a whole number",
        Leaf::Texts(_) => "a list of texts, as [\"one\", \"two\"]",
    }
}

fn separated(text: &str) -> Vec<String> {
    let parts = text.split(',').map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The leaves of a TOML text by dotted path.
fn read(text: &str, origin: impl Fn(usize) -> Origin) -> Result<Vec<(String, Entry)>, Vec<Fault>> {
    let line_of = |at: usize| {
        text.get(..at)
            .map_or(1, |before| before.matches('\n').count() + 1)
    };
    let table = DeTable::parse(text).map_err(|cause| {
        vec![Fault {
            origin: origin(cause.span().map_or(1, |span| line_of(span.start))),
            key: String::new(),
            what: format!("is not TOML: {}", cause.message()),
        }]
    })?;
    let mut walk = Walk {
        origin: &|at| origin(line_of(at)),
        found: Vec::new(),
        faults: Vec::new(),
    };
    walk.table("", table.get_ref());
    if walk.faults.is_empty() {
        Ok(walk.found)
    } else {
        Err(walk.faults)
    }
}

/// A walk through the tables of a TOML text; `origin` turns a byte position into a place.
struct Walk<'a> {
    origin: &'a dyn Fn(usize) -> Origin,
    found: Vec<(String, Entry)>,
    faults: Vec<Fault>,
}

impl Walk<'_> {
    fn table(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let at = key.span().start;
            let path = if prefix.is_empty() {
                key.get_ref().to_string()
            } else {
                format!("{prefix}.{}", key.get_ref())
            };
            match value.get_ref() {
                DeValue::Table(inner) => self.table(&path, inner),
                other => self.leaf(path, at, other),
            }
        }
    }

    fn leaf(&mut self, key: String, at: usize, value: &DeValue<'_>) {
        let leaf = match value {
            DeValue::String(text) => Some(Leaf::Text(text.to_string())),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .ok()
                .map(Leaf::Whole),
            DeValue::Array(items) => items
                .iter()
                .map(|item| item.get_ref().as_str().map(str::to_owned))
                .collect::<Option<Vec<_>>>()
                .map(Leaf::Texts),
            _ => None,
        };
        let origin = (self.origin)(at);
        match leaf {
            Some(leaf) => self.found.push((key, Entry { leaf, origin })),
            None => self.faults.push(Fault {
                origin,
                key,
                what: "must be a text in quotes, a whole number or a list of texts".to_owned(),
            }),
        }
    }
}
