//! Accounts as the command `ledger` prints them: JSON, indent 1, the key order of the cases
//! (contract.md 5 and 9). The only place that rounds: 4 places, half away from zero.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};

use crate::park::MeterId;
use crate::units::Exact;

use super::Account;
use super::account::Step;

/// Decimal places of amounts and shares.
const PLACES: usize = 4;

/// A case's accounts, and what its file calls it.
#[derive(Debug)]
pub(super) struct ClosedCase {
    pub(super) name: Option<String>,
    pub(super) accounts: Vec<(MeterId, Account)>,
}

#[derive(Serialize)]
struct CaseLines<'a> {
    name: Option<&'a str>,
    result: Vec<MeterLines<'a>>,
}

#[derive(Serialize)]
struct MeterLines<'a> {
    meter: &'a str,
    used: Option<String>,
    known_share: String,
    conflicts: u64,
    flags: BTreeMap<&'static str, u64>,
    steps: Vec<StepLines>,
}

#[derive(Serialize)]
struct StepLines {
    from: String,
    used: Option<String>,
    state: &'static str,
}

/// The accounts of one case.
pub(super) fn print_meters(accounts: &[(MeterId, Account)]) -> String {
    print(&meter_lines(accounts))
}

/// The accounts of several cases, each with its name.
pub(super) fn print_cases(cases: &[ClosedCase]) -> String {
    let lines = cases.iter().map(|case| CaseLines {
        name: case.name.as_deref(),
        result: meter_lines(&case.accounts),
    });
    print(&lines.collect::<Vec<_>>())
}

fn meter_lines(accounts: &[(MeterId, Account)]) -> Vec<MeterLines<'_>> {
    let lines = accounts.iter().map(|(meter, account)| MeterLines {
        meter: meter.as_str(),
        used: rounded(account.used.as_ref()),
        known_share: account.known_share.rounded(PLACES),
        conflicts: account.conflicts,
        flags: account
            .flags
            .iter()
            .map(|(flag, times)| (flag.as_str(), *times))
            .collect(),
        steps: account.steps.iter().map(step_lines).collect(),
    });
    lines.collect()
}

fn step_lines(step: &Step) -> StepLines {
    StepLines {
        from: step.from.to_string(),
        used: rounded(step.used.as_ref()),
        state: step.state.as_str(),
    }
}

fn rounded(amount: Option<&Exact>) -> Option<String> {
    amount.map(|amount| amount.rounded(PLACES))
}

fn print(lines: &impl Serialize) -> String {
    let mut text = Vec::new();
    let formatter = PrettyFormatter::with_indent(b" ");
    let mut serializer = Serializer::with_formatter(&mut text, formatter);
    // Texts, numbers and lists into memory: there is nothing that could fail.
    match lines.serialize(&mut serializer) {
        Ok(()) => String::from_utf8_lossy(&text).into_owned(),
        Err(fault) => fault.to_string(),
    }
}
