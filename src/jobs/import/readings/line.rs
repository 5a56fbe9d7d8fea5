//! One line checked against who is registered and what can be measured.

use crate::calendar::Moment;
use crate::indicator::Catalogue;
use crate::indicator::Indicator;
use crate::indicator::Kind as Counting;
use crate::intake;
use crate::park::{Gateway, GatewayNo, Meter, MeterNo, Roster};
use crate::reading::Flags;
use crate::reading::Quality;
use crate::reading::Value;

use super::file::LineFile;
use super::{LINE_BYTES_MAX, of_line};
use crate::jobs::import::fault::Fault;

/// 2^53: above it a double no longer counts by ones (contract.md 2, "Numbers").
const GREATEST: f64 = 9_007_199_254_740_992.0;
/// Below it only 0 is a measured value.
const LEAST: f64 = 1e-12;

/// One value with its provenance, checked.
pub(super) struct Line {
    pub(super) gateway: GatewayNo,
    pub(super) epoch: Option<u64>,
    pub(super) seq: Option<u64>,
    pub(super) received_at: Moment,
    pub(super) meter: MeterNo,
    pub(super) at: Moment,
    pub(super) quality: Quality,
    pub(super) flags: Flags,
    pub(super) value: Value,
}

/// What lines are checked against.
pub(super) struct Reader<'a> {
    pub(super) roster: &'a Roster,
    pub(super) catalogue: &'a Catalogue,
}

impl Reader<'_> {
    /// The line numbered `row`.
    pub(super) fn read(&self, row: u64, bytes: &[u8]) -> Result<Line, Fault> {
        let fault = |column: &str, what: String| of_line(row, column, what);
        if u64::try_from(bytes.len()).is_ok_and(|length| length > LINE_BYTES_MAX) {
            let what = format!("the line is longer than {LINE_BYTES_MAX} bytes (too_large)");
            return Err(fault("", what));
        }
        let bytes = match row {
            1 => bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes),
            _ => bytes,
        };
        let text = std::str::from_utf8(bytes)
            .map_err(|cause| fault("", format!("not UTF-8 (bad_encoding): {cause}")))?;
        let line: LineFile<'_> = serde_json::from_str(text)
            .map_err(|cause| fault("", format!("not a line of an export: {cause}")))?;
        self.check(&line)
            .map_err(|(column, what)| fault(column, what))
    }

    fn check(&self, line: &LineFile<'_>) -> Result<Line, (&'static str, String)> {
        let gateway = self.gateway(&line.gateway)?;
        let at = moment("at", &line.at)?;
        let (meter, indicator) = self.measured(gateway, line, at)?;
        Ok(Line {
            gateway: gateway.number,
            epoch: line.epoch,
            seq: line.seq,
            received_at: moment("received_at", &line.received_at)?,
            meter: meter.number,
            at,
            quality: quality(line.quality.as_deref())?,
            flags: flags(&line.flags)?,
            value: Value {
                indicator: indicator.number,
                number: number(line.value.get(), indicator)?,
            },
        })
    }

    fn gateway(&self, id: &str) -> Result<&Gateway, (&'static str, String)> {
        self.roster.find_gateway(id).ok_or_else(|| {
            let what = format!("gateway `{id}` is not registered; `gateway add` does it");
            ("gateway", what)
        })
    }

    /// The meter and the indicator, if they were registered together, for the gateway's owner.
    fn measured(
        &self,
        gateway: &Gateway,
        line: &LineFile<'_>,
        at: Moment,
    ) -> Result<(&Meter, &Indicator), (&'static str, String)> {
        let meter = self.roster.find_meter(&line.meter);
        let meter = meter.filter(|meter| meter.enterprise == gateway.enterprise);
        let meter = meter.ok_or_else(|| {
            let what = format!(
                "`{}` is no meter of the gateway's enterprise (unknown_meter)",
                line.meter
            );
            ("meter", what)
        })?;
        let indicator = self.catalogue.find(&line.indicator).ok_or_else(|| {
            let what = format!(
                "there is no indicator `{}` in the catalogue (unknown_indicator)",
                line.indicator
            );
            ("indicator", what)
        })?;
        if meter.measures(indicator.number, at) {
            return Ok((meter, indicator));
        }
        let what = format!(
            "meter {} is not registered for {} at {at} (wrong_unit)",
            meter.id, indicator.code
        );
        Err(("indicator", what))
    }
}

fn moment(column: &'static str, text: &str) -> Result<Moment, (&'static str, String)> {
    text.parse()
        .map_err(|cause: crate::calendar::TimeUnreadable| (column, cause.to_string()))
}

fn quality(text: Option<&str>) -> Result<Quality, (&'static str, String)> {
    match text {
        None | Some("good") => Ok(Quality::Good),
        Some("uncertain") => Ok(Quality::Uncertain),
        Some("bad") => Ok(Quality::Bad),
        Some(other) => Err(("quality", format!("`{other}` is no quality"))),
    }
}

fn flags(names: &[String]) -> Result<Flags, (&'static str, String)> {
    let mut flags = Flags::default();
    for name in names {
        let mut each = (0..u8::BITS).map(|bit| Flags::from_bits(1 << bit));
        let flag = each.find(|flag| flag.names().next() == Some(name.as_str()));
        flags = flags.with(flag.ok_or_else(|| ("flags", format!("`{name}` is no flag")))?);
    }
    Ok(flags)
}

/// The number, under the rules of contract.md 2. Looks at the text: 1e-400 reads as 0 and is none.
fn number(text: &str, indicator: &Indicator) -> Result<f64, (&'static str, String)> {
    let refused = |what: String| ("value", what);
    match (text, indicator.kind) {
        ("true", Counting::Switch) => return Ok(1.0),
        ("false", Counting::Switch) => return Ok(0.0),
        _ => {}
    }
    let is_number = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    let number: Option<f64> = text.parse().ok().filter(|_| is_number);
    let number = number.ok_or_else(|| refused("is no JSON number (bad_type)".to_owned()))?;
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let is_zero = !mantissa.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    let size = number.abs();
    if !is_zero && !(LEAST..=GREATEST).contains(&size) {
        return Err(refused(format!(
            "{text} is no measured number (bad_number)"
        )));
    }
    // The same judgement as at the doors: a switch has no half way.
    if intake::is_plausible(number, indicator) {
        return Ok(number);
    }
    Err(refused(format!(
        "{text} is beyond what {} can be (implausible)",
        indicator.code
    )))
}
