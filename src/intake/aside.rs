//! What is not taken, kept so that it can be: with its code, its count and its bytes.

use crate::reading::SetAside;
use crate::reading::Taken;

use super::Context;
use super::part;
use super::part::Fault;
use super::walk;
use super::written::Fields;
use super::written::Member;
use super::written::Source;

/// What cannot be taken apart counts 1: a message, or the bytes of a reading that were cut.
pub(super) fn whole(
    payload: &[u8],
    index: Option<u32>,
    fault: Fault,
    context: &Context<'_>,
    taken: &mut Taken,
) {
    taken.set_aside.push(SetAside {
        code: fault.code,
        detail: fault.detail,
        index,
        values: 1,
        raw: cut(payload, context),
    });
}

/// One item a code, so that a message full of bad values does not grow many times its size; its
/// bytes are the reading with only those values, so that a replay takes exactly them.
pub(super) fn values(
    source: Source<'_>,
    fields: Fields<'_>,
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
            raw: cut(reduced(fields, &group).as_bytes(), context),
        });
    }
}

/// The reading as written, with only the values of `group`.
fn reduced(fields: Fields<'_>, group: &[(&Member<'_>, Fault)]) -> String {
    let members = group.iter().map(|(member, _)| member);
    let values: Vec<String> = members
        .map(|member| format!("{}:{}", member.written_key, member.written))
        .collect();
    let values = format!("{{{}}}", values.join(","));
    let fields = Fields {
        values: Some(&values),
        ..fields
    };
    fields.written()
}

/// A whole reading.
pub(super) fn reading(source: Source<'_>, fault: Fault, context: &Context<'_>, taken: &mut Taken) {
    taken.set_aside.push(SetAside {
        code: fault.code,
        detail: fault.detail,
        index: Some(source.index),
        values: count(values_in(source.text)),
        raw: cut(source.text.as_bytes(), context),
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

/// The bytes that an item keeps.
fn cut(bytes: &[u8], context: &Context<'_>) -> Vec<u8> {
    let most = context.limits.raw_bytes;
    bytes.get(..most).unwrap_or(bytes).to_vec()
}

fn count(values: usize) -> u32 {
    u32::try_from(values).unwrap_or(u32::MAX)
}
