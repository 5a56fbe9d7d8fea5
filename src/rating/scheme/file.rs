//! A scheme as people write it (contract.md 5, "Scheme fields"): read, checked, refused by path.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::rating::file::{DecimalText, Ordered, or_default, read_json, read_toml};
use crate::rating::indicator::Indicator;
use crate::rating::{Refused, refused};
use crate::units::Exact;

use super::{
    BaselineMode, ElectricityBasis, Exempt, Grade, Method, Missing, Scale, Scheme, Term, Threshold,
};

// The schemes that are compiled in: name and text.
include!(concat!(env!("OUT_DIR"), "/schemes.rs"));

/// Decimal places beyond which no sheet is printed.
const ROUND_MAX: usize = 12;

/// A scheme, unchecked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rating) struct SchemeFile {
    id: String,
    note: Option<String>,
    method: MethodFile,
    #[serde(default, deserialize_with = "or_default")]
    baseline_mode: BaselineModeFile,
    baseline_factor: Option<DecimalText>,
    electricity_basis: BasisFile,
    cap_ratio: Option<DecimalText>,
    #[serde(default = "two")]
    round: usize,
    groups: Ordered<Vec<TermFile>>,
    #[serde(default, deserialize_with = "or_default")]
    bonus: Ordered<DecimalText>,
    #[serde(default, deserialize_with = "or_default")]
    deduct: Ordered<DecimalText>,
    bonus_cap: Option<DecimalText>,
    deduct_cap: Option<DecimalText>,
    grade_shares: Vec<(String, DecimalText)>,
    #[serde(default, deserialize_with = "or_default")]
    min_group_size: usize,
    #[serde(default, deserialize_with = "or_default")]
    small_group_thresholds: Vec<(String, DecimalText)>,
    #[serde(default, deserialize_with = "or_default")]
    veto: Ordered<String>,
    #[serde(default, deserialize_with = "or_default")]
    grade_cap_events: Ordered<String>,
    #[serde(default, deserialize_with = "or_default")]
    grade_cap_thresholds: Vec<ThresholdFile>,
    #[serde(default, deserialize_with = "or_default")]
    exempt: ExemptFile,
    #[serde(default, rename = "_comment")]
    _comment: IgnoredAny,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum MethodFile {
    Ratio,
    MinMax,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum BaselineModeFile {
    Fixed,
    GroupMeanX,
    #[default]
    None,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum BasisFile {
    Equal,
    Equivalent,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TermFile {
    code: String,
    weight: DecimalText,
    baseline: Option<DecimalText>,
    missing: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ThresholdFile {
    indicator: String,
    lt: DecimalText,
    max_grade: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExemptFile {
    new_months: Option<u32>,
    #[serde(default, deserialize_with = "or_default")]
    industries: Vec<String>,
}

fn two() -> usize {
    2
}

/// Reads a scheme file of its own: JSON if it opens with `{`, TOML otherwise.
pub(in crate::rating) fn read_scheme(name: &str, text: &str) -> Result<Scheme, Refused> {
    let file: SchemeFile = if text.trim_start().starts_with('{') {
        read_json(name, text)?
    } else {
        read_toml(name, text)?
    };
    checked(name, file)
}

/// Checks a scheme that stands at `path`.
pub(in crate::rating) fn checked(path: &str, file: SchemeFile) -> Result<Scheme, Refused> {
    let bands = bands(&format!("{path}.grade_shares"), file.grade_shares)?;
    let grades = Grades { bands: &bands };
    let baseline_mode = baseline_mode(path, file.baseline_mode, file.baseline_factor)?;
    let method = match file.method {
        MethodFile::Ratio => Method::Ratio,
        MethodFile::MinMax => Method::MinMax,
    };
    if method == Method::Ratio && baseline_mode == BaselineMode::None {
        let reason = "a ratio needs baselines: `fixed` or `group_mean_x`";
        return Err(refused(format!("{path}.baseline_mode"), reason));
    }
    if file.round > ROUND_MAX {
        return Err(refused(
            format!("{path}.round"),
            format!("at most {ROUND_MAX} places"),
        ));
    }
    let fixed = method == Method::Ratio && baseline_mode == BaselineMode::Fixed;
    Ok(Scheme {
        groups: groups(&format!("{path}.groups"), file.groups, fixed)?,
        small_group_thresholds: thresholds(path, file.small_group_thresholds, &grades)?,
        veto: grades.of_events(&format!("{path}.veto"), file.veto)?,
        cap_events: grades.of_events(&format!("{path}.grade_cap_events"), file.grade_cap_events)?,
        cap_thresholds: cap_thresholds(path, file.grade_cap_thresholds, &grades)?,
        place: path.to_owned(),
        id: file.id,
        note: file.note,
        method,
        baseline_mode,
        basis: match file.electricity_basis {
            BasisFile::Equal => ElectricityBasis::Equal,
            BasisFile::Equivalent => ElectricityBasis::Equivalent,
        },
        cap_ratio: file.cap_ratio.map(|cap| cap.0),
        round: file.round,
        bonus: points(file.bonus),
        deduct: points(file.deduct),
        bonus_cap: file.bonus_cap.map(|cap| cap.0),
        deduct_cap: file.deduct_cap.map(|cap| cap.0),
        min_group_size: file.min_group_size,
        exempt: Exempt {
            new_months: file.exempt.new_months,
            industries: file.exempt.industries,
        },
        bands,
    })
}

fn points(table: Ordered<DecimalText>) -> Vec<(String, Exact)> {
    table
        .0
        .into_iter()
        .map(|(name, points)| (name, points.0))
        .collect()
}

fn baseline_mode(
    path: &str,
    mode: BaselineModeFile,
    factor: Option<DecimalText>,
) -> Result<BaselineMode, Refused> {
    match (mode, factor) {
        (BaselineModeFile::Fixed, _) => Ok(BaselineMode::Fixed),
        (BaselineModeFile::None, _) => Ok(BaselineMode::None),
        (BaselineModeFile::GroupMeanX, Some(factor)) => Ok(BaselineMode::GroupMean(factor.0)),
        (BaselineModeFile::GroupMeanX, None) => {
            let reason = "`group_mean_x` needs the factor that the group's mean is multiplied with";
            Err(refused(format!("{path}.baseline_factor"), reason))
        }
    }
}

fn bands(path: &str, shares: Vec<(String, DecimalText)>) -> Result<Vec<(String, Exact)>, Refused> {
    let mut bands: Vec<(String, Exact)> = Vec::new();
    for (index, (letter, share)) in shares.into_iter().enumerate() {
        let here = || format!("{path}[{index}]");
        if letter == "T" || bands.iter().any(|(known, _)| *known == letter) {
            return Err(refused(
                here(),
                format!("`{letter}` is taken; T stands for not rated"),
            ));
        }
        if bands.last().is_some_and(|(_, before)| share.0 < *before) {
            return Err(refused(here(), "the shares must rise from band to band"));
        }
        bands.push((letter, share.0));
    }
    if bands
        .last()
        .is_none_or(|(_, last)| *last != Exact::whole(1))
    {
        return Err(refused(
            path,
            "the last band must end at 1.00, so that everybody has a grade",
        ));
    }
    Ok(bands)
}

fn groups(
    path: &str,
    groups: Ordered<Vec<TermFile>>,
    fixed: bool,
) -> Result<Vec<(Scale, Vec<Term>)>, Refused> {
    let group = |(name, terms): (String, Vec<TermFile>)| {
        let path = format!("{path}.{name}");
        let scale = match name.as_str() {
            "above" => Scale::Above,
            "below" => Scale::Below,
            _ => return Err(refused(path, "no such group: `above` or `below`")),
        };
        Ok((scale, terms_of(&path, terms, fixed)?))
    };
    groups.0.into_iter().map(group).collect()
}

fn terms_of(path: &str, files: Vec<TermFile>, fixed: bool) -> Result<Vec<Term>, Refused> {
    let mut terms: Vec<Term> = Vec::new();
    for (index, file) in files.into_iter().enumerate() {
        let term = term(&format!("{path}[{index}]"), file, fixed)?;
        if terms.iter().any(|known| known.indicator == term.indicator) {
            return Err(refused(
                format!("{path}[{index}].code"),
                "stands twice in the group",
            ));
        }
        terms.push(term);
    }
    let sum: Exact = terms.iter().map(|term| &term.weight).sum();
    if sum != Exact::whole(100) {
        return Err(refused(
            path,
            format!("the weights sum to {}, not 100", sum.rounded(4)),
        ));
    }
    Ok(terms)
}

fn term(path: &str, file: TermFile, fixed: bool) -> Result<Term, Refused> {
    let indicator = indicator(&format!("{path}.code"), &file.code)?;
    if file.weight.0.is_negative() {
        return Err(refused(format!("{path}.weight"), "a weight is not below 0"));
    }
    let baseline = file.baseline.map(|baseline| baseline.0);
    if fixed
        && baseline
            .as_ref()
            .is_none_or(|baseline| !baseline.is_positive())
    {
        return Err(refused(
            format!("{path}.baseline"),
            "a fixed baseline must be given, above 0",
        ));
    }
    let missing = missing(&format!("{path}.missing"), file.missing.as_deref())?;
    Ok(Term {
        indicator,
        weight: file.weight.0,
        baseline,
        missing,
    })
}

fn indicator(path: &str, code: &str) -> Result<Indicator, Refused> {
    Indicator::find(code).ok_or_else(|| {
        let known: Vec<_> = Indicator::ALL.iter().map(|(_, code)| *code).collect();
        refused(
            path,
            format!("no indicator `{code}`; there are {}", known.join(", ")),
        )
    })
}

fn missing(path: &str, rule: Option<&str>) -> Result<Missing, Refused> {
    let unknown = || {
        refused(
            path,
            "one of zero, group_mean, full, penalty:N with N from 0",
        )
    };
    match rule {
        None | Some("zero") => Ok(Missing::Zero),
        Some("group_mean") => Ok(Missing::GroupMean),
        Some("full") => Ok(Missing::Full),
        Some(rule) => {
            let points = rule.strip_prefix("penalty:").ok_or_else(unknown)?;
            let points = Exact::decimal(points).map_err(|_cause| unknown())?;
            if points.is_negative() {
                Err(unknown())
            } else {
                Ok(Missing::Penalty(points))
            }
        }
    }
}

fn thresholds(
    path: &str,
    thresholds: Vec<(String, DecimalText)>,
    grades: &Grades<'_>,
) -> Result<Vec<(Grade, Exact)>, Refused> {
    let threshold = |(index, (letter, total)): (usize, (String, DecimalText))| {
        let path = format!("{path}.small_group_thresholds[{index}]");
        Ok((grades.find(&path, &letter)?, total.0))
    };
    thresholds.into_iter().enumerate().map(threshold).collect()
}

fn cap_thresholds(
    path: &str,
    files: Vec<ThresholdFile>,
    grades: &Grades<'_>,
) -> Result<Vec<Threshold>, Refused> {
    let threshold = |(index, file): (usize, ThresholdFile)| {
        let path = format!("{path}.grade_cap_thresholds[{index}]");
        Ok(Threshold {
            indicator: indicator(&format!("{path}.indicator"), &file.indicator)?,
            lt: file.lt.0,
            max_grade: grades.find(&format!("{path}.max_grade"), &file.max_grade)?,
        })
    };
    files.into_iter().enumerate().map(threshold).collect()
}

/// The band table, to find grades by letter.
struct Grades<'b> {
    bands: &'b [(String, Exact)],
}

impl Grades<'_> {
    fn find(&self, path: &str, letter: &str) -> Result<Grade, Refused> {
        let position = self.bands.iter().position(|(known, _)| known == letter);
        let unknown = || refused(path, format!("grade `{letter}` is not in grade_shares"));
        position.map(Grade).ok_or_else(unknown)
    }

    fn of_events(
        &self,
        path: &str,
        table: Ordered<String>,
    ) -> Result<Vec<(String, Grade)>, Refused> {
        let event = |(event, letter): (String, String)| {
            let grade = self.find(&format!("{path}.{event}"), &letter)?;
            Ok((event, grade))
        };
        table.0.into_iter().map(event).collect()
    }
}
