//! What is said of a file to those who read Chinese: every fault in whole Chinese sentences, with
//! nothing left open. The tables of faulty files ask this of each of theirs.

use parkpulse::jobs::import::{Kind, Report};
use parkpulse::store::registry::Mode;
use parkpulse::text::Language;

use crate::import::Town;

/// Two words of another language beside each other, outside of what was quoted.
fn is_foreign(sentence: &str) -> bool {
    let mut own = String::new();
    let mut depth = 0_u32;
    let mut is_code = false;
    // What is quoted, or named as somebody else's words, stays in its language.
    let cut = sentence.split("原文：").next().unwrap_or(sentence);
    for letter in cut.chars() {
        match letter {
            '“' => depth += 1,
            '”' => depth = depth.saturating_sub(1),
            '`' => is_code = !is_code,
            letter if depth == 0 && !is_code => own.push(letter),
            _ => {}
        }
    }
    let words: Vec<&str> = own.split(' ').collect();
    let is_word = |word: &str| word.len() > 1 && word.chars().all(|one| one.is_ascii_lowercase());
    words
        .windows(2)
        .any(|pair| is_word(pair[0]) && is_word(pair[1]))
}

/// Faults and notes of `report` that are no Chinese, or no sentence.
pub(crate) fn not_in_chinese(report: &Report) -> Vec<String> {
    let is_han = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    let all = report.faults.told().iter().chain(&report.notes);
    all.flat_map(|fault| {
        let advice = fault.advice(Language::Chinese);
        let said = [
            Some(fault.what(Language::Chinese)),
            (!advice.is_empty()).then_some(advice),
        ];
        said.into_iter().flatten()
    })
    .filter(|said| !said.chars().any(is_han) || said.contains('{') || is_foreign(said))
    .collect()
}

#[test]
fn english_left_in_a_sentence_is_found() {
    for (said, is) in [
        ("园区 P1 没有登记；请先导入园区（`import parks`）", false),
        ("“no such park”不是编号", false),
        ("文件不是 CSV。原文：found record with", false),
        ("the park is not registered", true),
        ("属性 plot_ratio 不能用：must be above", true),
    ] {
        assert_eq!(is_foreign(said), is, "{said}");
    }
}

#[tokio::test]
async fn a_fault_has_one_code_and_words_in_each_language() {
    let town = Town::empty().await;
    let report = town
        .imports(
            Kind::Parks,
            "park,name,district\nP 1,一号园,花桥\n".as_bytes(),
            Mode::Apply,
        )
        .await;
    let fault = &report.faults.told()[0];
    assert_eq!(fault.what.code(), "no_id");
    assert_eq!(
        fault.line(Language::Chinese),
        "A2: 第 2 行，park 列：“P 1”不是编号：1 到 64 个字符，可用 A-Z a-z 0-9 . _ -，第一个是字母或数字"
    );
    assert_eq!(
        fault.to_string(),
        "A2: row 2, column park: `P 1` is not an id: 1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit"
    );
}
