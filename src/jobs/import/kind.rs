//! The kinds of files and their columns, as data: what a header may hold, what a template says,
//! and what to do about a cell that is wrong.

use std::fmt;
use std::str::FromStr;

use crate::text::known_key;

use super::chinese::chinese;

/// A column of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the header.
    pub name: &'static str,
    /// Whether each row must fill it.
    pub is_needed: bool,
    /// What belongs into it: a key of the words.
    pub note: &'static str,
}

const fn needed(name: &'static str, note: &'static str) -> Column {
    Column {
        name,
        is_needed: true,
        note: known_key(note),
    }
}

const fn maybe(name: &'static str, note: &'static str) -> Column {
    Column {
        name,
        is_needed: false,
        note: known_key(note),
    }
}

const ID: &str = "import_column.id";
const NAME: &str = "import_column.name";
const CODE: &str = "import_column.code";
const DAY: &str = "import_column.day";
const FROM: &str = "import_column.from";
const TO: &str = "import_column.to";
const DECIMAL: &str = "import_column.decimal";
const ABOVE_ZERO: &str = "import_column.above_zero";
const INDICATOR: &str = "import_column.indicator";

/// The notes of columns in which a day belongs.
pub(super) const DAYS: [&str; 5] = [
    DAY,
    FROM,
    TO,
    "import_column.conduct_from",
    "import_column.conduct_to",
];

const PARKS: &[Column] = &[
    needed("park", ID),
    needed("name", NAME),
    needed("district", "import_column.district"),
    maybe("kind", "import_column.park_kind"),
];
const AREAS: &[Column] = &[
    needed("area", ID),
    needed("park", "import_column.park"),
    needed("name", NAME),
];
const ENTERPRISES: &[Column] = &[
    needed("enterprise", CODE),
    needed("name", NAME),
    needed("park", "import_column.park"),
    maybe("area", "import_column.area"),
    needed("industry", "import_column.industry"),
    needed("scale", "import_column.scale"),
    needed("established", DAY),
    maybe("group", "import_column.group"),
    maybe("capital_origin", "import_column.capital_origin"),
];
const PARCELS: &[Column] = &[
    needed("parcel", ID),
    needed("park", "import_column.park"),
    maybe("area", "import_column.area"),
    maybe("declared_mu", "import_column.declared_mu"),
    maybe("plot_ratio", ABOVE_ZERO),
    maybe("state", "import_column.state"),
];
const LAND: &[Column] = &[
    needed("enterprise", CODE),
    needed("parcel", "import_column.parcel"),
    needed("kind", "import_column.land_kind"),
    maybe("m2", "import_column.m2"),
    maybe("floor_m2", "import_column.floor_m2"),
    maybe("far", "import_column.far"),
    maybe("counterparty", "import_column.counterparty"),
    needed("valid_from", FROM),
    maybe("valid_to", TO),
];
const METERS: &[Column] = &[
    needed("meter", ID),
    needed("enterprise", CODE),
    maybe("gateway", "import_column.gateway_own"),
    needed("indicator", INDICATOR),
    maybe("register_size", "import_column.register_size"),
    needed("multiplier", "import_column.multiplier"),
    needed("max_per_hour", "import_column.max_per_hour"),
    needed("interval_s", "import_column.interval_s"),
    maybe("jitter", "import_column.jitter"),
    maybe("parent", "import_column.parent"),
    needed("valid_from", FROM),
    maybe("valid_to", TO),
];
/// Taken too, but not in the contract's table: two rules of contract.md 9 that few meters need, and
/// what people call a meter and where they find it (screens.md 7.1).
const METERS_RARE: &[Column] = &[
    maybe("update_s", "import_column.update_s"),
    maybe("resolution", "import_column.resolution"),
    maybe("name", NAME),
    maybe("place", "import_column.place"),
];
const REPLACEMENTS: &[Column] = &[
    needed("meter", "import_column.meter"),
    needed("indicator", INDICATOR),
    needed("at", "import_column.at"),
    maybe("old_final", "import_column.old_final"),
    maybe("new_initial", "import_column.new_initial"),
    needed("reason", "import_column.reason"),
];
const STATEMENTS: &[Column] = &[
    needed("enterprise", CODE),
    needed("period", "import_column.period"),
    needed("indicator", "import_column.stated"),
    needed("value", DECIMAL),
    needed("unit", "import_column.unit"),
    needed("source", "import_column.source"),
];
const CONDUCT: &[Column] = &[
    needed("enterprise", CODE),
    needed("kind", "import_column.conduct_kind"),
    needed("code", "import_column.conduct_code"),
    maybe("document", "import_column.document"),
    needed("source", "import_column.office"),
    needed("valid_from", "import_column.conduct_from"),
    maybe("valid_to", "import_column.conduct_to"),
];
const READINGS: &[Column] = &[
    needed("gateway", "import_column.gateway"),
    maybe("epoch", "import_column.whole"),
    maybe("seq", "import_column.whole"),
    needed("meter", "import_column.meter"),
    needed("indicator", INDICATOR),
    needed("at", "import_column.time"),
    needed("value", "import_column.number"),
    maybe("quality", "import_column.quality"),
    needed("received_at", "import_column.received_at"),
    maybe("revision", "import_column.revision"),
    maybe("flags", "import_column.flags"),
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
