//! Small cases for the ledger, written as a line and answered as a line.
//!
//! Times are hours of 2025-03-01 at UTC+8 (`1`, `1:30`, `-1`), the period is the first six of them.

use parkpulse::ledger::close_file;
use serde_json::{Value, json};

/// A case with the ordinary meter, to be changed field by field.
pub(crate) struct Small {
    pub(crate) case: Value,
}

/// `1:30` as RFC 3339.
pub(crate) fn at(time: &str) -> String {
    let (hour, minute) = time.split_once(':').unwrap_or((time, "00"));
    let hour: i64 = hour.parse().unwrap();
    let day = 1 + hour.div_euclid(24);
    let (month, day) = if day < 1 { (2, 28 + day) } else { (3, day) };
    let hour = hour.rem_euclid(24);
    format!("2025-{month:02}-{day:02}T{hour:02}:{minute:0<2}:00+08:00")
}

impl Small {
    /// Size 1000, at most 100 an hour, a reading an hour, jitter 0.05, multiplier 1; readings as
    /// `0=10 1=40 1=41!bad`.
    pub(crate) fn of(readings: &str) -> Self {
        let readings: Vec<Value> = readings.split_whitespace().map(reading).collect();
        Self {
            case: json!({
                "period": {"from": at("0"), "to": at("6")},
                "meters": [{
                    "meter": "E-01", "register_size": "1000", "max_per_hour": "100",
                    "interval_s": 3600, "jitter": "0.05",
                    "multiplier": [{"from": "2025-01-01T00:00:00+08:00", "value": "1"}],
                }],
                "changes": [],
                "readings": readings,
            }),
        }
    }

    /// Sets a field of the meter.
    pub(crate) fn meter(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.case["meters"][0][field] = value.into();
        self
    }

    /// Sets a field of the case.
    pub(crate) fn case(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.case[field] = value.into();
        self
    }

    /// Multipliers as `-9=1 0:30=2`.
    pub(crate) fn multipliers(self, multipliers: &str) -> Self {
        let multipliers: Vec<Value> = multipliers
            .split_whitespace()
            .map(|multiplier| {
                let (from, value) = multiplier.split_once('=').unwrap();
                json!({"from": at(from), "value": value})
            })
            .collect();
        self.meter("multiplier", multipliers)
    }

    /// Replacements as `0:30=40/5`, `?` for a register nobody wrote down.
    pub(crate) fn changes(self, changes: &str) -> Self {
        let register = |text: &str| match text {
            "?" => Value::Null,
            text => text.into(),
        };
        let changes: Vec<Value> = changes
            .split_whitespace()
            .map(|change| {
                let (time, registers) = change.split_once('=').unwrap();
                let (old, new) = registers.split_once('/').unwrap();
                json!({"meter": "E-01", "at": at(time),
                       "old_final": register(old), "new_initial": register(new)})
            })
            .collect();
        self.case("changes", changes)
    }

    /// The file's text.
    pub(crate) fn text(&self) -> String {
        self.case.to_string()
    }

    /// The answer in a line: `used known_share; flags; steps`, a step as amount and first letter
    /// of its state, `-` if missing.
    pub(crate) fn answer(&self) -> String {
        let printed = close_file(&self.text()).unwrap();
        let meters: Vec<Value> = serde_json::from_str(&printed).unwrap();
        let meter = &meters[0];
        let mut flags: Vec<String> = Vec::new();
        for (flag, times) in meter["flags"].as_object().unwrap() {
            flags.push(format!("{flag} {times}"));
        }
        if meter["conflicts"] != 0 {
            flags.push(format!("conflicts {}", meter["conflicts"]));
        }
        let steps = meter["steps"].as_array().unwrap().iter().map(|step| {
            let state = match step["state"].as_str().unwrap() {
                "missing" => "-",
                state => &state[..1],
            };
            format!("{}{state}", amount(&step["used"]))
        });
        let steps: Vec<String> = steps.collect();
        let used = amount(&meter["used"]);
        let share = amount(&meter["known_share"]);
        format!("{used} {share}; {}; {}", flags.join(", "), steps.join(" "))
    }
}

fn reading(text: &str) -> Value {
    let (text, quality) = text.split_once('!').unwrap_or((text, "good"));
    let (time, value) = text.split_once('=').unwrap();
    json!({"meter": "E-01", "at": at(time), "value": value, "quality": quality})
}

/// `30.0000` as `30`, null as nothing.
fn amount(value: &Value) -> String {
    let Some(text) = value.as_str() else {
        return String::new();
    };
    let short = text.trim_end_matches('0').trim_end_matches('.');
    short.to_owned()
}
