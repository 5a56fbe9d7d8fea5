//! What a workbook keeps as a number, as the text that people see in the cell. Fifteen digits are
//! what spreadsheets keep exactly: 0.30000000000000004 was 0.3.

use calamine::ExcelDateTime;

/// The digits of a number: the shortest that read back to it, at most fifteen that count.
pub(super) fn digits(number: f64) -> String {
    let shortest = number.to_string();
    let counting = |text: &str| {
        let digits = text.bytes().filter(u8::is_ascii_digit);
        digits.skip_while(|byte| *byte == b'0').count()
    };
    if counting(&shortest) <= 15 || number.fract() == 0.0 {
        return shortest;
    }
    let rounded: Result<f64, _> = format!("{number:.14e}").parse();
    rounded.map_or(shortest, |rounded| rounded.to_string())
}

/// A day as 2025-03-01; with a time of day at UTC+8.
pub(super) fn moment(date: &ExcelDateTime) -> String {
    if date.is_duration() {
        return digits(date.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let midnight = (hour, minute, second) == (0, 0, 0);
    let day = format!("{year:04}-{month:02}-{day:02}");
    if midnight {
        day
    } else {
        format!("{day}T{hour:02}:{minute:02}:{second:02}+08:00")
    }
}
