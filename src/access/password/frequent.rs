//! Passwords that are tried first: words of a list of ours with what people put around them, rows
//! of a keyboard, counted digits, one thing again and again.
//!
//! A list alone holds what was leaked before; the rules also hold next year's `Passw0rd2027!`.

/// The words, one a line; lines that begin with `#` are notes.
const WORDS: &str = include_str!("../../../config/passwords/common.txt");

/// Rows as fingers walk them, and what is counted.
const WALKS: [&str; 9] = [
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "!@#$%^&*()",
    "1q2w3e4r5t6y7u8i9o0p",
];

/// As much of a password as may be left when what is common is taken out of it.
const LEFT_MIN: usize = 5;

/// Steps of a walk that count as one.
const WALK_MIN: usize = 3;

/// Whether whoever guesses comes to `password` soon: what is left of it without common words,
/// walks, repetitions and years is too little.
pub(super) fn is_common(password: &str) -> bool {
    let small: Vec<char> = password.to_lowercase().chars().collect();
    let read: Vec<char> = small.iter().copied().map(meant).collect();
    left(&small, &small).min(left(&read, &small)) < LEFT_MIN
}

/// The letter that a digit or sign stands for.
const fn meant(letter: char) -> char {
    match letter {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// How many letters are no part of anything common; `read` with signs read as letters, `small` as
/// typed. The longest common piece at each place is taken, and counts as one letter.
fn left(read: &[char], small: &[char]) -> usize {
    let mut at = 0;
    let mut left = 0;
    while at < read.len() {
        let (rest, typed) = (
            read.get(at..).unwrap_or_default(),
            small.get(at..).unwrap_or_default(),
        );
        let piece = [
            word(rest),
            word(typed),
            walk(typed),
            again(typed),
            year(typed),
        ]
        .into_iter()
        .max()
        .unwrap_or(0);
        left += 1;
        at += piece.max(1);
    }
    left
}

/// The length of the longest word of the list that `text` begins with.
fn word(text: &[char]) -> usize {
    let words = WORDS.lines().filter(|line| !line.starts_with('#'));
    words
        .map(str::trim)
        .filter(|word| {
            !word.is_empty() && {
                let mut letters = text.iter();
                word.chars().all(|letter| letters.next() == Some(&letter))
            }
        })
        .map(|word| word.chars().count())
        .max()
        .unwrap_or(0)
}

/// The length of the longest walk that `text` begins with, either way.
fn walk(text: &[char]) -> usize {
    let along = |steps: &[char]| {
        (0..steps.len())
            .map(|start| {
                let path = steps.iter().skip(start);
                path.zip(text)
                    .take_while(|(step, letter)| step == letter)
                    .count()
            })
            .max()
            .unwrap_or(0)
    };
    let longest = WALKS.iter().map(|row| {
        let forward: Vec<char> = row.chars().collect();
        let backward: Vec<char> = row.chars().rev().collect();
        along(&forward).max(along(&backward))
    });
    longest
        .max()
        .filter(|steps| *steps >= WALK_MIN)
        .unwrap_or(0)
}

/// The length of one, two or three letters again and again.
fn again(text: &[char]) -> usize {
    let of = |size: usize| {
        let same = text.iter().zip(text.iter().skip(size));
        let repeated = same.take_while(|(one, other)| one == other).count();
        if repeated >= size.max(2) {
            repeated + size
        } else {
            0
        }
    };
    (1..=3).map(of).max().unwrap_or(0)
}

/// The length of a year or a date that `text` begins with.
fn year(text: &[char]) -> usize {
    let is_century = matches!(text, ['1', '9', ..] | ['2', '0', ..]);
    let digits = text.iter().take_while(|one| one.is_ascii_digit()).count();
    match digits {
        4..=5 if is_century => 4,
        6..=7 if is_century => 6,
        8.. if is_century => 8,
        _ => 0,
    }
}
