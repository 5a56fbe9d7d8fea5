//! Contract.md 10, rule by rule, on rationals, straight from the JSON of a facts file. Written from
//! the rules alone: nothing of the engine is used.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use serde_json::{Map, Value, json};

type R = BigRational;
/// Why a file is refused.
type Refusal = &'static str;

fn whole(number: i64) -> R {
    R::from_integer(number.into())
}

/// A decimal as text or as a JSON number.
pub(crate) fn number(value: &Value) -> R {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.as_str()),
    };
    let (before, after) = digits.split_once('.').unwrap_or((digits, ""));
    let all: BigInt = format!("{before}{after}").parse().unwrap();
    let tens = (0..after.len()).fold(BigInt::from(1), |power, _| power * 10);
    R::new(all, tens) * whole(sign)
}

fn known(value: &Value) -> Option<R> {
    (!value.is_null()).then(|| number(value))
}

/// Half away from zero.
fn round(number: &R, places: usize) -> R {
    let tens = (0..places).fold(whole(1), |power, _| power * whole(10));
    let half = R::new(1.into(), 2.into());
    let size = (number.abs() * &tens + half).floor() / tens;
    if number.is_negative() { -size } else { size }
}

pub(crate) fn print(number: &R, places: usize) -> Value {
    let rounded = round(number, places);
    let tens = (0..places).fold(BigInt::from(1), |power, _| power * 10);
    let units = (rounded.abs() * R::from_integer(tens))
        .to_integer()
        .to_string();
    let units = format!("{units:0>width$}", width = places + 1);
    let (before, after) = units.split_at(units.len() - places);
    let sign = if rounded.is_negative() { "-" } else { "" };
    let point = if places == 0 { "" } else { "." };
    json!(format!("{sign}{before}{point}{after}"))
}

fn print_known(number: Option<&R>, places: usize) -> Value {
    number.map_or(Value::Null, |number| print(number, places))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn table(value: &Value) -> Vec<(&str, &Value)> {
    let entries = value.as_object().into_iter().flatten();
    entries.map(|(key, value)| (key.as_str(), value)).collect()
}

/// Rule 1: land in m², without leases with those `inside`.
fn land_m2(one: &Value, inside: &BTreeSet<&str>) -> R {
    let mut sum = R::zero();
    for line in list(&one["land"]) {
        let party = line["to"].as_str().or(line["from"].as_str());
        if party.is_some_and(|party| inside.contains(party)) {
            continue;
        }
        match line["kind"].as_str().unwrap() {
            "leased_out" => sum -= number(&line["m2"]),
            "leased_floor" => sum += number(&line["floor_m2"]) / number(&line["far"]),
            _ => sum += number(&line["m2"]),
        }
    }
    sum
}

fn mu(m2: &R) -> R {
    m2 * R::new(15.into(), 10_000.into())
}

/// Rule 2: tce of one entity.
fn tce(file: &Value, scheme: &Value, one: &Value) -> Option<R> {
    let basis = scheme["electricity_basis"].as_str().unwrap();
    let energy = one["energy"].as_object()?;
    let kgce: R = energy
        .iter()
        .map(|(carrier, quantity)| {
            number(quantity) * number(&file["energy_factors_kgce"][carrier][basis])
        })
        .sum();
    Some(kgce / whole(1000))
}

fn kwh(one: &Value) -> Option<R> {
    let energy = one["energy"].as_object()?;
    Some(energy.get("electricity_kwh").map_or_else(R::zero, number))
}

fn pollutant(one: &Value) -> Option<R> {
    let table = one["pollutants_t"].as_object()?;
    Some(table.values().map(number).sum())
}

/// The sum of those that are known; missing only if all are.
fn add(parts: impl Iterator<Item = Option<R>>) -> Option<R> {
    let known: Vec<R> = parts.flatten().collect();
    (!known.is_empty()).then(|| known.into_iter().sum())
}

/// What is rated.
struct Unit<'f> {
    id: &'f str,
    members: Vec<&'f Value>,
    scale: &'static str,
    mu: R,
    sums: BTreeMap<&'static str, Option<R>>,
    events: BTreeMap<&'f str, i64>,
}

const MONEY: [&str; 7] = [
    "tax",
    "sales",
    "revenue",
    "value_added",
    "rd",
    "employees",
    "water_t",
];

impl<'f> Unit<'f> {
    fn of(file: &Value, scheme: &Value, id: &'f str, members: Vec<&'f Value>) -> Self {
        let inside: BTreeSet<&str> = members
            .iter()
            .map(|one| one["id"].as_str().unwrap())
            .collect();
        let m2: R = members.iter().map(|one| land_m2(one, &inside)).sum();
        let mut sums = BTreeMap::new();
        for field in MONEY {
            sums.insert(field, add(members.iter().map(|one| known(&one[field]))));
        }
        sums.insert("tce", add(members.iter().map(|one| tce(file, scheme, one))));
        sums.insert("kwh", add(members.iter().map(|one| kwh(one))));
        sums.insert("pollutant", add(members.iter().map(|one| pollutant(one))));
        let mut events = BTreeMap::new();
        for (event, count) in members.iter().flat_map(|one| table(&one["events"])) {
            *events.entry(event).or_insert(0) += count.as_i64().unwrap();
        }
        let above = members.iter().any(|one| one["scale"] == "above");
        Self {
            id,
            mu: mu(&m2),
            scale: if above { "above" } else { "below" },
            sums,
            events,
            members,
        }
    }

    fn sum(&self, field: &str) -> Option<R> {
        if field == "mu" {
            Some(self.mu.clone())
        } else {
            self.sums[field].clone()
        }
    }

    fn happened(&self, event: &str) -> bool {
        self.events.get(event).is_some_and(|count| *count > 0)
    }

    /// Numerator and denominator of an indicator.
    fn parts(&self, code: &str) -> Option<(R, R)> {
        let (top, times, bottom) = match code {
            "tax_per_mu" => ("tax", 1, "mu"),
            "sales_per_mu" => ("sales", 1, "mu"),
            "va_per_mu" => ("value_added", 1, "mu"),
            "tax_per_tce" => ("tax", 1, "tce"),
            "va_per_tce" => ("value_added", 1, "tce"),
            "tax_per_pollutant" => ("tax", 1, "pollutant"),
            "va_per_pollutant" => ("value_added", 1, "pollutant"),
            "tax_per_kwh" => ("tax", 10_000, "kwh"),
            "va_per_water" => ("value_added", 1, "water_t"),
            "labour_productivity" => ("value_added", 1, "employees"),
            "rd_ratio" => ("rd", 100, "revenue"),
            other => panic!("{other}"),
        };
        let bottom = self.sum(bottom).filter(Signed::is_positive)?;
        Some((self.sum(top)? * whole(times), bottom))
    }

    fn value(&self, code: &str) -> Option<R> {
        self.parts(code).map(|(top, bottom)| top / bottom)
    }

    /// Rule 3.
    fn exempt(&self, scheme: &Value, as_of: &str) -> Option<&'static str> {
        let exempt = &scheme["exempt"];
        let is_new = |one: &&Value| {
            let established = one["established"].as_str();
            let limit = exempt["new_months"].as_i64();
            established
                .zip(limit)
                .is_some_and(|(day, limit)| full_months(day, as_of) < limit)
        };
        let is_utility = |one: &&Value| {
            let industry = &one["industry"];
            industry.is_string() && list(&exempt["industries"]).contains(industry)
        };
        if self.members.iter().all(is_new) {
            Some("exempt:new_enterprise")
        } else if self.members.iter().all(is_utility) {
            Some("exempt:utility")
        } else if !self.mu.is_positive() {
            Some("exempt:no_land")
        } else {
            None
        }
    }
}

/// A month is full on the same day of the month.
fn full_months(from: &str, to: &str) -> i64 {
    let date =
        |text: &str| -> Vec<i64> { text.split('-').map(|part| part.parse().unwrap()).collect() };
    let (from, to) = (date(from), date(to));
    (to[0] - from[0]) * 12 + to[1] - from[1] - i64::from(to[2] < from[2])
}

/// Scores of one pool: by unit id.
struct Scored {
    values: BTreeMap<String, Option<R>>,
    points: BTreeMap<String, R>,
    baseline: Option<R>,
}

/// What a term's values are held against; `None` where nobody has one, and in min-max schemes.
fn baseline(scheme: &Value, term: &Value, pool: &[&Unit<'_>]) -> Result<Option<R>, Refusal> {
    let code = term["code"].as_str().unwrap();
    match scheme["baseline_mode"].as_str().unwrap() {
        "fixed" => Ok(Some(number(&term["baseline"]))),
        "group_mean_x" => {
            let parts: Vec<(R, R)> = pool.iter().filter_map(|unit| unit.parts(code)).collect();
            if parts.is_empty() {
                return Ok(None);
            }
            let top: R = parts.iter().map(|(top, _)| top).sum();
            let bottom: R = parts.iter().map(|(_, bottom)| bottom).sum();
            let baseline = number(&scheme["baseline_factor"]) * top / bottom;
            if baseline.is_positive() {
                Ok(Some(baseline))
            } else {
                Err("baseline")
            }
        }
        _ => Ok(None),
    }
}

/// Rule 4, one term.
fn score(scheme: &Value, term: &Value, pool: &[&Unit<'_>]) -> Result<Scored, Refusal> {
    let code = term["code"].as_str().unwrap();
    let weight = number(&term["weight"]);
    let places = usize::try_from(scheme["round"].as_u64().unwrap()).unwrap();
    let values: BTreeMap<String, Option<R>> = pool
        .iter()
        .map(|unit| (unit.id.to_owned(), unit.value(code)))
        .collect();
    let there: Vec<&R> = values.values().flatten().collect();
    let is_ratio = scheme["method"] == "ratio";
    let baseline = baseline(scheme, term, pool)?;
    let points = |value: &R| {
        if is_ratio {
            let mut ratio = value / baseline.as_ref().unwrap();
            if ratio.is_negative() {
                ratio = R::zero();
            }
            if let Some(cap) = known(&scheme["cap_ratio"]) {
                ratio = ratio.min(cap);
            }
            round(&(&weight * ratio), places)
        } else {
            let (least, most) = (there.iter().min().unwrap(), there.iter().max().unwrap());
            if least == most {
                return round(&weight, places);
            }
            let place = (value - *least) / (*most - *least);
            round(
                &(&weight * (whole(20) + whole(80) * place) / whole(100)),
                places,
            )
        }
    };
    let mut scored: BTreeMap<String, R> = BTreeMap::new();
    for (id, value) in &values {
        if let Some(value) = value {
            scored.insert(id.clone(), points(value));
        }
    }
    let missing = term["missing"].as_str().unwrap_or("zero");
    let imputed = match missing {
        "zero" => R::zero(),
        "full" => round(&weight, places),
        "group_mean" if scored.is_empty() => R::zero(),
        "group_mean" => {
            let sum: R = scored.values().sum();
            round(&(sum / whole(i64::try_from(scored.len()).unwrap())), places)
        }
        other => {
            let points = other.strip_prefix("penalty:").unwrap();
            round(&-number(&json!(points)), places)
        }
    };
    for id in values.keys() {
        scored.entry(id.clone()).or_insert_with(|| imputed.clone());
    }
    Ok(Scored {
        values,
        points: scored,
        baseline,
    })
}

/// Rule 5: bonus, deduction and total of a unit.
fn total(scheme: &Value, unit: &Unit<'_>, points: &[R]) -> (R, R, R) {
    let honours: BTreeSet<&str> = unit
        .members
        .iter()
        .flat_map(|one| list(&one["honours"]))
        .map(|one| one.as_str().unwrap())
        .collect();
    let bonus: R = table(&scheme["bonus"])
        .into_iter()
        .filter(|(honour, _)| honours.contains(honour))
        .map(|(_, points)| number(points))
        .sum();
    let deduct: R = table(&scheme["deduct"])
        .into_iter()
        .map(|(event, points)| whole(unit.events.get(event).copied().unwrap_or(0)) * number(points))
        .sum();
    let capped = |sum: R, cap: &Value| known(cap).map_or(sum.clone(), |cap| sum.min(cap));
    let bonus = capped(bonus, &scheme["bonus_cap"]);
    let deduct = capped(deduct, &scheme["deduct_cap"]);
    let places = usize::try_from(scheme["round"].as_u64().unwrap()).unwrap();
    let sum: R = points.iter().sum::<R>() + &bonus - &deduct;
    (bonus, deduct, round(&sum, places))
}

/// Falling, missing last.
fn falling(a: Option<&R>, b: Option<&R>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => b.cmp(a),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

/// The place of a grade in the band table.
fn order(scheme: &Value, grade: &str) -> usize {
    let bands = list(&scheme["grade_shares"]);
    bands.iter().position(|band| band[0] == grade).unwrap()
}

/// Rates the file by its one scheme, as `parkpulse rate` prints it.
pub(crate) fn rate(file: &Value) -> Result<Value, Refusal> {
    let scheme = &file["schemes"][0];
    let enterprises = list(&file["enterprises"]);
    let mut groups: Vec<(&str, Vec<&Value>)> = Vec::new();
    for one in enterprises {
        let id = one["group"].as_str().unwrap_or(one["id"].as_str().unwrap());
        match groups.iter_mut().find(|(known, _)| *known == id) {
            Some((_, members)) => members.push(one),
            None => groups.push((id, vec![one])),
        }
    }
    let units: Vec<Unit<'_>> = groups
        .into_iter()
        .map(|(id, members)| Unit::of(file, scheme, id, members))
        .collect();
    let as_of = file["as_of"].as_str().unwrap();
    let mut printed: BTreeMap<&str, Value> = BTreeMap::new();
    for unit in &units {
        printed.insert(unit.id, bare(unit, unit.exempt(scheme, as_of)));
    }
    let rated = |unit: &&Unit<'_>| unit.exempt(scheme, as_of).is_none();
    if units
        .iter()
        .filter(rated)
        .any(|unit| scheme["groups"][unit.scale].is_null())
    {
        return Err("no group");
    }
    let mut baselines = Map::new();
    for (scale, terms) in table(&scheme["groups"]) {
        let pool: Vec<&Unit<'_>> = units
            .iter()
            .filter(rated)
            .filter(|unit| unit.scale == scale)
            .collect();
        let of_group = pool_of(scheme, list(terms), &pool, &mut printed)?;
        if scheme["method"] == "ratio" {
            baselines.insert(scale.to_owned(), of_group);
        }
    }
    let parks = parks(file, scheme, &units, &printed);
    let in_order: Vec<Value> = units.iter().map(|unit| printed[unit.id].clone()).collect();
    Ok(json!({"scheme": scheme["id"], "baselines": baselines, "units": in_order, "parks": parks}))
}

/// A unit before it is rated.
fn bare(unit: &Unit<'_>, reason: Option<&str>) -> Value {
    let members: Vec<&Value> = unit.members.iter().map(|one| &one["id"]).collect();
    json!({
        "id": unit.id,
        "members": members,
        "scale": unit.scale,
        "land_mu": print(&unit.mu, 4),
        "energy_tce": print_known(unit.sums["tce"].as_ref(), 4),
        "pollutant_t": print_known(unit.sums["pollutant"].as_ref(), 4),
        "tax": print_known(unit.sums["tax"].as_ref(), 2),
        "indicators": {},
        "sub_scores": {},
        "imputed": [],
        "bonus": null, "deduct": null, "total": null, "rank": null, "n": null,
        "base_grade": null, "basis": null,
        "grade": "T",
        "reasons": reason.into_iter().collect::<Vec<_>>(),
    })
}

/// Rules 4 to 7 for one pool; its baselines.
fn pool_of(
    scheme: &Value,
    terms: &[Value],
    pool: &[&Unit<'_>],
    printed: &mut BTreeMap<&str, Value>,
) -> Result<Value, Refusal> {
    let places = usize::try_from(scheme["round"].as_u64().unwrap()).unwrap();
    let mut points: BTreeMap<&str, Vec<R>> = BTreeMap::new();
    let mut baselines = Map::new();
    for term in terms {
        let code = term["code"].as_str().unwrap();
        let scored = score(scheme, term, pool)?;
        let baseline = print_known(scored.baseline.as_ref(), 6);
        baselines.insert(code.to_owned(), baseline);
        for unit in pool {
            let one = printed.get_mut(unit.id).unwrap();
            let value = &scored.values[unit.id];
            one["indicators"][code] = print_known(value.as_ref(), 6);
            one["sub_scores"][code] = print(&scored.points[unit.id], places);
            if value.is_none() {
                one["imputed"].as_array_mut().unwrap().push(json!(code));
            }
            points
                .entry(unit.id)
                .or_default()
                .push(scored.points[unit.id].clone());
        }
    }
    let mut ranked: Vec<(R, &Unit<'_>)> = Vec::new();
    for unit in pool {
        let (bonus, deduct, total) = total(scheme, unit, &points[unit.id]);
        let one = printed.get_mut(unit.id).unwrap();
        one["bonus"] = print(&bonus, 2);
        one["deduct"] = print(&deduct, 2);
        one["total"] = print(&total, places);
        match table(&scheme["veto"])
            .into_iter()
            .find(|(event, _)| unit.happened(event))
        {
            Some((event, grade)) => {
                one["grade"] = grade.clone();
                one["reasons"] = json!([format!("veto:{event}")]);
            }
            None => ranked.push((total, unit)),
        }
    }
    ranked.sort_by(|(a_total, a), (b_total, b)| {
        b_total
            .cmp(a_total)
            .then_with(|| {
                falling(
                    a.value("tax_per_mu").as_ref(),
                    b.value("tax_per_mu").as_ref(),
                )
            })
            .then_with(|| falling(a.sums["tax"].as_ref(), b.sums["tax"].as_ref()))
            .then_with(|| a.id.cmp(b.id))
    });
    let n = ranked.len();
    let small = (n as u64) < scheme["min_group_size"].as_u64().unwrap_or(0);
    for (index, (total, unit)) in ranked.iter().enumerate() {
        let grade = base_grade(scheme, small, index + 1, n, total)?;
        let one = printed.get_mut(unit.id).unwrap();
        one["rank"] = json!(index + 1);
        one["n"] = json!(n);
        one["base_grade"] = json!(grade);
        one["basis"] = json!(if small { "thresholds" } else { "rank_share" });
        let (grade, reasons) = capped(scheme, unit, grade);
        one["grade"] = json!(grade);
        one["reasons"] = json!(reasons);
    }
    Ok(Value::Object(baselines))
}

/// Rule 6.
fn base_grade<'s>(
    scheme: &'s Value,
    small: bool,
    rank: usize,
    n: usize,
    total: &R,
) -> Result<&'s str, Refusal> {
    let found = if small {
        let all = list(&scheme["small_group_thresholds"]);
        all.iter().find(|one| *total >= number(&one[1]))
    } else {
        let share = R::new(rank.into(), n.into());
        let all = list(&scheme["grade_shares"]);
        all.iter().find(|one| share <= number(&one[1]))
    };
    found
        .and_then(|one| one[0].as_str())
        .ok_or("no threshold fits")
}

/// Rule 7: caps, events first, then thresholds.
fn capped<'s>(scheme: &'s Value, unit: &Unit<'_>, base: &'s str) -> (&'s str, Vec<String>) {
    let (mut grade, mut reasons) = (base, Vec::new());
    let mut lower = |to: &'s str, reason: String| {
        if order(scheme, to) > order(scheme, grade) {
            grade = to;
            reasons.push(reason);
        }
    };
    for (event, most) in table(&scheme["grade_cap_events"]) {
        if unit.happened(event) {
            lower(most.as_str().unwrap(), format!("event:{event}"));
        }
    }
    for one in list(&scheme["grade_cap_thresholds"]) {
        let code = one["indicator"].as_str().unwrap();
        if unit
            .value(code)
            .is_none_or(|value| value < number(&one["lt"]))
        {
            lower(
                one["max_grade"].as_str().unwrap(),
                format!("threshold:{code}"),
            );
        }
    }
    (grade, reasons)
}

/// Rule 8.
fn parks(
    file: &Value,
    scheme: &Value,
    units: &[Unit<'_>],
    printed: &BTreeMap<&str, Value>,
) -> Value {
    let mut grades: BTreeMap<&str, &Value> = BTreeMap::new();
    for unit in units {
        for member in &unit.members {
            grades.insert(member["id"].as_str().unwrap(), &printed[unit.id]["grade"]);
        }
    }
    let mut parks: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for one in list(&file["enterprises"]) {
        parks
            .entry(one["park"].as_str().unwrap())
            .or_default()
            .push(one);
    }
    let mut all = Map::new();
    for (park, members) in parks {
        let m2: R = members
            .iter()
            .map(|one| land_m2(one, &BTreeSet::new()))
            .sum();
        let mu = mu(&m2);
        let tax = add(members.iter().map(|one| known(&one["tax"])));
        let sales = add(members.iter().map(|one| known(&one["sales"])));
        let tce = add(members.iter().map(|one| tce(file, scheme, one)));
        let over = |top: &Option<R>, bottom: Option<&R>| {
            let bottom = bottom.filter(|bottom| bottom.is_positive())?;
            Some(top.as_ref()? / bottom)
        };
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for one in members {
            let grade = grades[one["id"].as_str().unwrap()].as_str().unwrap();
            *counts.entry(grade.to_owned()).or_default() += 1;
        }
        let of_park = json!({
            "tax_per_mu": print_known(over(&tax, Some(&mu)).as_ref(), 4),
            "sales_per_mu": print_known(over(&sales, Some(&mu)).as_ref(), 4),
            "tce_per_10k_sales": print_known(over(&tce, sales.as_ref()).as_ref(), 6),
            "land_mu": print(&mu, 4),
            "grades_legal_entities": counts,
        });
        all.insert(park.to_owned(), of_park);
    }
    Value::Object(all)
}
