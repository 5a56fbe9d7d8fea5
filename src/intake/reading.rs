//! One reading: `(meter, at)` with its values. A bad meter, time or structure sets the reading
//! aside, a bad value only that value (contract.md 2, "Partly bad messages").

use std::borrow::Cow;

use crate::calendar::Moment;
use crate::park::Meter;
use crate::reading::Code;
use crate::reading::Flags;
use crate::reading::Quality;
use crate::reading::Reading;
use crate::reading::SetAside;
use crate::reading::Taken;
use crate::reading::Value;

use super::Context;
use super::measured_at;
use super::number;
use super::part;
use super::part::Fault;
use super::part::Level;
use super::part::quoted;
use super::walk;

/// A reading as written, and its place in the message.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    /// The whole object; of a message that is one reading, with its `epoch` and `seq`.
    pub(super) text: &'a str,
    pub(super) index: u32,
    /// Whether it is the message itself.
    pub(super) alone: bool,
}

/// The fields of a reading as written.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    pub(super) meter: Option<&'a str>,
    pub(super) at: Option<&'a str>,
    pub(super) values: Option<&'a str>,
    pub(super) quality: Option<&'a str>,
}

impl Fields<'_> {
    /// Whether there is any of them.
    pub(super) const fn any(&self) -> bool {
        self.meter.is_some() || self.at.is_some() || self.values.is_some() || self.quality.is_some()
    }

    /// The reading with these fields and no others, as a list would hold it.
    fn written(self) -> String {
        let Self {
            meter,
            at,
            values,
            quality,
        } = self;
        let fields = [
            ("meter", meter),
            ("at", at),
            ("values", values),
            ("quality", quality),
        ];
        let fields = fields
            .into_iter()
            .filter_map(|(name, written)| Some((name, written?)));
        let fields: Vec<String> = fields
            .map(|(name, written)| format!("\"{name}\":{written}"))
            .collect();
        format!("{{{}}}", fields.join(","))
    }
}

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
        Err(fault) => set_aside(source, fault, context, taken),
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
            set_aside(Source { text, ..source }, fault, context, taken);
        }
        Err(fault) => set_aside(source, fault, context, taken),
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

/// One member of `values`.
struct Member<'a> {
    code: Cow<'a, str>,
    written_key: &'a str,
    written: &'a str,
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
    match written {
        None | Some("\"good\"") => Ok(Quality::Good),
        Some("\"uncertain\"") => Ok(Quality::Uncertain),
        Some("\"bad\"") => Ok(Quality::Bad),
        Some(other) if other.starts_with('"') => {
            match walk::unquote(other)
                .ok_or_else(|| part::half_a_pair("quality"))?
                .as_ref()
            {
                "good" => Ok(Quality::Good),
                "uncertain" => Ok(Quality::Uncertain),
                "bad" => Ok(Quality::Bad),
                other => {
                    let detail = format!(
                        "quality must be good, uncertain or bad, not {}",
                        quoted(other)
                    );
                    Err(Fault::new(Code::BadType, detail))
                }
            }
        }
        Some(other) => Err(level.misfit("quality", other, "good, uncertain or bad")),
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
    set_values_aside(source, frame, misfits, context, taken);
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

/// One item a code, so that a message full of bad values does not grow many times its size; its
/// bytes are the reading with only those values, so that a replay takes exactly them.
fn set_values_aside(
    source: Source<'_>,
    frame: &Frame<'_>,
    mut misfits: Vec<(&Member<'_>, Fault)>,
    context: &Context<'_>,
    taken: &mut Taken,
) {
    while let Some(code) = misfits.first().map(|(_, fault)| fault.code) {
        let (group, others): (Vec<_>, Vec<_>) = misfits
            .into_iter()
            .partition(|(_, fault)| fault.code == code);
        misfits = others;
        let details: Vec<&str> = group
            .iter()
            .map(|(_, fault)| fault.detail.as_str())
            .collect();
        taken.set_aside.push(SetAside {
            code,
            detail: part::shortened(details.join(" · ")),
            index: Some(source.index),
            values: count(group.len()),
            raw: cut(&reduced(frame, &group), context),
        });
    }
}

/// The reading as written, with only the values of `group`.
fn reduced(frame: &Frame<'_>, group: &[(&Member<'_>, Fault)]) -> String {
    let members = group.iter().map(|(member, _)| member);
    let values: Vec<String> = members
        .map(|member| format!("{}:{}", member.written_key, member.written))
        .collect();
    let values = format!("{{{}}}", values.join(","));
    let fields = Fields {
        values: Some(&values),
        ..frame.written
    };
    fields.written()
}

fn set_aside(source: Source<'_>, fault: Fault, context: &Context<'_>, taken: &mut Taken) {
    taken.set_aside.push(SetAside {
        code: fault.code,
        detail: fault.detail,
        index: Some(source.index),
        values: count(values_in(source.text)),
        raw: cut(source.text, context),
    });
}

/// How many values a reading that is set aside counts: those it lists, at least 1 (contract C2).
fn values_in(text: &str) -> usize {
    if !text.starts_with('{') {
        return 1;
    }
    let listed = walk::members(text)
        .filter(|(key, values)| {
            walk::unquote(key).as_deref() == Some("values") && values.starts_with('{')
        })
        .map(|(_, values)| walk::members(values).count());
    listed.sum::<usize>().max(1)
}

fn cut(text: &str, context: &Context<'_>) -> Vec<u8> {
    let bytes = text.as_bytes();
    bytes
        .get(..context.limits.raw_bytes)
        .unwrap_or(bytes)
        .to_vec()
}

fn count(values: usize) -> u32 {
    u32::try_from(values).unwrap_or(u32::MAX)
}
