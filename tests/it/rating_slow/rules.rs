//! Contract.md 10, rule by rule, on rationals, straight from the JSON of a facts file. Written from
//! the rules alone: nothing of the engine is used.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use num_traits::{Signed, Zero};
use serde_json::{Map, Value, json};

use super::arithmetic::{R, add, known, list, number, print, print_known, round, table, whole};
use super::unit::{Unit, land_m2, mu, tce};

/// Why a file is refused.
type Refusal = &'static str;

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

/// Weights that do not sum to 100 and a band table that does not end at 1 are refused (contract.md 5).
fn check(scheme: &Value) -> Result<(), Refusal> {
    for (_, terms) in table(&scheme["groups"]) {
        let weights: R = list(terms).iter().map(|term| number(&term["weight"])).sum();
        if weights != whole(100) {
            return Err("weights");
        }
    }
    let last = list(&scheme["grade_shares"]).last();
    match last {
        Some(band) if number(&band[1]) == whole(1) => Ok(()),
        _ => Err("bands"),
    }
}

/// Rates the file by its one scheme, as `parkpulse rate` prints it.
pub(crate) fn rate(file: &Value) -> Result<Value, Refusal> {
    let scheme = &file["schemes"][0];
    check(scheme)?;
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
