//! The values of a map from a CSV file: `parcel,value`, the value a number, a grade, or empty.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

use crate::heatmap::cell::Grade;
use crate::park::ParcelId;

/// Largest file, in bytes (contract.md 7, "Files").
const FILE_BYTES_MAX: usize = 20 * 1024 * 1024;
/// Most faults that are told.
const FAULTS_MAX: usize = 100;
/// Numbers beyond ± this are no figures of a park.
const MAGNITUDE_MAX: Decimal = Decimal::from_parts(0xa4c6_8000, 0x0003_8d7e, 0, false, 0);

/// What a row gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// An empty field: no data.
    Nothing,
    /// A number.
    Value(Decimal),
    /// A letter.
    Grade(Grade),
}

/// One faulty row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueFault {
    /// The line in the file, from 1, the header's included.
    pub line: u64,
    /// What is wrong and what to do.
    pub what: String,
}

/// All faults of a values file; nothing of it was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueFaults(pub Vec<ValueFault>);

impl fmt::Display for ValueFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing of the values file was used:")?;
        for fault in &self.0 {
            write!(f, "\n  line {}: {}", fault.line, fault.what)?;
        }
        Ok(())
    }
}

impl std::error::Error for ValueFaults {}

fn of_file(what: String) -> ValueFaults {
    ValueFaults(vec![ValueFault { line: 1, what }])
}

/// What each of the `known` parcels is given; parcels without a row are not in it.
///
/// # Errors
/// Every row with an unknown parcel, one given twice, a value that is neither number nor grade,
/// or numbers and grades in one file.
pub fn read_values(
    text: &str,
    known: impl Fn(&str) -> bool,
) -> Result<BTreeMap<ParcelId, Given>, ValueFaults> {
    if text.len() > FILE_BYTES_MAX {
        return Err(of_file(format!(
            "the file has more than {FILE_BYTES_MAX} bytes; split it"
        )));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let columns = Columns::of(&mut reader)?;
    let mut given = BTreeMap::new();
    let mut faults = Vec::new();
    let mut first: Option<Given> = None;
    for record in reader.records() {
        if faults.len() >= FAULTS_MAX {
            break;
        }
        let read = record
            .map_err(|cause| {
                let line = cause.position().map_or(1, csv::Position::line);
                (
                    line,
                    format!("the row has not the header's columns ({cause})"),
                )
            })
            .and_then(|record| {
                let line = record.position().map_or(1, csv::Position::line);
                columns
                    .row(&record, &known)
                    .and_then(|row| unmixed(row, &mut first))
                    .and_then(
                        |(parcel, value)| match given.insert(parcel.clone(), value) {
                            None => Ok(()),
                            Some(_) => {
                                Err(format!("parcel {parcel} stands there twice; keep one row"))
                            }
                        },
                    )
                    .map_err(|what| (line, what))
            });
        if let Err((line, what)) = read {
            faults.push(ValueFault { line, what });
        }
    }
    if faults.is_empty() {
        Ok(given)
    } else {
        Err(ValueFaults(faults))
    }
}

/// Where the two columns stand.
struct Columns {
    parcel: usize,
    value: usize,
}

impl Columns {
    fn of(reader: &mut csv::Reader<&[u8]>) -> Result<Self, ValueFaults> {
        let header = reader
            .headers()
            .map_err(|cause| of_file(format!("the header cannot be read ({cause})")))?;
        let names: Vec<&str> = header.iter().map(str::trim).collect();
        let at = |wanted: &str| names.iter().position(|name| *name == wanted);
        match (at("parcel"), at("value"), names.len()) {
            (Some(parcel), Some(value), 2) => Ok(Self { parcel, value }),
            _ => Err(of_file(
                "the header must be `parcel,value`, in either order; write it so".to_owned(),
            )),
        }
    }

    fn row(
        &self,
        record: &csv::StringRecord,
        known: impl Fn(&str) -> bool,
    ) -> Result<(ParcelId, Given), String> {
        let field = |at: usize| record.get(at).unwrap_or_default().trim();
        let name = field(self.parcel);
        let parcel = ParcelId::from_str(name)
            .map_err(|_cause| format!("`{}` is not a parcel's id", name.escape_debug()))?;
        if !known(parcel.as_str()) {
            return Err(format!(
                "parcel {parcel} is not in the parcels file; mend the id or add its outline"
            ));
        }
        Ok((parcel, value(field(self.value))?))
    }
}

/// Numbers and grades in one column have no common legend.
fn unmixed(row: (ParcelId, Given), first: &mut Option<Given>) -> Result<(ParcelId, Given), String> {
    match (row.1, *first) {
        (Given::Nothing, _) => {}
        (given, None) => *first = Some(given),
        (Given::Value(_), Some(Given::Grade(_))) | (Given::Grade(_), Some(Given::Value(_))) => {
            return Err("numbers and grades stand in one file; give them apart".to_owned());
        }
        _ => {}
    }
    Ok(row)
}

fn value(text: &str) -> Result<Given, String> {
    if text.is_empty() {
        return Ok(Given::Nothing);
    }
    if let Ok(grade) = text.parse() {
        return Ok(Given::Grade(grade));
    }
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let number = Decimal::from_str(text).or_else(|_| Decimal::from_scientific(text));
    match number {
        Ok(number) if plain && number.abs() <= MAGNITUDE_MAX => Ok(Given::Value(number)),
        _ => Err(format!(
            "`{}` is neither a number within ±{MAGNITUDE_MAX} nor a grade (A, B, C, D, T); leave it empty if there is none",
            text.chars().take(40).collect::<String>().escape_debug()
        )),
    }
}
