//! The year of an enterprise on paper: two pages whose text holds every figure that the asker may see, as the
//! account has it, and none other.

use serde_json::Value;

use crate::accounts_api::Rated;
use crate::pages_rights::text;

/// The text of each page, without blanks: where a line breaks says nothing.
fn pages(pdf: &[u8]) -> Vec<String> {
    let pages = pdf_extract::extract_text_from_mem_by_pages(pdf).unwrap();
    let solid = |page: String| page.split_whitespace().collect::<String>();
    pages.into_iter().map(solid).collect()
}

/// A decimal as the sheet writes it: two places, half away from zero, thousands apart.
fn written(value: &str) -> String {
    let exact: rust_decimal::Decimal = value.parse().unwrap();
    let half_up = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
    let rounded = format!("{:.2}", exact.round_dp_with_strategy(2, half_up).abs());
    let (whole, part) = rounded.split_once('.').unwrap();
    let groups: Vec<String> = whole
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| String::from_utf8(group.to_vec()).unwrap())
        .collect();
    format!("{}.{part}", groups.join(","))
}

pub(crate) fn a_year_on_paper_says_what_its_account_says(city: &Rated) {
    let accounts = city.each("/api/v1/accounts/{own}?period={year}");
    let sheets = city.each("/api/v1/accounts/{own}/sheet.pdf?year={year}");
    let mut seen = Vec::new();
    for ((role, account), (_, sheet)) in accounts.into_iter().zip(sheets) {
        if role == "kiosk" || account.status == 404 {
            assert_eq!(sheet.status, 404, "{role}");
            continue;
        }
        assert_eq!(sheet.status, 200, "{role}: {}", sheet.text());
        assert_eq!(sheet.header("content-type"), Some("application/pdf"));
        let account = account.json();
        let pages = pages(&sheet.body);
        assert_eq!(pages.len(), 2, "{role}");
        let first = &pages[0];
        assert!(first.contains(&text(&account["name"])), "{role}: {first}");
        for figure in account["account"]["figures"].as_array().unwrap() {
            let Value::String(value) = &figure["value"] else {
                continue;
            };
            let value = written(value);
            assert!(first.contains(&value), "{role} {figure}: {first}");
        }
        for month in 1..=12 {
            let month = format!("{}-{month:02}", city.year);
            assert!(pages[1].contains(&month), "{role}");
        }
        // The bars stand on whichever page has room for them whole.
        assert!(pages.concat().contains("各月综合能耗"), "{role}");
        for (page, place) in pages.iter().zip(["第1页，共2页", "第2页，共2页"]) {
            assert!(page.contains(place), "{role}: {page}");
        }
        let tells = pages
            .iter()
            .any(|page| page.contains("亩均税收") || page.contains("总产值"));
        assert_eq!(tells, matches!(role, "own" | "bureau"), "{role}");
        seen.push(role);
    }
    assert!(
        ["own", "here", "bureau"]
            .iter()
            .all(|role| seen.contains(role))
    );
    // The running year has meters behind it: the factors are said with their sources, in letters that the
    // font has, and the running month is told.
    let running = city.year.parse::<u32>().unwrap() + 1;
    let path = format!("/api/v1/accounts/{{own}}/sheet.pdf?year={running}");
    let own = city
        .each(&path)
        .into_iter()
        .find(|(role, _)| *role == "own");
    let pages = pages(&own.unwrap().1.body);
    assert!(pages[1].contains("→综合能耗（等价值）："), "{}", pages[1]);
    assert!(
        pages[0].contains("tCO2") && pages[0].contains("未结账"),
        "{}",
        pages[0]
    );
    // A month is no year, and of a year before all there is no sheet.
    for (asked, status) in [("2025-03", 400), ("1999", 404), ("x", 400)] {
        let path = format!("/api/v1/accounts/{{own}}/sheet.pdf?year={asked}");
        let own = city
            .each(&path)
            .into_iter()
            .find(|(role, _)| *role == "own");
        assert_eq!(own.unwrap().1.status, status, "{asked}");
    }
}
