//! Which days are worked: weekends, public holidays, and Saturdays and Sundays worked for them.

use parkpulse::calendar::{Day, DayKind, Holidays};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

#[test]
fn days_are_worked_off_or_holidays_as_the_files_say() {
    let holidays = Holidays::shipped().unwrap();
    let rows = [
        ("2024-02-29", Some(DayKind::Working), None),
        ("2024-03-02", Some(DayKind::Weekend), None),
        ("2025-12-31", Some(DayKind::Working), None),
        ("2026-01-01", Some(DayKind::Holiday), Some("元旦")),
        ("2026-01-03", Some(DayKind::Holiday), Some("元旦")),
        // A Sunday that is worked for it.
        ("2026-01-04", Some(DayKind::Working), None),
        ("2026-02-14", Some(DayKind::Working), None),
        ("2026-02-15", Some(DayKind::Holiday), Some("春节")),
        ("2026-02-23", Some(DayKind::Holiday), Some("春节")),
        ("2026-02-24", Some(DayKind::Working), None),
        ("2026-02-28", Some(DayKind::Working), None),
        ("2026-03-01", Some(DayKind::Weekend), None),
        ("2026-10-07", Some(DayKind::Holiday), Some("国庆节")),
        ("2026-10-08", Some(DayKind::Working), None),
        ("2026-10-10", Some(DayKind::Working), None),
        ("2026-10-11", Some(DayKind::Weekend), None),
        // Nobody wrote these years down: nothing is guessed.
        ("2023-12-31", None, None),
        ("2027-01-01", None, None),
    ];
    for (text, kind, name) in rows {
        assert_eq!(holidays.kind(day(text)), kind, "{text}");
        assert_eq!(holidays.name(day(text)), name, "{text}");
    }
    // 1970-01-01 was a Thursday.
    for (number, is_weekend) in [
        (0, false),
        (1, false),
        (2, true),
        (3, true),
        (4, false),
        (-4, true),
        (-5, true),
        (-6, false),
    ] {
        assert_eq!(
            Day::from_number(number).is_weekend(),
            is_weekend,
            "{number}"
        );
    }
}

#[test]
fn holidays_that_cannot_be_are_refused_by_name() {
    let head = "year = 2026\nsource = \"s\"\n";
    let off =
        |from: &str, to: &str| format!("[[off]]\nname = \"a\"\nfrom = \"{from}\"\nto = \"{to}\"\n");
    let good = format!("{head}{}", off("2026-01-01", "2026-01-02"));
    assert!(Holidays::read(&[("a.toml", &good)]).is_ok());
    for (text, words) in [
        (
            format!(
                "year = 2026\nsource = \" \"\n{}",
                off("2026-01-01", "2026-01-02")
            ),
            "source",
        ),
        (
            format!("{head}{}", off("2026-01-02", "2026-01-02")),
            "ends before",
        ),
        (
            format!("{head}{}", off("2026-12-31", "2027-01-02")),
            "2027-01-01 is not in 2026",
        ),
        (
            format!("{good}{}", off("2026-01-01", "2026-01-02")),
            "off twice",
        ),
        (
            format!(
                "{head}worked = [\"2026-01-05\"]\n{}",
                off("2026-01-01", "2026-01-02")
            ),
            "no weekend day",
        ),
        (
            format!(
                "{head}worked = [\"2026-01-03\"]\n{}",
                off("2026-01-03", "2026-01-04")
            ),
            "no weekend day",
        ),
        (
            format!("{head}{}", off("2026-02-29", "2026-03-01")),
            "2026-02-29",
        ),
    ] {
        let refused = Holidays::read(&[("a.toml", &text)])
            .unwrap_err()
            .to_string();
        assert!(
            refused.contains(words) && refused.contains("a.toml"),
            "{words}: {refused}"
        );
    }
    let twice = Holidays::read(&[("a.toml", &good), ("b.toml", &good)]).unwrap_err();
    assert!(
        twice.to_string().contains("b.toml: 2026 stands twice"),
        "{twice}"
    );
}
