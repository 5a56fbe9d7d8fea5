//! Honours and events: what a file of them may say, that a correction supersedes, and that they reach
//! the grade of a rated year with their reason and their source.

use serde_json::Value;

use parkpulse::jobs::import::Kind;
use parkpulse::ledger::figure::{Figure, FigureRecord, Formula, TakenFrom, evaluate};
use parkpulse::store::registry::{Assessed, Assessment, Mode};
use parkpulse::text::Language;
use parkpulse::units::Exact;

use crate::assess::{EQUAL, Office, SCHEME};
use crate::import::{Town, code};

fn file(rows: &str) -> String {
    let header = "enterprise,kind,code,document,source,valid_from,valid_to";
    let rows = rows.replace("ONE", code(1).as_str());
    format!("{header}\n{}\n", rows.replace("TWO", code(2).as_str()))
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_row_and_column() {
    let town = Town::settled().await;
    let rows = [
        (
            "ONE,honour,hi_tech,,科技,2025-01-01,",
            "row 2, column code: no scheme counts `hi_tech` so: those known are green_factory, high_tech",
        ),
        (
            "ONE,event,high_tech,,科技,2025-01-01,",
            "row 2, column code: no scheme counts `high_tech` so: those known are dishonest, env_penalty, fatal_accident",
        ),
        (
            "ONE,honour,High-Tech,,科技,2025-01-01,",
            "row 2, column code: `High-Tech` is not a code",
        ),
        (
            "ONE,prize,high_tech,,科技,2025-01-01,",
            "row 2, column kind: `prize` is neither honour nor event",
        ),
        (
            "ONE,event,env_penalty,,环保,2025-03-01,2025-04-01",
            "row 2, column valid_to: does not belong to an event",
        ),
        (
            "ONE,event,env_penalty,,环保,2025-03-01T10:00:00+08:00,",
            "row 2, column valid_from",
        ),
        (
            "ONE,honour,high_tech,,科技,2025-03-01,2025-03-01",
            "row 2, column valid_to: must be later than valid_from",
        ),
        (
            "ONE,honour,high_tech,,,2025-03-01,",
            "row 2, column source: is empty",
        ),
        (
            "91320583MA1N0X0X1M,event,env_penalty,,环保,2025-03-01,",
            "row 2, column enterprise: enterprise 91320583MA1N0X0X1M is not registered",
        ),
        (
            "ONE,event,env_penalty,,环保,2025-03-01,\nONE,event,env_penalty,,环保,2025-03-01,",
            "stands twice",
        ),
        (
            "ONE,honour,high_tech,,科技,2024-01-01,2026-01-01\nONE,honour,high_tech,,科技,2025-01-01,",
            "overlaps",
        ),
    ];
    for (row, expected) in rows {
        let text = file(row);
        let report = town
            .imports(Kind::Conduct, text.as_bytes(), Mode::Apply)
            .await;
        let told: Vec<String> = report
            .faults
            .told()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert!(
            told.iter().any(|one| one.contains(expected)),
            "{row}: {told:?}"
        );
    }
    assert!(town.registry.all_conduct().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_same_file_changes_nothing_and_a_correction_supersedes() {
    let town = Town::settled().await;
    let text = file(
        "ONE,honour,high_tech,GR2023-1,科技,2023-01-01,\nONE,event,env_penalty,环罚1,环保,2025-03-01,\n\
         ONE,event,env_penalty,环罚2,环保,2025-03-01,\nTWO,event,env_penalty,,环保,2025-03-01,",
    );
    assert_eq!(town.takes(Kind::Conduct, &text).await, [4, 0, 0, 0]);
    let mark = town.registry.conduct_mark().await.unwrap();
    assert_eq!(town.takes(Kind::Conduct, &text).await, [0, 0, 0, 4]);
    assert_eq!(town.registry.conduct_mark().await.unwrap(), mark);
    // Ended, and told by another office.
    let text = file(
        "ONE,honour,high_tech,GR2023-1,科技,2023-01-01,2025-06-01\nTWO,event,env_penalty,,生态环境,2025-03-01,",
    );
    assert_eq!(town.takes(Kind::Conduct, &text).await, [0, 2, 0, 0]);
    assert_ne!(town.registry.conduct_mark().await.unwrap(), mark);
    let all = town.registry.all_conduct().await.unwrap();
    assert_eq!(all.len(), 4);
    let honour = &all
        .iter()
        .find(|(one, _)| one.code.as_str() == "high_tech")
        .unwrap()
        .0;
    assert_eq!(
        honour.validity.to().unwrap().to_string(),
        "2025-06-01T00:00:00+08:00"
    );
    let (event, recorded_at) = &all
        .iter()
        .find(|(one, _)| one.enterprise == code(2))
        .unwrap();
    assert_eq!(
        (event.source.as_str(), *recorded_at),
        ("生态环境", town.now())
    );
    // The template is a file that may be filled in.
    let template = parkpulse::jobs::import::template(Kind::Conduct, Language::English);
    assert_eq!(town.takes(Kind::Conduct, &template).await, [0; 4]);
}

fn body(entry: &Assessed) -> Value {
    serde_json::from_str(&entry.body).unwrap()
}

async fn of(office: &Office, one: &Assessment, who: &str) -> Assessed {
    let all = office.assessed(one).await.into_iter();
    all.into_iter()
        .find(|entry| entry.enterprise.as_str() == who)
        .unwrap()
}

/// Somebody who is rated alone, has no honour and no event, and this grade.
fn plain(all: &[Assessed], grade: &str) -> String {
    let is_plain = |entry: &&Assessed| {
        let body = body(entry);
        let figures = FigureRecord::read_all(&entry.figures).unwrap();
        let conduct = figures
            .iter()
            .find(|one| one.kind == "rated_conduct")
            .unwrap();
        let is_alone = body["members"].as_array().unwrap().len() == 1;
        is_alone && conduct.inputs.is_empty() && entry.grade == grade && body["scale"] == "above"
    };
    all.iter().find(is_plain).unwrap().enterprise.to_string()
}

#[tokio::test]
async fn an_honour_and_an_event_change_the_grade_with_the_reason() {
    let office = Office::open(None, EQUAL, SCHEME).await;
    let one = office.rated(2025).await.unwrap();
    let all = office.assessed(&one).await;
    let (best, good) = (plain(&all, "A"), plain(&all, "B"));
    let before = body(&of(&office, &one, &good).await);
    let text = file(&format!(
        "{best},event,env_penalty,环罚1,环保,2025-12-31,\n{best},event,hazard_overdue,,应急,2025-01-01,\n\
         {good},event,fatal_accident,令7,应急,2025-05-04,\n\
         {good},honour,high_tech,GR1,科技,2023-01-01,\n{good},honour,high_tech,GR2,科技,2025-06-01,\n\
         {good},honour,smart_factory,,工信,2020-01-01,2025-12-31\n{good},event,dishonest,,市监,2024-12-31,\n\
         {best},event,fatal_accident,,应急,2026-01-01,"
    ));
    office.town.takes(Kind::Conduct, &text).await;
    let two = office.rated(2025).await.unwrap();
    assert_eq!(two.revision, 2);
    assert_ne!(two.digest, one.digest);
    // Capped at B, from A; what happened on New Year's Day is next year's.
    let capped = of(&office, &two, &best).await;
    let capped_body = body(&capped);
    assert_eq!(
        (capped.grade.as_str(), &capped_body["base_grade"]),
        ("B", &"A".into())
    );
    assert_eq!(
        capped_body["reasons"],
        serde_json::json!(["event:env_penalty"])
    );
    assert_eq!(capped_body["deduct"], "7.00");
    // Vetoed. One title by two certificates counts once, one that ended before the year did not at all.
    let vetoed = of(&office, &two, &good).await;
    let vetoed_body = body(&vetoed);
    assert_eq!(vetoed.grade, "D");
    assert_eq!(
        vetoed_body["reasons"],
        serde_json::json!(["veto:fatal_accident"])
    );
    assert_eq!(
        (&vetoed_body["bonus"], &vetoed_body["deduct"]),
        (&"2.00".into(), &"0.00".into())
    );
    assert_eq!(
        (&vetoed_body["rank"], &before["rank"].is_u64()),
        (&Value::Null, &true)
    );
    let figures = FigureRecord::read_all(&vetoed.figures).unwrap();
    let conduct = figures
        .iter()
        .find(|one| one.kind == "rated_conduct")
        .unwrap();
    let told: Vec<(&str, Option<&str>, &str)> = conduct
        .inputs
        .iter()
        .map(|input| match input.taken_from.as_ref().unwrap() {
            TakenFrom::Conduct {
                document, source, ..
            } => (input.what.as_str(), document.as_deref(), source.as_str()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        told,
        [
            ("fatal_accident", Some("令7"), "应急"),
            ("high_tech", Some("GR1"), "科技"),
            ("high_tech", Some("GR2"), "科技"),
        ]
    );
    // Nothing new: no new revision.
    assert_eq!(office.rated(2025).await.unwrap().revision, 2);
}

#[tokio::test]
async fn the_figures_kept_with_a_result_give_what_was_rated() {
    let office = Office::open(None, EQUAL, SCHEME).await;
    let one = office.rated(2025).await.unwrap();
    let (mut indicators, mut groups) = (0, 0);
    for entry in office.assessed(&one).await {
        let figures = FigureRecord::read_all(&entry.figures).unwrap();
        let find = |kind: &str| figures.iter().find(|one| one.kind == kind);
        let body = body(&entry);
        let is_group = body["members"].as_array().unwrap().len() > 1;
        groups += usize::from(is_group);
        for (code, printed) in body["indicators"].as_object().unwrap() {
            let figure = find(&format!("rated_{code}")).unwrap();
            assert_eq!(
                figure.value.as_deref(),
                printed.as_str(),
                "{code} {entry:?}"
            );
            indicators += usize::from(printed.is_string());
            for input in &figure.inputs {
                let own = find(&format!("rated_{}", input.what));
                let Some(id) = &input.figure else {
                    assert!(is_group || input.value.is_none(), "{entry:?}");
                    continue;
                };
                let own = own.unwrap();
                assert_eq!(
                    (&id.kind, &own.value),
                    (&own.kind, &input.value),
                    "{entry:?}"
                );
            }
        }
        for figure in figures.iter().filter(|one| one.formula == Formula::Sum) {
            assert_eq!(recomputed(figure), figure.value, "{figure:?}");
        }
    }
    assert!(indicators > 100 && groups > 1, "{indicators} {groups}");
}

/// What the inputs come to, by hand.
fn recomputed(figure: &Figure) -> Option<String> {
    let value = figure.value.as_ref()?;
    let places = value.split_once('.').map_or(0, |(_, digits)| digits.len());
    let sum: Exact = evaluate(Formula::Sum, &figure.inputs)?;
    Some(sum.rounded(places))
}

/// All amounts of money ten times as large, as a file of statements would say it.
fn tenfold(kind: &str, text: String) -> String {
    if kind != "statements" {
        return text;
    }
    let mut rows = text.lines().map(str::to_owned);
    let header = rows.next().unwrap();
    let rows = rows.map(|row| {
        let mut cells: Vec<String> = row.split(',').map(str::to_owned).collect();
        if cells[4] == "万元" {
            let value = Exact::decimal(&cells[3]).unwrap();
            cells[3] = (&value * &Exact::whole(10)).rounded(2);
        }
        cells.join(",")
    });
    let rows: Vec<String> = rows.collect();
    format!("{header}\n{}\n", rows.join("\n"))
}

/// The invariances of domain.md 6 on the way through the registry: what is stated, kept, accounted,
/// collected and rated.
#[tokio::test]
async fn money_times_ten_leaves_scores_ranks_are_a_permutation_and_caps_never_raise() {
    // A baseline that is a mean of the group grows with the money.
    const MEAN: &[&str] = &["HUAIAN-2024"];
    let plain = Office::open(None, EQUAL, MEAN).await;
    let rich = Office::open_with(tenfold, EQUAL, MEAN).await;
    let (one, ten) = (
        plain.rated(2025).await.unwrap(),
        rich.rated(2025).await.unwrap(),
    );
    assert_ne!(one.facts, ten.facts);
    let (one, ten) = (plain.assessed(&one).await, rich.assessed(&ten).await);
    assert_eq!(one.len(), ten.len());
    let mut scored = 0;
    for (one, ten) in one.iter().zip(&ten) {
        assert_eq!((&one.enterprise, &one.grade), (&ten.enterprise, &ten.grade));
        let (one, ten) = (body(one), body(ten));
        for field in ["sub_scores", "total", "rank", "base_grade", "reasons"] {
            assert_eq!(one[field], ten[field], "{field} {one}");
        }
        scored += usize::from(one["total"].is_string());
    }
    assert!(scored > 10, "{scored}");
    let office = Office::open(None, EQUAL, SCHEME).await;
    let rated = office.rated(2025).await.unwrap();
    let mut ranks: std::collections::BTreeMap<String, std::collections::BTreeSet<u64>> =
        std::collections::BTreeMap::new();
    let mut lowered = 0;
    for entry in office.assessed(&rated).await {
        let body = body(&entry);
        let Some(rank) = body["rank"].as_u64() else {
            continue;
        };
        let base = body["base_grade"].as_str().unwrap();
        assert!(entry.grade.as_str() >= base, "raised: {body}");
        assert_eq!(
            entry.grade.as_str() > base,
            body["reasons"] != serde_json::json!([]),
            "{body}"
        );
        lowered += usize::from(entry.grade.as_str() > base);
        let group = ranks.entry(body["scale"].to_string()).or_default();
        let n = body["n"].as_u64().unwrap();
        assert!((1..=n).contains(&rank), "{body}");
        group.insert(rank);
        assert!(u64::try_from(group.len()).unwrap() <= n);
    }
    assert!(lowered > 0);
    for (scale, group) in ranks {
        let n = u64::try_from(group.len()).unwrap();
        assert!(group.into_iter().eq(1..=n), "{scale}");
    }
}
