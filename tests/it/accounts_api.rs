//! Accounts and ratings over HTTP: who sees what (contract.md 6). Their sources are in
//! `accounts_sources`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};

use parkpulse::units::Exact;

use crate::import::code;
use crate::pages_rights::{City, city, cookie, text};
use crate::stage::{Answer, until};

/// The newest year that the made-up city states.
const YEAR: &str = "2025";

#[test]
fn every_role_finds_the_accounts_grades_and_sources_that_are_theirs() {
    let city = city("1");
    until(Duration::from_mins(3), "a rated year", || {
        let rated = city.server.get("/api/v1/ratings").json();
        let items = rated["items"].as_array()?;
        items.iter().any(|one| one["year"] == YEAR).then_some(())
    });
    let city = Rated {
        year: year_before(&city),
        city,
    };
    city.every_role_finds_what_the_table_grants();
    city.an_account_shows_each_role_the_figures_that_are_theirs();
    crate::account_sheet::a_year_on_paper_says_what_its_account_says(&city);
    city.a_list_holds_own_rows_only_and_pages();
    city.grades_are_for_all_and_scores_for_the_own_and_the_bureau();
    city.the_borders_of_the_bands_are_where_the_grades_change();
    city.medians_are_the_middle_of_the_group();
    city.what_is_shown_gives_what_is_shown_down_to_the_last_input();
    city.points_beside_the_terms_have_names();
    city.a_grade_tells_each_role_what_is_theirs_of_how_it_was_made();
    crate::accounts_open::a_running_period_is_provisional_and_says_so(&city);
    crate::accounts_open::what_the_bureau_looks_at_tax_for_is_in_the_log(&city);
    crate::audit_sight::a_clerk_sees_who_looked_at_what_is_theirs(&city);
    crate::rights_asked::holds(&city.city, &city.year);
    city.an_event_that_is_imported_reaches_the_grade_and_its_source();
    crate::accounts_open::a_total_tells_nobody_of_a_small_park(&city);
}

/// The year that the city's newest statements are of.
fn year_before(city: &City) -> String {
    let rated = city.server.get("/api/v1/ratings").json();
    text(&rated["items"][0]["year"])
}

pub(crate) struct Rated {
    pub(crate) city: City,
    pub(crate) year: String,
}

/// 404, or it.
const N: u16 = 404;
const Y: u16 = 200;

/// Address, and what public, own, other, operator here, elsewhere, bureau and the local operator of
/// all parks get.
#[rustfmt::skip]
const TABLE: &[(&str, [u16; 7])] = &[
    //                                              pub own oth her els bur loc
    ("/api/v1/accounts?period={year}",             [N,  Y,  Y,  Y,  Y,  Y,  Y]),
    ("/api/v1/accounts?period={year}&v=99",        [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/accounts/{own}?period={year}",       [N,  Y,  N,  Y,  N,  Y,  Y]),
    ("/api/v1/accounts/{own}?period=1999",         [N,  Y,  N,  Y,  N,  Y,  Y]),
    ("/api/v1/accounts/{absent}?period={year}",    [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/accounts/x?period={year}",           [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/ratings",                            [Y,  Y,  Y,  Y,  Y,  Y,  Y]),
    ("/api/v1/ratings/{year}",                     [Y,  Y,  Y,  Y,  Y,  Y,  Y]),
    ("/api/v1/ratings/1999",                       [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/ratings/{year}?v=99",                [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/ratings/{year}/{own}",               [Y,  Y,  Y,  Y,  Y,  Y,  Y]),
    ("/api/v1/ratings/{year}/{absent}",            [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/sources/land_mu:{own}:{year}:1",     [N,  Y,  N,  Y,  N,  Y,  Y]),
    ("/api/v1/sources/tax_per_mu:{own}:{year}:1",  [N,  Y,  N,  N,  N,  Y,  N]),
    ("/api/v1/sources/output_value:{own}:{year}:1",[N,  Y,  N,  N,  N,  Y,  N]),
    ("/api/v1/sources/score:{own}:{year}:1",       [N,  Y,  N,  N,  N,  Y,  N]),
    ("/api/v1/sources/score:{own}:{year}:99",      [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/sources/grade:{own}:{year}:1",       [Y,  Y,  Y,  Y,  Y,  Y,  Y]),
    ("/api/v1/sources/grade:{own}:{year}:99",      [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/sources/grade:{absent}:{year}:1",    [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/sources/grade:{here}:{year}:1",      [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/sources/grade:{own}:2026-10:1",      [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/sources/rated_tax:{own}:{year}:1",   [N,  Y,  N,  N,  N,  Y,  N]),
    ("/api/v1/sources/rated_conduct:{own}:{year}:1", [N, Y, N,  N,  N,  Y,  N]),
    ("/api/v1/sources/rated_nothing:{own}:{year}:1", [N, N, N,  N,  N,  N,  N]),
    ("/api/v1/sources/nothing:{own}:{year}:1",     [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/sources/land_mu:{absent}:{year}:1",  [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/sources/land_mu:{own}:{year}:99",    [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/sources/land_mu:{here}:{year}:1",    [N,  Y,  Y,  Y,  Y,  Y,  Y]),
    ("/api/v1/sources/tax:{here}:{year}:1",        [N,  Y,  Y,  N,  N,  Y,  N]),
    ("/api/v1/sources/tax:city:{year}:1",          [N,  N,  N,  N,  N,  Y,  N]),
    ("/api/v1/sources/kwh_register:NONE:2026-10:1",[N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/sources/nonsense",                   [N,  N,  N,  N,  N,  N,  N]),
];

/// What for: without it the bureau sees no tax (`accounts_open` shows that).
pub(crate) const PURPOSE: &str = "X-Purpose: %E5%A4%8D%E6%A0%B8";

impl Rated {
    pub(crate) fn filled(&self, path: &str) -> String {
        path.replace("{own}", &self.city.own)
            .replace("{here}", &self.city.here)
            .replace("{absent}", code(77).as_str())
            .replace("{year}", &self.year)
    }

    /// What each role gets from an address.
    pub(crate) fn each(&self, path: &str) -> Vec<(&'static str, Answer)> {
        let path = self.filled(path);
        let roles = self.city.roles().into_iter();
        roles
            .map(|(role, choice)| {
                let cookie = choice.map(|choice| cookie(&self.city.server, &choice));
                let mut headers: Vec<&str> = cookie.iter().map(String::as_str).collect();
                headers.push(PURPOSE);
                (role, self.city.server.send("GET", &path, &headers, b""))
            })
            .collect()
    }

    /// What one role gets from an address.
    pub(crate) fn json(&self, role: &str, path: &str) -> Value {
        let answers = self.each(path).into_iter();
        let mut own = answers.filter(|(asked, _)| *asked == role);
        own.next().unwrap().1.json()
    }

    fn every_role_finds_what_the_table_grants(&self) {
        let absent = self.city.server.get("/api/v1/parcels/NONE/card").json();
        for (path, expected) in TABLE {
            for ((role, answer), expected) in self.each(path).into_iter().zip(expected) {
                let why = format!("{role} {path}: {}", answer.text());
                assert_eq!(answer.status, *expected, "{why}");
                if *expected == N {
                    for field in ["type", "title", "code", "detail"] {
                        assert_eq!(answer.json()[field], absent[field], "{field} {why}");
                    }
                }
            }
        }
    }

    fn an_account_shows_each_role_the_figures_that_are_theirs(&self) {
        for (role, answer) in self.each("/api/v1/accounts/{own}?period={year}") {
            if answer.status == N {
                continue;
            }
            let account = &answer.json()["account"];
            let figures = account["figures"].as_array().unwrap().iter();
            let kinds: BTreeSet<String> = figures.map(|one| text(&one["kind"])).collect();
            let has = |kind: &str| kinds.contains(kind);
            assert!(
                has("land_mu") && has("tce_equal") && has("energy_per_mu"),
                "{role}"
            );
            let sees_all = matches!(role, "own" | "bureau");
            for kind in [
                "tax",
                "tax_per_mu",
                "output_value",
                "output_per_mu",
                "energy_per_output",
            ] {
                assert_eq!(has(kind), sees_all, "{role} {kind}");
            }
            assert_eq!(account["period"], self.year.as_str());
            for field in ["as_of", "source"] {
                assert!(account[field].is_string(), "{role} {field}: {account}");
            }
            let missing = account["missing"].to_string();
            assert!(sees_all || !missing.contains("tax"), "{role}: {missing}");
        }
    }

    fn a_list_holds_own_rows_only_and_pages(&self) {
        let path = "/api/v1/accounts?period={year}&limit=1000&k=land_mu,tax";
        for (role, answer) in self.each(path) {
            let list = answer.json();
            if role == "public" {
                assert_eq!(answer.status, 404);
                continue;
            }
            let items = list["items"].as_array().unwrap();
            let mine = items.iter().any(|one| one["key"] == self.city.own.as_str());
            let expected = match role {
                "own" => (1, true),
                "other" => (1, false),
                "here" => (items.len(), true),
                "elsewhere" => (items.len(), false),
                _ => (150, true),
            };
            assert_eq!((items.len(), mine), expected, "{role}");
            let has_tax = list.to_string().contains("\"tax\"");
            assert_eq!(
                has_tax,
                matches!(role, "own" | "other" | "bureau"),
                "{role}"
            );
            let totals = list["totals"].as_array().unwrap().len();
            let expected = match role {
                "own" | "other" => 1,
                "bureau" => 4,
                _ => 3,
            };
            assert!(
                totals == expected || role == "here" || role == "elsewhere",
                "{role} {totals}"
            );
        }
        let mut path = "/api/v1/accounts?period={year}&limit=40&k=land_mu".to_owned();
        let mut seen = Vec::new();
        loop {
            let page = self.json("bureau", &path);
            let items = page["items"].as_array().unwrap();
            seen.extend(items.iter().map(|one| text(&one["key"])));
            let Some(next) = page["next"].as_str() else {
                break;
            };
            path = format!("/api/v1/accounts?period={{year}}&limit=40&k=land_mu&cursor={next}");
        }
        assert_eq!(seen.len(), 150);
        assert!(seen.is_sorted());
    }

    fn grades_are_for_all_and_scores_for_the_own_and_the_bureau(&self) {
        for (role, answer) in self.each("/api/v1/ratings/{year}?limit=1000") {
            let list = answer.json();
            let items = list["items"].as_array().unwrap();
            assert!(items.len() > 100, "{role}");
            assert!(items.iter().all(|one| one["grade"].is_string()), "{role}");
            let with_result: Vec<&Value> = items
                .iter()
                .filter(|one| !one["result"].is_null())
                .collect();
            match role {
                "bureau" => assert_eq!(with_result.len(), items.len()),
                "own" | "other" => {
                    let own = if role == "own" {
                        &self.city.own
                    } else {
                        &self.city.other
                    };
                    assert_eq!(with_result.len(), 1, "{role}");
                    assert_eq!(with_result[0]["enterprise"], own.as_str());
                }
                _ => {
                    assert!(with_result.is_empty(), "{role}");
                    for word in ["last_total\":\"", "median", "\"rank\":", "sub_scores"] {
                        let told = answer.text().replace("\"median\":null", "");
                        let told = told.replace("\"median_total\":null", "");
                        assert!(!told.contains(word), "{role} {word}");
                    }
                }
            }
            if role != "bureau" {
                // An order by rank would tell the rank.
                let codes = items.iter().map(|one| text(&one["enterprise"]));
                assert!(codes.collect::<Vec<_>>().is_sorted(), "{role}");
            }
            for field in ["unit", "period", "as_of", "source", "digest", "scheme"] {
                assert!(list[field].is_string(), "{role} {field}");
            }
        }
        let one = self.json("public", "/api/v1/ratings/{year}/{own}");
        assert!(one["grade"].is_string() && one["result"].is_null(), "{one}");
        let own = self.json("own", "/api/v1/ratings/{year}/{own}");
        assert_eq!(own["grade"], one["grade"]);
        assert_eq!(own["result"]["members"], serde_json::json!([self.city.own]));
    }

    fn the_borders_of_the_bands_are_where_the_grades_change(&self) {
        let list = self.json("bureau", "/api/v1/ratings/{year}?limit=1000");
        let items = list["items"].as_array().unwrap();
        for group in list["groups"].as_array().unwrap() {
            if group["basis"] != "rank_share" {
                continue;
            }
            let n = group["n"].as_i64().unwrap();
            // Related enterprises stand on one place together.
            let mut ranks: Vec<(i64, String, String)> = items
                .iter()
                .filter(|one| one["result"]["scale"] == group["scale"])
                .filter_map(|one| {
                    let result = &one["result"];
                    let rank = result["rank"].as_i64()?;
                    Some((rank, text(&result["base_grade"]), text(&result["total"])))
                })
                .collect();
            ranks.sort();
            ranks.dedup_by_key(|(rank, ..)| *rank);
            assert_eq!(i64::try_from(ranks.len()).unwrap(), n);
            let mut counted = 0;
            for band in group["bands"].as_array().unwrap() {
                let of_grade: Vec<_> = ranks
                    .iter()
                    .filter(|(_, grade, _)| band["grade"] == grade.as_str())
                    .collect();
                let count = i64::try_from(of_grade.len()).unwrap();
                assert_eq!(band["count"], count, "{band}");
                counted += count;
                if let Some((rank, _, total)) = of_grade.last() {
                    assert_eq!(band["last_rank"], *rank);
                    assert_eq!(band["last_total"], total.as_str());
                    let share = Exact::whole(*rank).share(1, n);
                    assert_eq!(band["last_share"], share.rounded(4));
                    assert!(share <= Exact::decimal(band["share"].as_str().unwrap()).unwrap());
                }
            }
            assert_eq!(counted, n);
        }
        let counts = list["counts"].as_object().unwrap().values();
        let counted: i64 = counts.map(|n| n.as_i64().unwrap()).sum();
        assert_eq!(counted, i64::try_from(items.len()).unwrap());
        assert!(
            list["counts"].as_object().unwrap().len() >= 4,
            "{}",
            list["counts"]
        );
    }

    /// The middle of the totals and of each term's values, sorted and halved here again; told to the
    /// bureau and to members of the group alone.
    fn medians_are_the_middle_of_the_group(&self) {
        let list = self.json("bureau", "/api/v1/ratings/{year}?limit=1000");
        let own = self.json("own", "/api/v1/ratings/{year}/{own}");
        let mut few = 0;
        for group in list["groups"].as_array().unwrap() {
            // A group of related enterprises is one unit.
            let mut units = BTreeMap::new();
            for one in list["items"].as_array().unwrap() {
                let result = &one["result"];
                if result["scale"] == group["scale"] && result["total"].is_string() {
                    units.insert(text(&result["id"]), result.clone());
                }
            }
            let ranked = units.values().filter(|one| one["rank"].is_number());
            let total = middle(ranked.map(|one| &one["total"]), 2);
            assert_eq!(group["median_total"], json!(total), "{group}");
            let mut told = own["groups"].as_array().unwrap().iter();
            let told = told.find(|one| one["scale"] == group["scale"]).unwrap();
            let is_own = own["result"]["scale"] == group["scale"];
            let seen = json!(total.filter(|_| is_own));
            assert_eq!(told["median_total"], seen, "{told}");
            for (place, term) in group["terms"].as_array().unwrap().iter().enumerate() {
                let code = term["code"].as_str().unwrap();
                let values = units.values().map(|one| &one["indicators"][code]);
                let median = middle(values, 6);
                few += usize::from(median.is_none());
                assert_eq!(term["median"], json!(median), "{term}");
                let seen = json!(median.filter(|_| is_own));
                assert_eq!(told["terms"][place]["median"], seen, "{told}");
            }
        }
        let source = self.json("own", "/api/v1/sources/grade:{own}:{year}:1");
        for one in source["rating"]["indicators"].as_array().unwrap() {
            let mut groups = own["groups"].as_array().unwrap().iter();
            let group = groups.find(|group| group["scale"] == own["result"]["scale"]);
            let mut terms = group.unwrap()["terms"].as_array().unwrap().iter();
            let term = terms.find(|term| term["code"] == one["code"]).unwrap();
            assert_eq!(one["median"], term["median"], "{one}");
        }
        println!("{few} terms without a median");
    }

    fn an_event_that_is_imported_reaches_the_grade_and_its_source(&self) {
        let path = self.city.stage.path("conduct.csv");
        let (own, year) = (&self.city.own, &self.year);
        let rows = format!(
            "enterprise,kind,code,document,source,valid_from,valid_to\n\
             {own},event,fatal_accident,令7,应急管理,{year}-06-01,\n"
        );
        std::fs::write(&path, rows).unwrap();
        self.city
            .stage
            .ok(&["import", "conduct", path.to_str().unwrap()]);
        until(Duration::from_mins(2), "the next rating", || {
            let rating = self.json("public", "/api/v1/ratings/{year}/{own}");
            (rating["revision"] == 2).then(|| assert_eq!(rating["grade"], "D", "{rating}"))
        });
        let reasons = &self.json("own", "/api/v1/ratings/{year}/{own}")["result"]["reasons"];
        assert_eq!(reasons, &serde_json::json!(["veto:fatal_accident"]));
        for (role, answer) in self.each("/api/v1/sources/grade:{own}:{year}:2") {
            let source = answer.json();
            assert_eq!(source["value"], "D", "{role}");
            let told: Vec<&Value> = source["taken_from"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|one| one["code"] == "fatal_accident")
                .collect();
            let sees = matches!(role, "own" | "bureau");
            assert_eq!(told.len(), usize::from(sees), "{role} {source}");
            if let [one] = told[..] {
                let shown = (&one["kind"], &one["document"], &one["source"]);
                assert_eq!(
                    shown,
                    (&"conduct".into(), &"令7".into(), &"应急管理".into())
                );
            }
        }
        // What was published first stands.
        let first = self.json("own", "/api/v1/sources/grade:{own}:{year}:1");
        assert_ne!(first["value"], "D");
    }
}

/// The middle of decimals, or halfway between two; none of fewer than three.
fn middle<'v>(values: impl Iterator<Item = &'v Value>, places: usize) -> Option<String> {
    let known = values.filter_map(Value::as_str);
    let mut known: Vec<Exact> = known.map(|one| Exact::decimal(one).unwrap()).collect();
    known.sort();
    let (below, above) = (known.len().checked_sub(1)? / 2, known.len() / 2);
    let sum = &known[below] + &known[above];
    (known.len() >= 3).then(|| sum.share(1, 2).rounded(places))
}
