//! Shapes that facts and schemes share when people write them: decimals, lists in file order.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::units::Exact;

use super::{Refused, refused};

/// A decimal, written as text (exact) or as a number (its shortest decimal).
#[derive(Clone, Debug)]
pub(super) struct DecimalText(pub(super) Exact);

impl<'de> Deserialize<'de> for DecimalText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Decimals;
        impl Visitor<'_> for Decimals {
            type Value = DecimalText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal, as \"12.50\"")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<DecimalText, E> {
                Exact::decimal(text)
                    .map(DecimalText)
                    .map_err(|cause| E::custom(format!("`{text}`: {cause}")))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<DecimalText, E> {
                Exact::shortest(number).map(DecimalText).map_err(E::custom)
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<DecimalText, E> {
                Ok(DecimalText(Exact::whole(number)))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<DecimalText, E> {
                self.visit_str(&number.to_string())
            }
        }
        deserializer.deserialize_any(Decimals)
    }
}

/// A table whose order decides; a key that stands twice is refused.
#[derive(Clone, Debug)]
pub(super) struct Ordered<V>(pub(super) Vec<(String, V)>);

impl<V> Default for Ordered<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Ordered<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tables<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for Tables<V> {
            type Value = Ordered<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered<V>, A::Error> {
                let mut entries: Vec<(String, V)> = Vec::new();
                while let Some(key) = map.next_key::<String>()? {
                    if entries.iter().any(|(known, _)| *known == key) {
                        return Err(A::Error::custom(format!("`{key}` stands twice")));
                    }
                    entries.push((key, map.next_value()?));
                }
                Ok(Ordered(entries))
            }
        }
        deserializer.deserialize_map(Tables(PhantomData))
    }
}

/// A field that may be null, which says as much as leaving it out.
pub(super) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads JSON as `T`; a fault is told with the field's path.
pub(super) fn read_json<T: DeserializeOwned>(root: &str, text: &str) -> Result<T, Refused> {
    // Following the path costs more than reading: only a file with a fault is read with it.
    if let Ok(value) = serde_json::from_str(text) {
        return Ok(value);
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value =
        serde_path_to_error::deserialize(&mut deserializer).map_err(|error| at(root, &error))?;
    deserializer
        .end()
        .map_err(|error| refused(root, error.to_string()))?;
    Ok(value)
}

/// Reads TOML as `T`; a fault is told with the field's path.
pub(super) fn read_toml<T: DeserializeOwned>(root: &str, text: &str) -> Result<T, Refused> {
    let deserializer =
        toml::Deserializer::parse(text).map_err(|error| refused(root, error.to_string()))?;
    serde_path_to_error::deserialize(deserializer).map_err(|error| at(root, &error))
}

fn at<E: fmt::Display + std::error::Error>(
    root: &str,
    error: &serde_path_to_error::Error<E>,
) -> Refused {
    let path = error.path().to_string();
    let path = match (root, path.as_str()) {
        ("", path) => path.to_owned(),
        (root, ".") => root.to_owned(),
        (root, path) => format!("{root}.{path}"),
    };
    refused(path, error.inner().to_string())
}
