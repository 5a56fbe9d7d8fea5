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
use crate::jobs::import::refusal::Refusal;
use crate::text::{Said, said};

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
    pub(super) fn read(&self, row: u64, bytes: &[u8]) -> Result<Line, Box<Fault>> {
        let fault = |column: &str, what: Said| Box::new(of_line(row, column, what));
        if u64::try_from(bytes.len()).is_ok_and(|length| length > LINE_BYTES_MAX) {
            let what = said!("import_fault.line_long", most = LINE_BYTES_MAX);
            return Err(fault("", what));
        }
        let bytes = match row {
            1 => bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes),
            _ => bytes,
        };
        let text = std::str::from_utf8(bytes)
            .map_err(|cause| fault("", said!("import_fault.line_bytes", cause = cause)))?;
        let line: LineFile<'_> = serde_json::from_str(text)
            .map_err(|cause| fault("", said!("import_fault.line_shape", cause = cause)))?;
        self.check(&line)
            .map_err(|(column, what)| fault(column, what))
    }

    fn check(&self, line: &LineFile<'_>) -> Result<Line, (&'static str, Said)> {
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

    fn gateway(&self, id: &str) -> Result<&Gateway, (&'static str, Said)> {
        self.roster.find_gateway(id).ok_or_else(|| {
            (
                "gateway",
                said!("import_fault.gateway_unknown", gateway = id),
            )
        })
    }

    /// The meter and the indicator, if they were registered together, for the gateway's owner.
    fn measured(
        &self,
        gateway: &Gateway,
        line: &LineFile<'_>,
        at: Moment,
    ) -> Result<(&Meter, &Indicator), (&'static str, Said)> {
        let meter = self.roster.find_meter(&line.meter);
        let meter = meter.filter(|meter| meter.enterprise == gateway.enterprise);
        let meter = meter.ok_or_else(|| {
            (
                "meter",
                said!("import_fault.meter_foreign", meter = line.meter),
            )
        })?;
        let indicator = self.catalogue.find(&line.indicator).ok_or_else(|| {
            let what = said!("import_fault.indicator_unknown", indicator = line.indicator);
            ("indicator", what)
        })?;
        if meter.measures(indicator.number, at) {
            return Ok((meter, indicator));
        }
        let what = said!(
            "import_fault.not_measured",
            meter = meter.id,
            indicator = indicator.code,
            at = at,
        );
        Err(("indicator", what))
    }
}

fn moment(column: &'static str, text: &str) -> Result<Moment, (&'static str, Said)> {
    text.parse()
        .map_err(|cause: crate::calendar::TimeUnreadable| (column, cause.said()))
}

fn quality(text: Option<&str>) -> Result<Quality, (&'static str, Said)> {
    match text {
        None | Some("good") => Ok(Quality::Good),
        Some("uncertain") => Ok(Quality::Uncertain),
        Some("bad") => Ok(Quality::Bad),
        Some(other) => Err(("quality", said!("import_fault.no_quality", text = other))),
    }
}

fn flags(names: &[String]) -> Result<Flags, (&'static str, Said)> {
    let mut flags = Flags::default();
    for name in names {
        let mut each = (0..u8::BITS).map(|bit| Flags::from_bits(1 << bit));
        let flag = each.find(|flag| flag.names().next() == Some(name.as_str()));
        flags =
            flags.with(flag.ok_or_else(|| ("flags", said!("import_fault.no_flag", text = name)))?);
    }
    Ok(flags)
}

/// The number, under the rules of contract.md 2. Looks at the text: 1e-400 reads as 0 and is none.
fn number(text: &str, indicator: &Indicator) -> Result<f64, (&'static str, Said)> {
    let refused = |what: Said| ("value", what);
    match (text, indicator.kind) {
        ("true", Counting::Switch) => return Ok(1.0),
        ("false", Counting::Switch) => return Ok(0.0),
        _ => {}
    }
    let is_number = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    let number: Option<f64> = text.parse().ok().filter(|_| is_number);
    let number = number.ok_or_else(|| refused(said!("import_fault.no_json_number")))?;
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let is_zero = !mantissa.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    let size = number.abs();
    if !is_zero && !(LEAST..=GREATEST).contains(&size) {
        let what = said!("import_fault.no_measured_number", text = text);
        return Err(refused(what));
    }
    // The same judgement as at the doors: a switch has no half way.
    if intake::is_plausible(number, indicator) {
        return Ok(number);
    }
    let code = &indicator.code;
    let what = said!("import_fault.implausible", text = text, indicator = code);
    Err(refused(what))
}
