//! The message around the readings: what is wrong here sets the whole of it aside, for then it
//! cannot be taken apart (contract.md 2, "Partly bad messages").

use crate::calendar::Moment;
use crate::reading::Code;
use crate::reading::Flags;
use crate::reading::Reading;
use crate::reading::Taken;

use super::Context;
use super::aside;
use super::grammar;
use super::grammar::Broken;
use super::number;
use super::part;
use super::part::Fault;
use super::part::Level;
use super::reading;
use super::walk;
use super::written::Fields;
use super::written::Source;

/// The newest `at` of a message may be this far ahead before all of it is flagged `clock_skew`.
const SKEW_MS: i64 = 120_000;

pub(super) fn take_in(payload: &[u8], context: &Context<'_>) -> Taken {
    let mut taken = nothing(context);
    if let Err(fault) = take_apart(payload, context, &mut taken) {
        aside::whole(payload, None, fault, context, &mut taken);
    }
    taken
}

pub(super) fn take_again(raw: &[u8], context: &Context<'_>) -> Taken {
    let mut taken = nothing(context);
    let level = Level {
        open: 2,
        limit: context.limits.depth,
    };
    match readable(raw, context) {
        Ok(text) => take_items([text].into_iter(), context, level, &mut taken),
        Err(fault) => aside::whole(raw, Some(0), fault, context, &mut taken),
    }
    taken
}

fn nothing(context: &Context<'_>) -> Taken {
    Taken {
        gateway: context.gateway.number,
        epoch: None,
        seq: None,
        received_at: context.received_at,
        purpose: context.purpose,
        readings: Vec::new(),
        set_aside: Vec::new(),
        refused: 0,
        unpromised: context.unpromised,
    }
}

/// An error sets the whole message aside; until then nothing of it was taken.
fn take_apart(payload: &[u8], context: &Context<'_>, taken: &mut Taken) -> Result<(), Fault> {
    let level = Level {
        open: 1,
        limit: context.limits.depth,
    };
    let text = readable(payload, context)?;
    if !text.starts_with('{') {
        let outermost = Level { open: 0, ..level };
        return Err(outermost.misfit("the message", text, "an object"));
    }
    let names = [
        "epoch", "seq", "readings", "meter", "at", "values", "quality",
    ];
    let [epoch, seq, readings, meter, at, values, quality] = part::fields(text, names, level)?;
    // The counters first: a message that is refused whole still says which one it was.
    taken.epoch = counter("epoch", epoch, level)?;
    taken.seq = counter("seq", seq, level)?;
    let alone = Fields {
        meter,
        at,
        values,
        quality,
    };
    let Some(readings) = readings else {
        return take_alone(text, alone, context, level, taken);
    };
    if !readings.starts_with('[') {
        return Err(level.misfit("readings", readings, "a list"));
    }
    if alone.any() {
        let detail = "meter, at, values and quality belong into the readings, not beside them";
        return Err(Fault::new(Code::UnknownField, detail));
    }
    not_too_many(readings, context)?;
    take_items(walk::items(readings), context, level.inside(1), taken);
    Ok(())
}

fn not_too_many(readings: &str, context: &Context<'_>) -> Result<(), Fault> {
    let limit = context.limits.readings;
    // An item and its comma are two bytes at least: most messages need no counting.
    if readings.len() / 2 <= limit {
        return Ok(());
    }
    let count = walk::items(readings).count();
    if count <= limit {
        return Ok(());
    }
    let detail = format!("{count} readings; send at most {limit} in a message");
    Err(Fault::new(Code::TooMany, detail))
}

/// The payload as text that is one JSON value, without the space around it.
fn readable<'a>(payload: &'a [u8], context: &Context<'_>) -> Result<&'a str, Fault> {
    let (size, limit) = (payload.len(), context.limits.message_bytes);
    if size > limit {
        let detail = format!("{size} bytes; send at most {limit} in a message");
        return Err(Fault::new(Code::TooLarge, detail));
    }
    let text = std::str::from_utf8(payload).map_err(|error| {
        let at = error.valid_up_to();
        let detail = format!("not UTF-8 from byte {at} on; write the message in UTF-8");
        Fault::new(Code::BadEncoding, detail)
    })?;
    match grammar::check(text) {
        Ok(_) => Ok(text.trim_matches([' ', '\t', '\n', '\r'])),
        Err(broken) => Err(no_json(text, broken, context.limits.depth)),
    }
}

fn no_json(text: &str, broken: Broken, depth_limit: usize) -> Fault {
    if broken.depth > depth_limit {
        let detail = format!("more than {depth_limit} objects and lists within each other");
        return Fault::new(Code::TooDeep, detail);
    }
    let detail = if text.starts_with('\u{feff}') {
        "begins with a byte order mark; leave it out".to_owned()
    } else if broken.at >= text.len() {
        format!("ends after {} bytes, before the JSON does", text.len())
    } else {
        format!("not JSON from byte {} on", broken.at)
    };
    Fault::new(Code::BadEncoding, detail)
}

fn counter(name: &str, written: Option<&str>, level: Level) -> Result<Option<u64>, Fault> {
    written
        .map(|written| number::count(name, written, level))
        .transpose()
}

fn take_alone(
    text: &str,
    fields: Fields<'_>,
    context: &Context<'_>,
    level: Level,
    taken: &mut Taken,
) -> Result<(), Fault> {
    if !fields.any() {
        let detail = "neither readings nor a reading; send {\"readings\": […]}";
        return Err(Fault::new(Code::MissingField, detail));
    }
    let mut newest = None;
    let source = Source {
        text,
        index: 0,
        alone: true,
    };
    reading::take_fields(source, fields, context, level, &mut newest, taken);
    flag_skew(newest, taken);
    Ok(())
}

fn take_items<'a>(
    readings: impl Iterator<Item = &'a str>,
    context: &Context<'_>,
    level: Level,
    taken: &mut Taken,
) {
    let mut newest = None;
    for (index, text) in (0..).zip(readings) {
        let source = Source {
            text,
            index,
            alone: false,
        };
        reading::take(source, context, level, &mut newest, taken);
    }
    flag_skew(newest, taken);
}

fn flag_skew(newest: Option<Moment>, taken: &mut Taken) {
    if newest.is_some_and(|newest| newest.ms_since(taken.received_at) > SKEW_MS) {
        let flag = |reading: &mut Reading| reading.flags = reading.flags.with(Flags::CLOCK_SKEW);
        taken.readings.iter_mut().for_each(flag);
    }
}
