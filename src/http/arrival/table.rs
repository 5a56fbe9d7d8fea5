//! The strips as CSV, one row a meter and day, with how the meter stands; and what lies in
//! quarantine, one row an item.

use crate::calendar::Moment;
use crate::http::spreadsheet::harmless;
use crate::park::{Gateway, Name};
use crate::reading::Code;
use crate::store::Quarantined;
use crate::text::{Language, find_sentence};

use super::Arrival;
use super::meters::MeterArrival;
use super::strip::DayCount;
use super::wire::date;

/// The columns.
pub(super) const HEAD: [&str; 15] = [
    "meter",
    "enterprise",
    "name",
    "gateway",
    "indicator",
    "unit",
    "day",
    "expected",
    "received",
    "percent",
    "state",
    "latest_at",
    "as_of",
    "meter_name",
    "place",
];

/// The rows, meter by meter as on the page, oldest day first.
pub(super) fn rows(arrival: &Arrival) -> impl Iterator<Item = [String; 15]> + '_ {
    arrival.meters.iter().flat_map(move |meter| {
        let days = arrival.days.iter().zip(&meter.strip);
        days.map(move |(day, count)| row(arrival, meter, date(*day), *count))
    })
}

fn row(arrival: &Arrival, meter: &MeterArrival, day: String, count: DayCount) -> [String; 15] {
    let name = arrival.enterprises.get(&meter.enterprise);
    let percent = count.percent().map(|percent| percent.to_string());
    [
        harmless(meter.meter.as_str()),
        meter.enterprise.to_string(),
        name.map(|one| harmless(one.name.as_str()))
            .unwrap_or_default(),
        meter
            .gateway
            .as_ref()
            .map(|id| harmless(id.as_str()))
            .unwrap_or_default(),
        meter.indicator.clone(),
        meter.unit.clone(),
        day,
        count.expected.to_string(),
        count.received.to_string(),
        percent.unwrap_or_default(),
        meter.state.as_str().to_owned(),
        meter.newest_at.map(|at| at.to_string()).unwrap_or_default(),
        arrival.as_of.to_string(),
        named(meter.name.as_ref()),
        named(meter.place.as_ref()),
    ]
}

fn named(name: Option<&Name>) -> String {
    name.map(|name| harmless(name.as_str())).unwrap_or_default()
}

/// The columns of what lies in quarantine.
pub(super) const ASIDE_HEAD: [&str; 12] = [
    "number",
    "received_at",
    "gateway",
    "enterprise",
    "code",
    "why",
    "how",
    "detail",
    "index",
    "values",
    "raw_kept",
    "as_of",
];

/// One row an item; reason and remedy in `language`.
pub(super) fn aside_rows(
    items: &[(Gateway, Quarantined)],
    as_of: Moment,
    language: Language,
) -> impl Iterator<Item = [String; 12]> + '_ {
    let said = move |key: String| find_sentence(language, &key).unwrap_or_default().to_owned();
    items.iter().map(move |(gateway, item)| {
        let code = item.code.as_str();
        // This sentence names the meter; which one, `detail` says.
        let why = if item.code == Code::UnknownMeter {
            "unknown_meter_none"
        } else {
            code
        };
        [
            item.number.get().to_string(),
            item.received_at.to_string(),
            harmless(gateway.id.as_str()),
            gateway.enterprise.to_string(),
            code.to_owned(),
            said(format!("aside.{why}")),
            said(format!("aside.{code}_how")),
            harmless(&item.detail),
            item.index
                .map(|index| index.to_string())
                .unwrap_or_default(),
            item.values.to_string(),
            item.kept.to_string(),
            as_of.to_string(),
        ]
    })
}

/// The last row of a table that does not hold all: it says so in the first column, behind `# `.
pub(super) fn aside_foot(language: Language) -> [String; 12] {
    let said = find_sentence(language, "aside.more").unwrap_or_default();
    let mut row = [const { String::new() }; 12];
    if let Some(first) = row.first_mut() {
        *first = format!("# {said}");
    }
    row
}
