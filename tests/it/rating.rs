//! The rating rules (contract.md 10): the shared example, refusals by path, invariances.

use parkpulse::rating::{rate_text, rate_text_by};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::rating_rows::{REFUSALS, RULES};

const FACTS: &str = include_str!("../data/facts-and-scheme-a.json");
const EXPECTED: &str = include_str!("../data/expected-a.json");

/// The shared facts with one change made to them.
fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut facts: Value = serde_json::from_str(FACTS).unwrap();
    change(&mut facts);
    facts.to_string()
}

fn rated(facts: &str) -> Value {
    serde_json::from_str(&rate_text(facts, None).unwrap_or_else(|refused| panic!("{refused}")))
        .unwrap()
}

fn unit<'r>(result: &'r Value, id: &str) -> &'r Value {
    let units = result[0]["units"].as_array().unwrap();
    units
        .iter()
        .find(|unit| unit["id"] == id)
        .unwrap_or_else(|| panic!("no unit {id}"))
}

#[test]
fn the_shared_example_is_equal_to_the_last_character() {
    assert_eq!(
        rate_text(FACTS, None).unwrap().trim_end(),
        EXPECTED.trim_end()
    );
}

#[test]
fn a_scheme_of_its_own_replaces_those_of_the_file() {
    let mut facts: Value = serde_json::from_str(FACTS).unwrap();
    let scheme = facts["schemes"][0].take().to_string();
    facts["schemes"] = json!([]);
    let facts = facts.to_string();
    assert_eq!(
        rate_text(&facts, Some(("a.json", &scheme)))
            .unwrap()
            .trim_end(),
        EXPECTED.trim_end()
    );
    assert!(
        rate_text(&facts, None)
            .unwrap_err()
            .to_string()
            .contains("--scheme")
    );
}

#[test]
fn a_scheme_is_chosen_by_its_id_from_the_facts_first() {
    let two = changed(|facts| {
        let mut other = facts["schemes"][0].clone();
        other["id"] = json!("KS-OTHER");
        other["round"] = json!(1);
        facts["schemes"].as_array_mut().unwrap().push(other);
    });
    let chosen: Value = serde_json::from_str(&rate_text_by(&two, "KS-OTHER").unwrap()).unwrap();
    assert_eq!(chosen.as_array().unwrap().len(), 1);
    assert_eq!(chosen[0]["scheme"], "KS-OTHER");
    let refused = rate_text_by(&two, "KS-THIRD").unwrap_err();
    assert!(refused.to_string().contains("KS-THIRD"), "{refused}");
}

#[test]
fn what_cannot_be_rated_is_refused_by_path() {
    for (name, change, expected) in REFUSALS {
        let refused = rate_text(&changed(change), None)
            .expect_err(name)
            .to_string();
        assert!(
            refused.contains(expected),
            "{name}: expected `{expected}` in `{refused}`"
        );
        assert!(refused.contains("nothing was rated"), "{name}: {refused}");
    }
    let twice = FACTS.replacen(
        "\"fatal_accident\": \"D\",",
        "\"fatal_accident\": \"D\", \"fatal_accident\": \"C\",",
        1,
    );
    assert!(
        rate_text(&twice, None)
            .unwrap_err()
            .to_string()
            .contains("stands twice")
    );
}

#[test]
fn each_rule_does_what_it_says() {
    for (name, change, id, field, expected) in RULES {
        let result = rated(&changed(change));
        let field_value = field
            .split('.')
            .fold(unit(&result, id), |value, key| &value[key]);
        assert_eq!(
            field_value.to_string(),
            *expected,
            "{name}: {field} of {id}"
        );
    }
}

#[test]
fn a_mean_baseline_is_a_factor_times_the_ratio_of_sums() {
    // Above scale, T left out, the vetoed one in: tax 1850 + 900 + 620 + 2600 + 375 - 120 = 6225
    // over 40.05 + 50.001 + 78 + 99 + 42 + 49.5 = 358.551 mu; x 2.
    let result = rated(&changed(|f| {
        f["schemes"][0]["baseline_mode"] = json!("group_mean_x");
        f["schemes"][0]["baseline_factor"] = json!("2");
    }));
    assert_eq!(result[0]["baselines"]["above"]["tax_per_mu"], "34.723094");
    let refused = rate_text(
        &changed(|f| {
            f["schemes"][0]["baseline_mode"] = json!("group_mean_x");
            f["schemes"][0]["baseline_factor"] = json!("2");
            f["enterprises"][6]["tax"] = json!("-1");
        }),
        None,
    );
    assert!(refused.unwrap_err().to_string().contains("must be above 0"));
    let nobody = rated(&changed(|f| {
        f["schemes"][0]["baseline_mode"] = json!("group_mean_x");
        f["schemes"][0]["baseline_factor"] = json!("2");
        f["enterprises"][6]["energy"] = json!(null);
    }));
    assert_eq!(nobody[0]["baselines"]["below"]["tax_per_kwh"], Value::Null);
    assert_eq!(unit(&nobody, "KS006")["imputed"], json!(["tax_per_kwh"]));
}

#[test]
fn a_park_counts_legal_entities_and_leaves_out_what_is_missing() {
    let result = rated(&changed(|f| {
        f["enterprises"][6]["tax"] = json!(null);
        f["enterprises"][6]["energy"] = json!(null);
    }));
    // (1850 + 900 + 410 - 35) / 142.05
    assert_eq!(result[0]["parks"]["P01"]["tax_per_mu"], "21.9993");
    assert_eq!(result[0]["parks"]["P01"]["land_mu"], "142.0500");
    assert_eq!(
        result[0]["parks"]["P02"]["grades_legal_entities"],
        json!({"C": 1, "D": 2, "T": 1})
    );
}

fn shuffled() -> impl Strategy<Value = Vec<usize>> {
    Just((0..9).collect::<Vec<usize>>()).prop_shuffle()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_order_of_the_input_does_not_matter(order in shuffled()) {
        let result = rated(&changed(|facts| {
            let enterprises = facts["enterprises"].as_array().unwrap().clone();
            facts["enterprises"] = order.iter().map(|index| enterprises[*index].clone()).collect();
        }));
        let expected: Value = serde_json::from_str(EXPECTED).unwrap();
        for expected in expected[0]["units"].as_array().unwrap() {
            let mut found = unit(&result, expected["id"].as_str().unwrap()).clone();
            found["members"].as_array_mut().unwrap().sort_by_key(ToString::to_string);
            prop_assert_eq!(&found, expected);
        }
        prop_assert_eq!(&result[0]["parks"], &expected[0]["parks"]);
    }

    #[test]
    fn money_and_baselines_times_k_leave_the_scores(k in 1_u32..1000) {
        let times = |value: &mut Value| {
            if let Some(text) = value.as_str() {
                let number: rust_decimal::Decimal = text.parse().unwrap();
                *value = json!((number * rust_decimal::Decimal::from(k)).to_string());
            }
        };
        let result = rated(&changed(|facts| {
            facts["schemes"][0]["grade_cap_thresholds"] = json!([]);
            for group in ["above", "below"] {
                for term in facts["schemes"][0]["groups"][group].as_array_mut().unwrap() {
                    if term["code"] != "rd_ratio" {
                        times(&mut term["baseline"]);
                    }
                }
            }
            for enterprise in facts["enterprises"].as_array_mut().unwrap() {
                for field in ["tax", "sales", "revenue", "value_added", "rd"] {
                    times(&mut enterprise[field]);
                }
            }
        }));
        let expected: Value = serde_json::from_str(EXPECTED).unwrap();
        for expected in expected[0]["units"].as_array().unwrap() {
            let found = unit(&result, expected["id"].as_str().unwrap());
            prop_assert_eq!(&found["sub_scores"], &expected["sub_scores"]);
            prop_assert_eq!(&found["rank"], &expected["rank"]);
        }
    }

    #[test]
    fn ranks_are_a_permutation_and_caps_never_raise(taxes in prop::collection::vec(-200_i32..3000, 9)) {
        let result = rated(&changed(|facts| {
            for (enterprise, tax) in facts["enterprises"].as_array_mut().unwrap().iter_mut().zip(&taxes) {
                enterprise["tax"] = json!(tax.to_string());
            }
        }));
        let units = result[0]["units"].as_array().unwrap();
        for scale in ["above", "below"] {
            let mut ranks: Vec<u64> = units
                .iter()
                .filter(|unit| unit["scale"] == scale)
                .filter_map(|unit| unit["rank"].as_u64())
                .collect();
            ranks.sort_unstable();
            prop_assert!(ranks.iter().copied().eq(1..=ranks.len() as u64));
        }
        for unit in units.iter().filter(|unit| unit["base_grade"].is_string()) {
            prop_assert!(unit["grade"].as_str() >= unit["base_grade"].as_str());
        }
    }
}
