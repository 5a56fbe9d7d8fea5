//! The kinds of files and their columns, as data: what a header may hold, what a template says,
//! and what to do about a cell that is wrong.

use std::fmt;
use std::str::FromStr;

use super::chinese::chinese;

/// A column of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the header.
    pub name: &'static str,
    /// Whether each row must fill it.
    pub is_needed: bool,
    /// What belongs into it.
    pub note: &'static str,
}

const fn needed(name: &'static str, note: &'static str) -> Column {
    Column {
        name,
        is_needed: true,
        note,
    }
}

const fn maybe(name: &'static str, note: &'static str) -> Column {
    Column {
        name,
        is_needed: false,
        note,
    }
}

const ID: &str = "an id: 1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit";
const NAME: &str = "a name: up to 200 characters, without control characters";
const CODE: &str = "the social credit code: 18 characters, the last one the check character";
const DAY: &str = "a date, as 2019-05-01";
const FROM: &str = "the first day it holds, as 2026-01-01, or a time, as 2026-01-01T08:00:00+08:00";
const TO: &str = "the first day it no longer holds; empty while it does";
const DECIMAL: &str = "a number, as 1234.5, without thousands separators";
const ABOVE_ZERO: &str = "a number above 0, as 1234.5, without thousands separators";
const INDICATOR: &str = "an indicator of the catalogue, as kwh_register";

const PARKS: &[Column] = &[
    needed("park", ID),
    needed("name", NAME),
    needed("district", "the district it belongs to"),
    maybe("kind", "what kind of park, in your own words"),
];
const AREAS: &[Column] = &[
    needed("area", ID),
    needed("park", "the id of a registered park"),
    needed("name", NAME),
];
const ENTERPRISES: &[Column] = &[
    needed("enterprise", CODE),
    needed("name", NAME),
    needed("park", "the id of a registered park"),
    maybe("area", "the id of a registered area of that park"),
    needed(
        "industry",
        "GB/T 4754: a letter A to T and 2 to 4 digits, as C39",
    ),
    needed("scale", "above or below"),
    needed("established", DAY),
    maybe(
        "group",
        "related enterprises share a name here; no enterprise's code",
    ),
    maybe(
        "capital_origin",
        "where the capital comes from, in your own words",
    ),
];
const PARCELS: &[Column] = &[
    needed("parcel", ID),
    needed("park", "the id of a registered park"),
    maybe("area", "the id of a registered area of that park"),
    maybe(
        "declared_mu",
        "land of the certificate in mu; at most 5 % from the outline",
    ),
    maybe("plot_ratio", ABOVE_ZERO),
    maybe("state", "what the land is now, in your own words"),
];
const LAND: &[Column] = &[
    needed("enterprise", CODE),
    needed("parcel", "the id of a registered parcel"),
    needed(
        "kind",
        "owned, occupied, leased_in, leased_out or leased_floor",
    ),
    maybe(
        "m2",
        "square metres of land; for every kind but leased_floor",
    ),
    maybe("floor_m2", "square metres of floor; for leased_floor alone"),
    maybe(
        "far",
        "the plot ratio the floor is divided by, above 0; for leased_floor alone",
    ),
    maybe(
        "counterparty",
        "from or to whom it is leased: a social credit code or a name",
    ),
    needed("valid_from", FROM),
    maybe("valid_to", TO),
];
const METERS: &[Column] = &[
    needed("meter", ID),
    needed("enterprise", CODE),
    maybe("gateway", "the id of a gateway of this enterprise"),
    needed("indicator", INDICATOR),
    maybe(
        "register_size",
        "where the register wraps, above 0, as 1000000",
    ),
    needed(
        "multiplier",
        "real units of one register unit, above 0; 1 if there is none",
    ),
    needed(
        "max_per_hour",
        "the most that is possible in an hour, in real units, above 0",
    ),
    needed(
        "interval_s",
        "whole seconds between two readings, above 0, as 900",
    ),
    maybe(
        "jitter",
        "a step back that means nothing, in register units; empty is 0",
    ),
    maybe("parent", "the id of the meter above it"),
    needed("valid_from", FROM),
    maybe("valid_to", TO),
];
/// Taken too, but not in the contract's table: two rules of contract.md 9 that few meters need, and
/// what people call a meter and where they find it (screens.md 7.1).
const METERS_RARE: &[Column] = &[
    maybe(
        "update_s",
        "whole seconds between two moves of the register; empty is interval_s",
    ),
    maybe(
        "resolution",
        "the smallest step of the register, in register units; empty is 0",
    ),
    maybe("name", NAME),
    maybe("place", "where it hangs, in your own words"),
];
const REPLACEMENTS: &[Column] = &[
    needed("meter", "the id of a registered meter"),
    needed("indicator", INDICATOR),
    needed("at", "when, as 2026-03-01T10:15:00+08:00"),
    maybe(
        "old_final",
        "the last register of the old one; empty if nobody read it",
    ),
    maybe(
        "new_initial",
        "the first register of the new one; empty if nobody read it",
    ),
    needed("reason", "why, in your own words"),
];
const STATEMENTS: &[Column] = &[
    needed("enterprise", CODE),
    needed("period", "2025, 2025-H1, 2025-Q1 or 2025-03"),
    needed(
        "indicator",
        "a stated indicator of the catalogue, as output_value",
    ),
    needed("value", DECIMAL),
    needed("unit", "the unit of the indicator, as 万元"),
    needed("source", "who states it, as 税务"),
];
const CONDUCT: &[Column] = &[
    needed("enterprise", CODE),
    needed(
        "kind",
        "honour (a title that is held) or event (a penalty, an accident)",
    ),
    needed(
        "code",
        "as a scheme of the installation names it, as high_tech, env_penalty",
    ),
    maybe(
        "document",
        "the number of the certificate or decision; tells two events of one day apart",
    ),
    needed("source", "which office says so, as 生态环境"),
    needed(
        "valid_from",
        "the first day the honour holds, or the day of the event, as 2026-01-01",
    ),
    maybe(
        "valid_to",
        "the first day the honour no longer holds; empty while it does, and for events",
    ),
];
const READINGS: &[Column] = &[
    needed("gateway", "the id of a registered gateway"),
    maybe("epoch", "a whole number or null"),
    maybe("seq", "a whole number or null"),
    needed("meter", "the id of a registered meter"),
    needed("indicator", INDICATOR),
    needed("at", "a time, as 2026-03-01T10:15:00+08:00"),
    needed("value", "a JSON number"),
    maybe("quality", "good, uncertain or bad"),
    needed("received_at", "a time, as 2026-03-01T10:15:03+08:00"),
    maybe("revision", "a whole number; not looked at"),
    maybe("flags", "a list, as [\"late\"]"),
];

/// What a file holds (contract.md 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// 园区.
    Parks,
    /// 片区.
    Areas,
    /// 企业.
    Enterprises,
    /// 地块, as GeoJSON.
    Parcels,
    /// Who holds which land.
    Land,
    /// 表.
    Meters,
    /// Exchanged registers.
    Replacements,
    /// Stated figures.
    Statements,
    /// Honours and events.
    Conduct,
    /// Readings, as `export readings` writes them.
    Readings,
}

impl Kind {
    /// All kinds, in the order in which they build on each other.
    pub const ALL: [Self; 10] = [
        Self::Parks,
        Self::Areas,
        Self::Enterprises,
        Self::Parcels,
        Self::Land,
        Self::Meters,
        Self::Replacements,
        Self::Statements,
        Self::Conduct,
        Self::Readings,
    ];

    /// As the command line writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Parks => "parks",
            Self::Areas => "areas",
            Self::Enterprises => "enterprises",
            Self::Parcels => "parcels",
            Self::Land => "land",
            Self::Meters => "meters",
            Self::Replacements => "replacements",
            Self::Statements => "statements",
            Self::Conduct => "conduct",
            Self::Readings => "readings",
        }
    }

    /// Its columns in the order of the contract (properties of parcels, keys of readings).
    #[must_use]
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Parks => PARKS,
            Self::Areas => AREAS,
            Self::Enterprises => ENTERPRISES,
            Self::Parcels => PARCELS,
            Self::Land => LAND,
            Self::Meters => METERS,
            Self::Replacements => REPLACEMENTS,
            Self::Statements => STATEMENTS,
            Self::Conduct => CONDUCT,
            Self::Readings => READINGS,
        }
    }

    /// Columns that are taken but that a template leaves out.
    #[must_use]
    pub const fn rare_columns(self) -> &'static [Column] {
        match self {
            Self::Meters => METERS_RARE,
            _ => &[],
        }
    }

    /// The column named `name`, in a header or in Chinese.
    #[must_use]
    pub fn column(self, name: &str) -> Option<&'static Column> {
        let mut all = self.columns().iter().chain(self.rare_columns());
        all.find(|column| column.name == name || chinese(column.name).contains(&name))
    }

    /// What to do about a wrong cell in the column named `name`.
    pub(super) fn advice(self, name: &str) -> String {
        self.column(name)
            .map_or_else(String::new, |column| format!("write {}", column.note))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is no kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` cannot be imported: parks, areas, enterprises, parcels, land, meters, replacements, statements, conduct, readings"
)]
pub struct KindUnknown {
    /// What was written.
    pub text: String,
}

impl FromStr for Kind {
    type Err = KindUnknown;

    fn from_str(text: &str) -> Result<Self, KindUnknown> {
        let known = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        known.ok_or_else(|| KindUnknown {
            text: text.to_owned(),
        })
    }
}
