//! One reading: `(meter, at)` with its values. A bad meter, time or structure sets the reading
//! aside, a bad value only that value (contract.md 2, "Partly bad messages").

use crate::calendar::Moment;
use crate::park::Meter;
use crate::reading::Code;
use crate::reading::Flags;
use crate::reading::Quality;
use crate::reading::Reading;
use crate::reading::Taken;
use crate::reading::Value;

use super::Context;
use super::aside;
use super::measured_at;
use super::number;
use super::part;
use super::part::Fault;
use super::part::Level;
use super::part::quoted;
use super::walk;
use super::written::Fields;
use super::written::Member;
use super::written::Source;

/// Takes the item of `readings` that `source` is.
pub(super) fn take(
    source: Source<'_>,
    context: &Context<'_>,
    level: Level,
    newest: &mut Option<Moment>,
    taken: &mut Taken,
) {
    match list_item(source.text, level) {
        Ok(fields) => take_fields(source, fields, context, level.inside(1), newest, taken),
        Err(fault) => aside::reading(source, fault, context, taken),
    }
}

/// Takes a reading whose fields are found, in a list or standing alone.
pub(super) fn take_fields(
    source: Source<'_>,
    fields: Fields<'_>,
    context: &Context<'_>,
    level: Level,
    newest: &mut Option<Moment>,
    taken: &mut Taken,
) {
    match frame(fields, context, level, newest) {
        Ok((frame, members)) => take_values(source, &frame, &members, context, taken),
        Err(fault) if source.alone => {
            let text = &fields.written();
            aside::reading(Source { text, ..source }, fault, context, taken);
        }
        Err(fault) => aside::reading(source, fault, context, taken),
    }
}

/// What of a reading is not a value, checked; with what is needed to write it down again.
struct Frame<'a> {
    meter: &'a Meter,
    at: Moment,
    quality: Quality,
    flags: Flags,
    written: Fields<'a>,
    values_level: Level,
}

fn list_item(text: &str, level: Level) -> Result<Fields<'_>, Fault> {
    if !text.starts_with('{') {
        return Err(level.misfit("a reading", text, "an object"));
    }
    let names = ["meter", "at", "values", "quality"];
    let [meter, at, values, quality] = part::fields(text, names, level.inside(1))?;
    Ok(Fields {
        meter,
        at,
        values,
        quality,
    })
}

fn frame<'a>(
    fields: Fields<'a>,
    context: &Context<'a>,
    level: Level,
    newest: &mut Option<Moment>,
) -> Result<(Frame<'a>, Vec<Member<'a>>), Fault> {
    let written_at = required("at", fields.at)?;
    let written_meter = required("meter", fields.meter)?;
    let members = members(required("values", fields.values)?, context, level)?;
    let quality = quality(fields.quality, level)?;
    let (at, mut flags) = measured_at::read(written_at, level)?;
    let at = shifted(at, context, &mut flags);
    *newest = (*newest).max(Some(at));
    let late = measured_at::window(at, context.received_at, context.limits)?;
    let meter = meter(written_meter, at, context, level, &mut flags)?;
    let frame = Frame {
        meter,
        at,
        quality,
        flags: flags.with(late),
        written: fields,
        values_level: level.inside(1),
    };
    Ok((frame, members))
}

fn required<'a>(name: &str, written: Option<&'a str>) -> Result<&'a str, Fault> {
    written.ok_or_else(|| {
        let detail = format!("{name} is missing; a reading has meter, at and values");
        Fault::new(Code::MissingField, detail)
    })
}

fn members<'a>(
    values: &'a str,
    context: &Context<'_>,
    level: Level,
) -> Result<Vec<Member<'a>>, Fault> {
    if !values.starts_with('{') {
        return Err(level.misfit("values", values, "an object"));
    }
    let mut members: Vec<Member<'a>> = Vec::with_capacity(16);
    for (written_key, written) in walk::members(values) {
        let code = part::key_text(written_key)?;
        if members.iter().any(|member| member.code == code) {
            return Err(part::duplicate(&code));
        }
        if members.len() == context.limits.values {
            let limit = context.limits.values;
            let detail = format!("more than {limit} values; send the others as another reading");
            return Err(Fault::new(Code::TooMany, detail));
        }
        members.push(Member {
            code,
            written_key,
            written,
        });
    }
    if members.is_empty() {
        let detail = "values is empty; a reading has at least one";
        return Err(Fault::new(Code::MissingField, detail));
    }
    Ok(members)
}

fn quality(written: Option<&str>, level: Level) -> Result<Quality, Fault> {
    let expected = "good, uncertain or bad";
    let Some(written) = written else {
        return Ok(Quality::Good);
    };
    if !written.starts_with('"') {
        return Err(level.misfit("quality", written, expected));
    }
    let text = walk::unquote(written).ok_or_else(|| part::half_a_pair("quality"))?;
    match text.as_ref() {
        "good" => Ok(Quality::Good),
        "uncertain" => Ok(Quality::Uncertain),
        "bad" => Ok(Quality::Bad),
        other => {
            let detail = format!("quality must be {expected}, not {}", quoted(other));
            Err(Fault::new(Code::BadType, detail))
        }
    }
}

fn shifted(at: Moment, context: &Context<'_>, flags: &mut Flags) -> Moment {
    let shift_ms = context.amendment.map_or(0, |amendment| amendment.shift_ms);
    if shift_ms != 0 {
        *flags = flags.with(Flags::TIME_SHIFTED);
    }
    at.plus_ms(shift_ms)
}

/// The meter, if it is registered to the gateway's enterprise at `at`. Whether it is somebody
/// else's is not told.
fn meter<'a>(
    written: &str,
    at: Moment,
    context: &Context<'a>,
    level: Level,
    flags: &mut Flags,
) -> Result<&'a Meter, Fault> {
    if !written.starts_with('"') {
        return Err(level.misfit("meter", written, "a text"));
    }
    let named = walk::unquote(written).ok_or_else(|| part::half_a_pair("meter"))?;
    let mapped = context
        .amendment
        .and_then(|amendment| amendment.meter_as.as_ref());
    if mapped.is_some() {
        *flags = flags.with(Flags::METER_MAPPED);
    }
    let id = mapped.map_or(named.as_ref(), |meter| meter.as_str());
    let runs = |meter: &&Meter| {
        let enterprise = meter.enterprise == context.gateway.enterprise;
        enterprise
            && meter.channels.iter().any(|channel| {
                channel.valid_from <= at && channel.valid_to.is_none_or(|end| at < end)
            })
    };
    context.roster.find_meter(id).filter(runs).ok_or_else(|| {
        let detail = format!(
            "no meter {} of this enterprise at that time; register it, then ask for a replay",
            quoted(id)
        );
        Fault::new(Code::UnknownMeter, detail)
    })
}

fn take_values(
    source: Source<'_>,
    frame: &Frame<'_>,
    members: &[Member<'_>],
    context: &Context<'_>,
    taken: &mut Taken,
) {
    let mut values = Vec::with_capacity(members.len());
    let mut misfits = Vec::new();
    for member in members {
        match value(member, frame, context) {
            Ok(value) => values.push(value),
            Err(fault) => misfits.push((member, fault)),
        }
    }
    if !values.is_empty() {
        taken.readings.push(Reading {
            meter: frame.meter.number,
            at: frame.at,
            values,
            quality: frame.quality,
            flags: frame.flags,
        });
    }
    aside::values(source, frame.written, misfits, context, taken);
}

fn value(member: &Member<'_>, frame: &Frame<'_>, context: &Context<'_>) -> Result<Value, Fault> {
    let indicator = context.catalogue.find(&member.code).ok_or_else(|| {
        let detail = format!(
            "{} is not in the catalogue; add it there, then ask for a replay",
            quoted(&member.code)
        );
        Fault::new(Code::UnknownIndicator, detail)
    })?;
    let number = number::value(member.written, indicator, frame.values_level)?;
    if !frame.meter.measures(indicator.number, frame.at) {
        let detail = format!(
            "meter {} is not registered for {} at that time; register it, then ask for a replay",
            frame.meter.id, indicator.code
        );
        return Err(Fault::new(Code::WrongUnit, detail));
    }
    number::plausible(number, indicator)?;
    Ok(Value {
        indicator: indicator.number,
        number,
    })
}
