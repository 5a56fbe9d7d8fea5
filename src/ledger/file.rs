//! The case file of the command `ledger`: a period, its meters, and their readings, as people
//! write them (contract.md 9).
//!
//! Refuses in words whatever it does not understand; the rules themselves are in the files beside.

use std::collections::BTreeMap;

use crate::calendar::Period;
use crate::park::MeterId;
use crate::reading::{Code, Quality};
use crate::units::Exact;

use super::node::{CaseRefused, Fields, Node};
use super::register::{Multiplier, Replacement, Terms, TermsRefused};
use super::wire::{self, ClosedCase};
use super::{Account, Arrival, Readings, Register, Shown, Steps};

/// Milliseconds of an hour and of a day: a step of a case.
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Steps of a case, beyond which it is refused: 22 years of hours.
const STEPS_MAX: usize = 200_000;

/// A period to close from a file.
#[derive(Debug)]
struct Case {
    /// What the file calls it.
    name: Option<String>,
    period: Period,
    step_ms: i64,
    meters: BTreeMap<MeterId, CaseMeter>,
}

#[derive(Debug)]
struct CaseMeter {
    register: Register,
    arrivals: Vec<Arrival>,
}

/// Closes the case, or the list of cases, in `text`: the answer as the command prints it (JSON,
/// indent 1): an array of meters, or an array of `{"name", "result"}`.
///
/// # Errors
/// The first thing that is wrong, with its path; nothing is computed then.
pub fn close_file(text: &str) -> Result<String, CaseRefused> {
    let whole = Node::whole(text)?;
    if !whole.is_list() {
        return Ok(wire::print_meters(&Case::read(&whole)?.close()));
    }
    let cases: Result<Vec<Case>, _> = whole.list()?.iter().map(Case::read).collect();
    let closed: Vec<_> = cases?
        .into_iter()
        .map(|case| ClosedCase {
            accounts: case.close(),
            name: case.name,
        })
        .collect();
    Ok(wire::print_cases(&closed))
}

impl Case {
    /// The case that stands at `node`.
    fn read(node: &Node<'_>) -> Result<Self, CaseRefused> {
        let mut fields = node.object()?;
        let name = fields.take("name").and_then(|name| name.text().ok());
        fields.take("why");
        fields.take("expected");
        let period = read_period(&fields.need("period")?)?;
        let step_ms = match fields.take("step") {
            None => HOUR_MS,
            Some(step) => read_step(&step)?,
        };
        if Steps::new(period, step_ms).is_none_or(|steps| steps.count() > STEPS_MAX) {
            return Err(node.refused(Code::TooMany, format!("over {STEPS_MAX} steps")));
        }
        let replacements = read_changes(fields.take("changes"))?;
        let mut meters = read_meters(&fields.need("meters")?, replacements)?;
        for reading in fields.need("readings")?.list()? {
            read_reading(&reading, &mut meters)?;
        }
        fields.finish()?;
        Ok(Self {
            name,
            period,
            step_ms,
            meters,
        })
    }

    /// The account of each meter, by id.
    fn close(&self) -> Vec<(MeterId, Account)> {
        let accounts = self.meters.iter().filter_map(|(id, meter)| {
            let readings = Readings::in_order(meter.arrivals.iter().cloned(), []);
            let account = Account::close(&meter.register, &readings, self.period, self.step_ms)?;
            Some((id.clone(), account))
        });
        accounts.collect()
    }
}

fn read_period(node: &Node<'_>) -> Result<Period, CaseRefused> {
    let mut fields = node.object()?;
    let from = fields.need("from")?.moment()?;
    let to = fields.need("to")?.moment()?;
    fields.finish()?;
    let backwards = || node.refused(Code::BadTime, "`from` must be before `to`");
    Period::new(from, to).ok_or_else(backwards)
}

fn read_step(node: &Node<'_>) -> Result<i64, CaseRefused> {
    match node.text()?.as_str() {
        "hour" => Ok(HOUR_MS),
        "day" => Ok(DAY_MS),
        _ => Err(node.refused(Code::BadType, "write `hour` or `day`")),
    }
}

/// Replacements of one meter, and where the first of them stands.
type Changes<'a> = BTreeMap<MeterId, (Node<'a>, Vec<Replacement>)>;

fn read_changes(node: Option<Node<'_>>) -> Result<Changes<'_>, CaseRefused> {
    let mut changes = BTreeMap::new();
    for change in node.map_or(Ok(Vec::new()), |node| node.list())? {
        let mut fields = change.object()?;
        let meter = fields.need("meter")?;
        let replacement = Replacement {
            at: fields.need("at")?.moment()?,
            old_final: read_optional(&mut fields, "old_final")?,
            new_initial: read_optional(&mut fields, "new_initial")?,
        };
        fields.finish()?;
        let (_, of_meter) = changes
            .entry(read_meter_id(&meter)?)
            .or_insert_with(|| (meter, Vec::new()));
        of_meter.push(replacement);
    }
    Ok(changes)
}

fn read_meters(
    node: &Node<'_>,
    mut replacements: Changes<'_>,
) -> Result<BTreeMap<MeterId, CaseMeter>, CaseRefused> {
    let mut meters = BTreeMap::new();
    for meter in node.list()? {
        let mut fields = meter.object()?;
        let named = fields.need("meter")?;
        let id = read_meter_id(&named)?;
        let replacements = replacements.remove(&id).map(|(_, of_meter)| of_meter);
        let terms = read_terms(&mut fields, replacements.unwrap_or_default())?;
        fields.finish()?;
        let register =
            Register::new(terms).map_err(|fault| meter.refused(code_of(&fault), fault))?;
        let case_meter = CaseMeter {
            register,
            arrivals: Vec::new(),
        };
        if meters.insert(id, case_meter).is_some() {
            return Err(named.refused(Code::DuplicateKey, "this meter is listed twice"));
        }
    }
    match replacements.into_values().next() {
        None => Ok(meters),
        Some((meter, _)) => Err(unlisted(&meter)),
    }
}

fn read_terms(
    fields: &mut Fields<'_>,
    replacements: Vec<Replacement>,
) -> Result<Terms, CaseRefused> {
    let update = fields.take("update_s");
    Ok(Terms {
        register_size: fields.need("register_size")?.exact()?,
        max_per_hour: fields.need("max_per_hour")?.exact()?,
        interval_ms: fields.need("interval_s")?.seconds_as_ms()?,
        update_ms: update.map(|update| update.seconds_as_ms()).transpose()?,
        resolution: read_optional(fields, "resolution")?.unwrap_or_else(Exact::zero),
        jitter: read_optional(fields, "jitter")?.unwrap_or_else(Exact::zero),
        multipliers: read_multipliers(&fields.need("multiplier")?)?,
        replacements,
    })
}

fn read_multipliers(node: &Node<'_>) -> Result<Vec<Multiplier>, CaseRefused> {
    let read = |entry: Node<'_>| {
        let mut fields = entry.object()?;
        let from = fields.need("from")?.moment()?;
        let value = fields.need("value")?.exact()?;
        fields.finish()?;
        Ok(Multiplier { from, value })
    };
    node.list()?.into_iter().map(read).collect()
}

fn read_reading(
    node: &Node<'_>,
    meters: &mut BTreeMap<MeterId, CaseMeter>,
) -> Result<(), CaseRefused> {
    let mut fields = node.object()?;
    let named = fields.need("meter")?;
    let at = fields.need("at")?.moment()?;
    let register = fields.need("value")?.double()?;
    let quality = match fields.take("quality") {
        None => Quality::Good,
        Some(quality) => read_quality(&quality)?,
    };
    fields.finish()?;
    let meter = meters
        .get_mut(named.text()?.as_str())
        .ok_or_else(|| unlisted(&named))?;
    meter.arrivals.push(Arrival {
        shown: Shown { at, register },
        quality,
    });
    Ok(())
}

fn read_quality(node: &Node<'_>) -> Result<Quality, CaseRefused> {
    match node.text()?.as_str() {
        "good" => Ok(Quality::Good),
        "uncertain" => Ok(Quality::Uncertain),
        "bad" => Ok(Quality::Bad),
        _ => Err(node.refused(Code::BadType, "write `good`, `uncertain` or `bad`")),
    }
}

fn read_optional(fields: &mut Fields<'_>, name: &str) -> Result<Option<Exact>, CaseRefused> {
    fields.take(name).map(|node| node.exact()).transpose()
}

fn read_meter_id(node: &Node<'_>) -> Result<MeterId, CaseRefused> {
    let text = node.text()?;
    text.parse()
        .map_err(|fault| node.refused(Code::BadType, fault))
}

fn unlisted(meter: &Node<'_>) -> CaseRefused {
    meter.refused(
        Code::UnknownMeter,
        "this meter is not listed under `meters`",
    )
}

const fn code_of(fault: &TermsRefused) -> Code {
    match fault {
        TermsRefused::TwoMultipliers { .. } | TermsRefused::TwoReplacements { .. } => {
            Code::DuplicateKey
        }
        _ => Code::BadNumber,
    }
}
