//! Several sources of one figure side by side: which counts, by which rule, how far the others are from it;
//! and that a correction needs its reason and overwrites nothing.

use std::fmt::Write as _;

use proptest::prelude::*;
use rust_decimal::Decimal;

use parkpulse::access::{Matter, Principal};
use parkpulse::calendar::Year;
use parkpulse::jobs::import::{Given, Kind, Limits, Picks, Progress, Report, UNSAID, import};
use parkpulse::ledger::precedence::{Precedence, Rule, beside};
use parkpulse::park::outline::CityBox;
use parkpulse::store::registry::{Mode, StatedFrom, ToldStatement};

use crate::import::{Town, code};

fn rules() -> Precedence {
    Precedence::shipped().unwrap()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// By `config/precedence`: output is 统计 before 税务, any other department after them, an enterprise's own
/// word last. The differences: 5200 - 5210.4 = -10.4, and -10.4 / 5210.4 = -0.19960 %, -0.20;
/// 5000 - 5210.4 = -210.4, -4.03808 %; 5310.4 - 5210.4 = 100, 1.91924 %.
#[test]
fn the_first_by_the_rules_counts_and_the_others_say_how_far_they_are() {
    let rules = rules();
    let stated = [
        ("企业自报", decimal("5310.4")),
        ("发改", decimal("5000")),
        ("税务局", decimal("5200")),
        ("统计局", decimal("5210.40")),
    ];
    let shown: Vec<(usize, bool, String, Option<String>)> = beside(&rules, "output_value", &stated)
        .into_iter()
        .map(|one| {
            let by = one.difference.map_or("-".to_owned(), |by| by.to_string());
            (one.given, one.counts, by, one.percent)
        })
        .collect();
    let row = |given, counts, by: &str, percent: Option<&str>| {
        (given, counts, by.to_owned(), percent.map(str::to_owned))
    };
    assert_eq!(
        shown,
        [
            row(3, true, "-", None),
            row(2, false, "-10.4", Some("-0.20")),
            row(1, false, "-210.4", Some("-4.04")),
            row(0, false, "100", Some("1.92")),
        ]
    );
    let of = |source| rules.rule("output_value", source);
    let why = "domain.md 2.12, row 统计: value added, revenue, staff, R&D (规上联网直报)";
    let named = |word, place| Rule::Named { word, place, why };
    assert_eq!(of("统计局"), named("统计", 1));
    assert_eq!(of("税务局"), named("税务", 2));
    assert_eq!(of("发改"), Rule::Other);
    assert_eq!(of(rules.declared_as()), Rule::Declared);
    // Of nothing there are no per cent.
    let zero = [("统计", Decimal::ZERO), ("税务", Decimal::ONE)];
    let second = &beside(&rules, "output_value", &zero)[1];
    assert_eq!(
        (second.difference, &second.percent),
        (Some(Decimal::ONE), &None)
    );
}

proptest! {
    #[test]
    fn one_counts_and_the_differences_lead_back_to_it(values in proptest::collection::vec(-99_999_i64..99_999, 1..6)) {
        let sources = ["企业自报", "统计局", "税务局", "供电", "工信"];
        let rules = rules();
        let stated: Vec<(&str, Decimal)> = sources.into_iter().zip(values.into_iter().map(|v| Decimal::new(v, 2))).collect();
        let all = beside(&rules, "output_value", &stated);
        prop_assert_eq!(all.len(), stated.len());
        prop_assert_eq!(all.iter().filter(|one| one.counts).count(), 1);
        let counting = stated[all[0].given].1;
        prop_assert!(all[0].counts && all[0].difference.is_none());
        for one in &all[1..] {
            prop_assert_eq!(one.difference.unwrap() + counting, stated[one.given].1);
        }
        let ranks: Vec<usize> = all.iter().map(|one| rules.rank("output_value", stated[one.given].0)).collect();
        prop_assert!(ranks.is_sorted());
    }
}

fn file(values: &[&str]) -> String {
    let mut text = "enterprise,period,indicator,value,unit,source\n".to_owned();
    for (number, value) in (1..).zip(values) {
        let code = code(number);
        writeln!(text, "{code},2025,output_value,{value},万元,统计").unwrap();
    }
    text
}

async fn hand_over(town: &Town, text: &str, reason: Option<&str>, mode: Mode) -> Report {
    let picks = Picks {
        reason: reason.map(str::to_owned),
        ..UNSAID
    };
    let given = Given {
        catalogue: &town.catalogue,
        crs: None,
        city: CityBox::KUNSHAN,
        limits: Limits::default(),
        name: Some("统计-2025.csv"),
        picks: &picks,
        progress: Progress::NONE,
    };
    let who = Principal::local();
    let report = import(
        &town.registry,
        &who,
        Kind::Statements,
        text.as_bytes(),
        &given,
        mode,
    );
    report.await.unwrap()
}

async fn told(town: &Town, number: u32) -> Vec<ToldStatement> {
    let output = town.catalogue.find("output_value").unwrap().number;
    let (who, of) = (Principal::local(), code(number));
    let asked = (Matter::Output, &[output][..]);
    let told = town
        .registry
        .told_statements(&who, asked, &of, Year::new(2025));
    told.await.unwrap()
}

#[tokio::test]
async fn a_correction_by_a_file_needs_its_reason_and_keeps_what_was() {
    let town = Town::settled().await;
    assert!(
        hand_over(&town, &file(&["100", "200"]), None, Mode::Apply)
            .await
            .is_taken()
    );
    // The same again corrects nothing, and asks for nothing.
    assert!(
        hand_over(&town, &file(&["100", "200"]), None, Mode::Apply)
            .await
            .is_taken()
    );
    let second = file(&["100", "210"]);
    let tried = hand_over(&town, &second, None, Mode::DryRun).await;
    assert!(tried.is_taken() && tried.changed == 1, "{:?}", tried.faults);
    assert_eq!((tried.notes.len(), tried.notes[0].row), (1, Some(3)));
    let refused = hand_over(&town, &second, None, Mode::Apply).await;
    let first = &refused.faults.told()[0];
    assert!(!refused.is_taken() && first.row == Some(3), "{first}");
    assert!(first.to_string().contains("--reason"), "{first}");
    assert_eq!(told(&town, 2).await.len(), 1, "something was kept");

    let taken = hand_over(&town, &second, Some("审计调整"), Mode::Apply).await;
    assert!(
        taken.is_taken() && taken.notes.is_empty(),
        "{:?}",
        taken.faults
    );
    let all = told(&town, 2).await;
    let shown: Vec<(String, bool, &str)> = all
        .iter()
        .map(|one| {
            let counts = one.superseded_at.is_none();
            (one.stated.value.to_string(), counts, one.reason.as_str())
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("200".to_owned(), false, ""),
            ("210".to_owned(), true, "审计调整"),
        ]
    );
    // Four files make the town; two of statements came before.
    let from = StatedFrom::File {
        import: 7,
        name: "统计-2025.csv".to_owned(),
        row: Some(3),
        who: "local".to_owned(),
        role: "machine".to_owned(),
        takes_back: None,
    };
    assert_eq!(all[1].from, from);
    assert_eq!(
        told(&town, 1).await.len(),
        1,
        "what was as before has no second row"
    );
}
