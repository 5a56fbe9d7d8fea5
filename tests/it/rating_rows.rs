//! The tables of the rating tests: one change to the shared facts, and what must follow from it.

use serde_json::{Value, json};

pub(crate) type Change = fn(&mut Value);

/// A change, and what the refusal must name.
pub(crate) const REFUSALS: &[(&str, Change, &str)] = &[
    (
        "unknown scheme field",
        |f| f["schemes"][0]["wieghts"] = json!(1),
        "wieghts",
    ),
    (
        "unknown code",
        |f| f["schemes"][0]["groups"]["above"][1]["code"] = json!("roe"),
        "schemes[0].groups.above[1].code",
    ),
    (
        "code twice",
        |f| f["schemes"][0]["groups"]["above"][1]["code"] = json!("tax_per_mu"),
        "schemes[0].groups.above[1].code",
    ),
    (
        "weights of 98",
        |f| f["schemes"][0]["groups"]["below"][2]["weight"] = json!("18"),
        "schemes[0].groups.below: the weights sum to 98.0000",
    ),
    (
        "no such group",
        |f| f["schemes"][0]["groups"]["middle"] = json!([]),
        "schemes[0].groups.middle",
    ),
    (
        "bands end early",
        |f| f["schemes"][0]["grade_shares"][3][1] = json!("0.99"),
        "schemes[0].grade_shares",
    ),
    (
        "bands fall",
        |f| f["schemes"][0]["grade_shares"][1][1] = json!("0.10"),
        "schemes[0].grade_shares[1]",
    ),
    (
        "T as a band",
        |f| f["schemes"][0]["grade_shares"][3][0] = json!("T"),
        "schemes[0].grade_shares[3]",
    ),
    (
        "veto to no grade",
        |f| f["schemes"][0]["veto"]["fatal_accident"] = json!("E"),
        "schemes[0].veto.fatal_accident",
    ),
    (
        "cap to no grade",
        |f| f["schemes"][0]["grade_cap_thresholds"][1]["max_grade"] = json!("E"),
        "schemes[0].grade_cap_thresholds[1].max_grade",
    ),
    (
        "cap on no indicator",
        |f| f["schemes"][0]["grade_cap_thresholds"][0]["indicator"] = json!("tax"),
        "schemes[0].grade_cap_thresholds[0].indicator",
    ),
    (
        "fixed baseline of 0",
        |f| f["schemes"][0]["groups"]["above"][0]["baseline"] = json!("0"),
        "schemes[0].groups.above[0].baseline",
    ),
    (
        "fixed baseline missing",
        |f| {
            f["schemes"][0]["groups"]["above"][0]
                .as_object_mut()
                .unwrap()
                .remove("baseline");
        },
        "schemes[0].groups.above[0].baseline",
    ),
    (
        "ratio without baselines",
        |f| f["schemes"][0]["baseline_mode"] = json!("none"),
        "schemes[0].baseline_mode",
    ),
    (
        "mean without factor",
        |f| f["schemes"][0]["baseline_mode"] = json!("group_mean_x"),
        "schemes[0].baseline_factor",
    ),
    (
        "unknown missing rule",
        |f| f["schemes"][0]["groups"]["above"][0]["missing"] = json!("penalty"),
        "schemes[0].groups.above[0].missing",
    ),
    (
        "not a decimal",
        |f| f["schemes"][0]["cap_ratio"] = json!("1,5"),
        "schemes[0].cap_ratio",
    ),
    (
        "no threshold fits",
        |f| f["schemes"][0]["small_group_thresholds"] = json!([["A", "100"]]),
        "schemes[0].small_group_thresholds: no threshold fits the total 83.30 of `KS006`",
    ),
    (
        "scale without group",
        |f| {
            f["schemes"][0]["groups"]
                .as_object_mut()
                .unwrap()
                .remove("below");
        },
        "schemes[0].groups.below: no such group",
    ),
    (
        "a group's mean that is not above 0",
        |f| {
            f["schemes"][0]["baseline_mode"] = json!("group_mean_x");
            f["schemes"][0]["baseline_factor"] = json!("2");
            f["enterprises"][6]["sales"] = json!("-1");
        },
        "schemes[0].groups.below[1]: the group's baseline of sales_per_mu is -0.200020",
    ),
    (
        "unknown land",
        |f| f["enterprises"][0]["land"][0]["kind"] = json!("rented"),
        "enterprises[0].land[0].kind",
    ),
    (
        "unknown land with floor space alone",
        |f| f["enterprises"][7]["land"][0]["kind"] = json!("rented"),
        "enterprises[7].land[0].kind",
    ),
    (
        "plot ratio of 0 where none is needed",
        |f| f["enterprises"][0]["land"][0]["far"] = json!("0"),
        "enterprises[0].land[0].far",
    ),
    (
        "plot ratio of 0",
        |f| f["enterprises"][7]["land"][0]["far"] = json!("0"),
        "enterprises[7].land[0].far",
    ),
    (
        "lease with itself",
        |f| f["enterprises"][1]["land"][1]["to"] = json!("KS002"),
        "enterprises[1].land[1].to",
    ),
    (
        "lease named on the wrong side",
        |f| {
            let land = &mut f["enterprises"][1]["land"][1];
            land["from"] = land["to"].take();
        },
        "enterprises[1].land[1].from",
    ),
    (
        "area missing",
        |f| {
            f["enterprises"][0]["land"][0]
                .as_object_mut()
                .unwrap()
                .remove("m2");
        },
        "enterprises[0].land[0].m2",
    ),
    (
        "unknown carrier",
        |f| f["enterprises"][0]["energy"]["wood_t"] = json!("1"),
        "enterprises[0].energy.wood_t",
    ),
    (
        "quantity null",
        |f| f["enterprises"][0]["energy"]["diesel_t"] = json!(null),
        "enterprises[0].energy.diesel_t",
    ),
    (
        "group named like an enterprise",
        |f| f["enterprises"][4]["group"] = json!("KS001"),
        "enterprises[4].group",
    ),
    (
        "id twice",
        |f| f["enterprises"][1]["id"] = json!("KS001"),
        "enterprises[1].id",
    ),
    (
        "unknown fact",
        |f| f["enterprises"][1]["taxs"] = json!("1"),
        "taxs",
    ),
    (
        "no such day",
        |f| f["enterprises"][1]["established"] = json!("2023-02-29"),
        "enterprises[1].established",
    ),
];

/// Another enterprise with all that the first one has, before it in the file.
fn twin(file: &mut Value) {
    let mut other = file["enterprises"][0].clone();
    other["id"] = json!("KS010");
    file["enterprises"].as_array_mut().unwrap().insert(0, other);
}

// Rated, KS007 has 13.33 + 28.89 + 6.45 + the mean (6.23 or so) + 5.88 + 15.00 + 2 = about 78: third of
// six, B by share, C because 60 / 9 mu is below 9.
/// One change each, and what one field of one unit must then say; each worked by hand from the rule.
pub(crate) const RULES: &[(&str, Change, &str, &str, &str)] = &[
    (
        "a total that is the threshold reaches it",
        |f| {
            f["schemes"][0]["small_group_thresholds"] = json!([["A", "83.30"], ["D", "-100"]]);
        },
        "KS006",
        "base_grade",
        "\"A\"",
    ),
    (
        "one hundredth more is not reached",
        |f| {
            f["schemes"][0]["small_group_thresholds"] = json!([["A", "83.31"], ["D", "-100"]]);
        },
        "KS006",
        "base_grade",
        "\"D\"",
    ),
    (
        "equal in total, tax per mu and tax: by id, not by place in the file",
        twin,
        "KS010",
        "rank",
        "2",
    ),
    (
        "a month is full on the same day",
        |f| f["enterprises"][7]["established"] = json!("2022-12-31"),
        "KS007",
        "grade",
        "\"C\"",
    ),
    (
        "a day before that it is not",
        |f| {
            f["as_of"] = json!("2024-12-30");
            f["enterprises"][7]["established"] = json!("2022-12-31");
        },
        "KS007",
        "reasons",
        "[\"exempt:new_enterprise\"]",
    ),
    (
        "new comes before utility",
        |f| f["enterprises"][7]["industry"] = json!("D44"),
        "KS007",
        "reasons",
        "[\"exempt:new_enterprise\"]",
    ),
    (
        "a utility is not rated",
        |f| f["enterprises"][0]["industry"] = json!("D45"),
        "KS001",
        "reasons",
        "[\"exempt:utility\"]",
    ),
    (
        "without land no rating",
        |f| f["enterprises"][0]["land"] = json!([]),
        "KS001",
        "reasons",
        "[\"exempt:no_land\"]",
    ),
    (
        "established unknown is not new",
        |f| {
            f["enterprises"][7]
                .as_object_mut()
                .unwrap()
                .remove("established");
        },
        "KS007",
        "rank",
        "3",
    ),
    (
        "a group is new only if all members are",
        |f| f["enterprises"][4]["established"] = json!("2024-12-01"),
        "G05",
        "rank",
        "3",
    ),
    (
        "a group is above if a member is",
        |f| f["enterprises"][4]["scale"] = json!("below"),
        "G05",
        "scale",
        "\"above\"",
    ),
    (
        "honours of a group count once",
        |f| f["enterprises"][5]["honours"] = json!(["high_tech"]),
        "G05",
        "bonus",
        "\"2.00\"",
    ),
    (
        "events of a group add up",
        |f| {
            f["enterprises"][4]["events"] = json!({"hazard_overdue": 2});
            f["enterprises"][5]["events"] = json!({"hazard_overdue": 1});
        },
        "G05",
        "deduct",
        "\"6.00\"",
    ),
    (
        "deductions are capped",
        |f| f["enterprises"][0]["events"] = json!({"hazard_overdue": 11}),
        "KS001",
        "deduct",
        "\"20.00\"",
    ),
    (
        "no cap on bonus",
        |f| f["schemes"][0]["bonus_cap"] = json!(null),
        "KS001",
        "bonus",
        "\"10.00\"",
    ),
    (
        "no cap on a term",
        |f| f["schemes"][0]["cap_ratio"] = json!(null),
        "KS001",
        "sub_scores.tax_per_mu",
        "\"92.38\"",
    ),
    (
        "full for what is missing",
        |f| f["schemes"][0]["groups"]["above"][3]["missing"] = json!("full"),
        "G05",
        "sub_scores.tax_per_pollutant",
        "\"10.00\"",
    ),
    (
        "a penalty for what is missing",
        |f| f["schemes"][0]["groups"]["above"][3]["missing"] = json!("penalty:2.5"),
        "G05",
        "sub_scores.tax_per_pollutant",
        "\"-2.50\"",
    ),
    (
        "nothing for what is missing",
        |f| {
            f["schemes"][0]["groups"]["above"][3]
                .as_object_mut()
                .unwrap()
                .remove("missing");
        },
        "G05",
        "sub_scores.tax_per_pollutant",
        "\"0.00\"",
    ),
    (
        "three places",
        |f| f["schemes"][0]["round"] = json!(3),
        "KS002",
        "sub_scores.tax_per_pollutant",
        "\"12.857\"",
    ),
    (
        "energy {} is 0, and 0 is no divisor",
        |f| f["enterprises"][0]["energy"] = json!({}),
        "KS001",
        "imputed",
        "[\"tax_per_tce\"]",
    ),
    (
        "energy null is missing",
        |f| f["enterprises"][0]["energy"] = json!(null),
        "KS001",
        "energy_tce",
        "null",
    ),
    (
        "calorific basis",
        |f| f["schemes"][0]["electricity_basis"] = json!("equivalent"),
        "KS006",
        "energy_tce",
        "\"50.3890\"",
    ),
    (
        "an event caps before a threshold",
        |f| f["enterprises"][4]["events"] = json!({"dishonest": 1}),
        "G05",
        "reasons",
        "[\"event:dishonest\"]",
    ),
    (
        "two caps that both lower",
        |f| {
            f["enterprises"][0]["events"] = json!({"env_penalty": 1});
            f["enterprises"][0]["tax"] = json!("300");
            f["enterprises"][0]["sales"] = json!("420000");
            f["schemes"][0]["cap_ratio"] = json!(null);
        },
        "KS001",
        "reasons",
        "[\"event:env_penalty\",\"threshold:tax_per_mu\"]",
    ),
    (
        "a missing value is capped too",
        |f| f["enterprises"][1]["tax"] = json!(null),
        "KS002",
        "reasons",
        "[\"threshold:tax_per_mu\"]",
    ),
    (
        "the first veto of the file decides",
        |f| {
            f["schemes"][0]["veto"] = json!({"b": "C", "a": "D"});
            f["enterprises"][0]["events"] = json!({"a": 1, "b": 1});
        },
        "KS001",
        "reasons",
        "[\"veto:b\"]",
    ),
    (
        "an event of count 0 did not happen",
        |f| f["enterprises"][3]["events"] = json!({"fatal_accident": 0}),
        "KS004",
        "rank",
        "2",
    ),
    (
        "min-max: the greatest has the weight",
        |f| {
            f["schemes"][0]["method"] = json!("minmax");
            f["schemes"][0]["baseline_mode"] = json!("none");
        },
        "KS001",
        "sub_scores.tax_per_mu",
        "\"40.00\"",
    ),
    (
        "min-max: the least has a fifth",
        |f| {
            f["schemes"][0]["method"] = json!("minmax");
            f["schemes"][0]["baseline_mode"] = json!("none");
        },
        "KS008",
        "sub_scores.tax_per_mu",
        "\"8.00\"",
    ),
    (
        "min-max: one alone has the weight",
        |f| {
            f["schemes"][0]["method"] = json!("minmax");
            f["schemes"][0]["baseline_mode"] = json!("none");
        },
        "KS006",
        "sub_scores.tax_per_kwh",
        "\"20.00\"",
    ),
    (
        "a total just on a threshold has its grade",
        |f| f["schemes"][0]["small_group_thresholds"] = json!([["A", "83.30"], ["D", "0"]]),
        "KS006",
        "base_grade",
        "\"A\"",
    ),
    (
        "a share just on a band's limit is in the band",
        |f| {
            f["schemes"][0]["grade_shares"] =
                json!([["A", "0.4"], ["B", "0.6"], ["C", "0.8"], ["D", "1.00"]]);
        },
        "KS002",
        "base_grade",
        "\"A\"",
    ),
    (
        "what is null is not there",
        |f| {
            let enterprise = &mut f["enterprises"][0];
            enterprise["honours"] = json!(null);
            enterprise["events"] = json!(null);
            let scheme = &mut f["schemes"][0];
            for field in ["veto", "grade_cap_thresholds", "exempt", "min_group_size"] {
                scheme[field] = json!(null);
            }
            scheme["_comment"] = json!("tried without");
        },
        "KS001",
        "bonus",
        "\"0.00\"",
    ),
];
