//! Where the figures of accounts and grades come from: every number that is shown can be recomputed
//! from its source, and each role is told what is theirs of it.

use std::collections::BTreeSet;

use serde_json::Value;

use parkpulse::units::Exact;

use crate::accounts_api::Rated;
use crate::pages_rights::text;

impl Rated {
    pub(crate) fn what_is_shown_gives_what_is_shown_down_to_the_last_input(&self) {
        let account = self.json("own", "/api/v1/accounts/{own}?period={year}");
        let figures = account["account"]["figures"].as_array().unwrap().clone();
        let mut due: Vec<String> = figures.iter().map(|one| text(&one["id"])).collect();
        due.push(format!("score:{}:{}:1", self.city.own, self.year));
        let rating = self.json("own", "/api/v1/ratings/{year}/{own}");
        let rated = rating["result"]["sources"].as_object().unwrap();
        assert!(rated.len() > 2, "{rating}");
        due.extend(rated.values().map(text));
        let mut seen = BTreeSet::new();
        let mut with_value = 0;
        while let Some(id) = due.pop() {
            if !seen.insert(id.clone()) {
                continue;
            }
            let source = self.json("own", &format!("/api/v1/sources/{id}"));
            assert_eq!(source["id"], id.as_str(), "{source}");
            let again = recomputed(&source);
            assert_eq!(
                again,
                source["value"].as_str().map(str::to_owned),
                "{source}"
            );
            with_value += usize::from(again.is_some());
            let inputs = source["inputs"].as_array().unwrap();
            due.extend(
                inputs
                    .iter()
                    .filter_map(|one| one["figure"].as_str().map(str::to_owned)),
            );
            for field in ["unit", "period", "source"] {
                assert!(source[field].is_string(), "{field} {source}");
            }
        }
        assert!(with_value > 12, "{with_value} of {}", seen.len());
        let tax = self.json("own", "/api/v1/sources/tax_net_inbound:{own}:{year}:1");
        assert_eq!(tax["taken_from"][0]["kind"], "statement", "{tax}");
        assert!(tax["taken_from"][0]["source"].is_string(), "{tax}");
        let land = self.json("own", "/api/v1/sources/land_mu:{own}:{year}:1");
        assert_eq!(land["taken_from"][0]["kind"], "holding", "{land}");
        assert_eq!(land["version"]["revision"], 1);
        assert_eq!(land["version"]["revisions"].as_array().unwrap().len(), 1);
        // Of a sum the others' parts are not told.
        let park = self.json("own", "/api/v1/sources/tax:{here}:{year}:1");
        assert!(park["inputs_hidden"].as_i64().unwrap() > 10, "{park}");
        assert!(!park.to_string().contains(&self.city.other), "{park}");
    }

    /// Each point of bonus and deduction is of an honour or an event that has a name.
    pub(crate) fn points_beside_the_terms_have_names(&self) {
        let list = self.json("bureau", "/api/v1/ratings/{year}?limit=1000");
        let group = &list["groups"][0];
        let (mut with_points, mut units) = (0, 0);
        for row in list["items"].as_array().unwrap() {
            let unit = &row["result"];
            let conduct = unit["conduct"].as_object().unwrap();
            units += 1;
            for (sum, table) in [("bonus", "bonus"), ("deduct", "deduct")] {
                let Some(points) = unit[sum].as_str() else {
                    continue;
                };
                let points = Exact::decimal(points).unwrap();
                // A group's points are of all its members.
                if !points.is_positive() || unit["members"].as_array().unwrap().len() > 1 {
                    continue;
                }
                let table = group[table].as_object().unwrap();
                let named = conduct.iter().filter_map(|(code, times)| {
                    let each = Exact::decimal(table.get(code)?.as_str().unwrap()).unwrap();
                    Some(&each * &Exact::whole(times.as_i64().unwrap()))
                });
                let named: Exact = named.sum();
                // What is named may be more than the scheme lets count.
                assert!(named >= points, "{row}");
                with_points += 1;
            }
        }
        assert!(with_points > 3, "{with_points} of {units}");
        let own = self.json("other", "/api/v1/ratings/{year}/{own}");
        assert_eq!(own["result"], Value::Null, "{own}");
    }

    pub(crate) fn a_grade_tells_each_role_what_is_theirs_of_how_it_was_made(&self) {
        let rating = self.json("own", "/api/v1/ratings/{year}/{own}");
        for (role, answer) in self.each("/api/v1/sources/grade:{own}:{year}:1") {
            let source = answer.json();
            assert_eq!(source["value"], rating["grade"], "{role}");
            assert_eq!(source["version"]["scheme"], rating["scheme"], "{role}");
            assert_eq!(source["rating"]["digest"], rating["digest"], "{role}");
            let sees = matches!(role, "own" | "bureau");
            let rated = &source["rating"];
            assert_eq!(rated["result"].is_object(), sees, "{role}");
            for list in ["indicators", "facts"] {
                let is_empty = rated[list].as_array().unwrap().is_empty();
                assert_eq!(is_empty, !sees, "{role} {list}");
            }
            let told = source.to_string();
            if !sees {
                for word in [
                    "accounts\":[\"",
                    "baseline\":\"",
                    "last_total\":\"",
                    "rated_",
                ] {
                    assert!(!told.contains(word), "{role} {word} {told}");
                }
            }
            assert!(
                role == "bureau" || !told.contains(&self.city.other),
                "{role}"
            );
        }
        let source = self.json("own", "/api/v1/sources/grade:{own}:{year}:1");
        let result = &source["rating"]["result"];
        assert_eq!(result["rank"], rating["result"]["rank"]);
        let account = self.json("own", "/api/v1/accounts/{own}?period={year}");
        let known: BTreeSet<String> = account["account"]["figures"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| text(&one["id"]))
            .collect();
        for one in source["rating"]["indicators"].as_array().unwrap() {
            let code = text(&one["code"]);
            assert_eq!(one["value"], result["indicators"][&code], "{one}");
            assert_eq!(one["score"], result["sub_scores"][&code], "{one}");
            for field in ["baseline", "baseline_from", "weight", "cap_ratio", "unit"] {
                assert!(one[field].is_string(), "{field} {one}");
            }
            let accounts = one["accounts"].as_array().unwrap();
            assert!(one["value"].is_null() || accounts.len() >= 2, "{one}");
            for id in accounts {
                assert!(
                    known.contains(&text(id)),
                    "{id} is no figure of the account"
                );
            }
        }
    }
}

/// What the inputs of a source come to, by hand: each times and over its steps, added or divided,
/// with the places of the value.
pub(crate) fn recomputed(source: &Value) -> Option<String> {
    let decimal = |value: &Value| Exact::decimal(value.as_str().unwrap()).unwrap();
    let mut amounts = Vec::new();
    for input in source["inputs"].as_array().unwrap() {
        if input["lacks_factor"] == true {
            return None;
        }
        let Some(value) = input["value"].as_str() else {
            amounts.push(None);
            continue;
        };
        let mut amount = Exact::decimal(value).unwrap();
        for step in input["steps"].as_array().unwrap() {
            let by = decimal(&step["by"]);
            amount = if step["operation"] == "times" {
                &amount * &by
            } else {
                amount.over(&by).unwrap()
            };
        }
        if input["sign"] == "-" {
            amount = &Exact::zero() - &amount;
        }
        amounts.push(Some(amount));
    }
    let places = source["value"].as_str().map_or(0, |text| {
        text.split_once('.').map_or(0, |(_, digits)| digits.len())
    });
    let value = match source["formula"]["code"].as_str().unwrap() {
        "sum" => {
            let known: Vec<Exact> = amounts.into_iter().flatten().collect();
            (!known.is_empty()).then(|| known.iter().sum::<Exact>())
        }
        "ratio" => {
            let times = source["formula"]["times"].as_i64().unwrap();
            let divisor = amounts[1].clone().filter(Exact::is_positive);
            let ratio = amounts[0].clone().zip(divisor);
            ratio.map(|(a, b)| &a.over(&b).unwrap() * &Exact::whole(times))
        }
        other => panic!("{other}"),
    };
    value.map(|value| value.rounded(places))
}
