//! The strips as CSV: one row a meter and day, with how the meter stands.

use crate::http::spreadsheet::harmless;

use super::Arrival;
use super::meters::MeterArrival;
use super::strip::DayCount;
use super::wire::date;

/// The columns.
pub(super) const HEAD: [&str; 13] = [
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
];

/// The rows, meter by meter as on the page, oldest day first.
pub(super) fn rows(arrival: &Arrival) -> impl Iterator<Item = [String; 13]> + '_ {
    arrival.meters.iter().flat_map(move |meter| {
        let days = arrival.days.iter().zip(&meter.strip);
        days.map(move |(day, count)| row(arrival, meter, date(*day), *count))
    })
}

fn row(arrival: &Arrival, meter: &MeterArrival, day: String, count: DayCount) -> [String; 13] {
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
    ]
}
