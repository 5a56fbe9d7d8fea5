//! A year's facts as `parkpulse rate` takes them, written: whoever keeps the text can rate it again.

use std::collections::BTreeMap;

use serde::Serialize;

/// A year's facts, every number a decimal as text.
#[derive(Clone, Debug, Serialize)]
pub struct YearFacts {
    /// The day the age of enterprises is counted to, as `2025-12-31`.
    pub as_of: String,
    /// Coal factors by carrier, kgce a unit.
    pub energy_factors_kgce: BTreeMap<String, FactorFacts>,
    /// The legal entities.
    pub enterprises: Vec<EnterpriseFacts>,
}

/// Both coal factors of a carrier.
#[derive(Clone, Debug, Serialize)]
pub struct FactorFacts {
    /// 等价值.
    pub equal: String,
    /// 当量值.
    pub equivalent: String,
}

/// What is known of a legal entity; `None` = missing. Money in 万元.
#[derive(Clone, Debug, Serialize)]
pub struct EnterpriseFacts {
    /// Its social credit code.
    pub id: String,
    /// Its park.
    pub park: String,
    /// `above` or `below`.
    pub scale: &'static str,
    /// GB/T 4754.
    pub industry: Option<String>,
    /// When it was established.
    pub established: Option<String>,
    /// The group it is rated in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Its land.
    pub land: Vec<LandFacts>,
    /// Tax.
    pub tax: Option<String>,
    /// Invoiced sales.
    pub sales: Option<String>,
    /// Revenue.
    pub revenue: Option<String>,
    /// Value added.
    pub value_added: Option<String>,
    /// R&D expense.
    pub rd: Option<String>,
    /// Average staff, persons.
    pub employees: Option<String>,
    /// Water, t.
    pub water_t: Option<String>,
    /// Quantity by carrier.
    pub energy: Option<BTreeMap<String, String>>,
    /// Tonnes by pollutant.
    pub pollutants_t: Option<BTreeMap<String, String>>,
    /// The honours it holds, each once, as text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub honours: Vec<String>,
    /// How often each event happened.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub events: BTreeMap<String, u32>,
}

/// A line of land.
#[derive(Clone, Debug, Serialize)]
pub struct LandFacts {
    /// How it is held.
    pub kind: &'static str,
    /// Ground, m².
    #[serde(skip_serializing_if = "Option::is_none")]
    pub m2: Option<String>,
    /// Floor, m².
    #[serde(skip_serializing_if = "Option::is_none")]
    pub floor_m2: Option<String>,
    /// Plot ratio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub far: Option<String>,
    /// To whom it is leased out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// From whom it is leased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

impl YearFacts {
    /// The text of the file, indent 1, enterprises by id: the same facts in another order give the
    /// same text.
    #[must_use]
    pub fn write(mut self) -> String {
        self.enterprises.sort_by(|a, b| a.id.cmp(&b.id));
        let mut bytes = Vec::new();
        let indent = serde_json::ser::PrettyFormatter::with_indent(b" ");
        let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, indent);
        // Writing strings to memory cannot fail.
        let _ = self.serialize(&mut serializer);
        String::from_utf8(bytes).unwrap_or_default()
    }
}
