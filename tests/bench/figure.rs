//! What was found, each figure beside its goal, as a table and as a file. Knows no server.

use std::path::Path;

use serde_json::{Value, json};

use super::server::Server;

/// What a figure should be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    None,
    AtLeast(f64),
    AtMost(f64),
}

impl Goal {
    fn met(self, value: f64) -> Option<bool> {
        match self {
            Self::None => None,
            Self::AtLeast(least) => Some(value >= least),
            Self::AtMost(most) => Some(value <= most),
        }
    }

    fn words(self) -> String {
        match self {
            Self::None => String::new(),
            Self::AtLeast(least) => format!(">= {}", shown(least)),
            Self::AtMost(most) => format!("<= {}", shown(most)),
        }
    }
}

/// All figures, printed as they come.
#[derive(Debug)]
pub(crate) struct Report {
    figures: Vec<Value>,
    /// 99 % of the disk's own syncs are done within this time.
    pub(crate) sync_p99_ms: f64,
    quick: bool,
}

impl Report {
    pub(crate) fn new(quick: bool) -> Self {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        println!(
            "parkpulse bench, release build, {cores} cores{}",
            if quick {
                ", QUICK: short runs, no verdict"
            } else {
                ""
            }
        );
        println!(
            "{:<62} {:>12} {:<14} {:<12}",
            "figure", "value", "unit", "goal"
        );
        Self {
            figures: Vec::new(),
            sync_p99_ms: 0.0,
            quick,
        }
    }

    pub(crate) fn figure(&mut self, name: &str, value: f64, unit: &str, goal: Goal) {
        let met = goal.met(value);
        let verdict = match met {
            None => "",
            Some(true) => "met",
            Some(false) => "missed",
        };
        println!(
            "{name:<62} {:>12} {unit:<14} {:<12} {verdict}",
            shown(value),
            goal.words()
        );
        self.figures.push(json!({
            "figure": name, "value": value, "unit": unit, "goal": goal.words(), "met": met,
        }));
    }

    /// A line between the figures that is no figure.
    pub(crate) fn note(&mut self, text: &str) {
        println!("  {text}");
        self.figures.push(json!({ "note": text }));
    }

    pub(crate) fn memory(&mut self, when: &str, server: &Server) {
        let (now, most) = server.memory_mib();
        self.figure(&format!("memory {when}"), now, "MiB", Goal::None);
        self.figure(
            &format!("memory {when}, most so far"),
            most,
            "MiB",
            Goal::None,
        );
    }

    /// All figures as a table for README.
    pub(crate) fn table(&self) {
        println!("\n| | measured | goal |\n|---|---:|---:|");
        for figure in self.figures.iter().filter(|one| one["value"].is_f64()) {
            let text = |name: &str| figure[name].as_str().unwrap_or_default();
            let value = shown(figure["value"].as_f64().unwrap_or(f64::NAN));
            let missed = if figure["met"] == false {
                ", **missed**"
            } else {
                ""
            };
            let (name, unit, goal) = (text("figure").trim(), text("unit"), text("goal"));
            println!("| {name} | {value} {unit}{missed} | {goal} |");
        }
        println!();
    }

    pub(crate) fn write(&self, path: &Path) {
        let text = json!({ "quick": self.quick, "figures": self.figures });
        std::fs::write(path, format!("{text:#}\n")).unwrap();
        let place = path
            .strip_prefix(env!("CARGO_MANIFEST_DIR"))
            .unwrap_or(path);
        println!("written to {}", place.display());
    }
}

fn shown(value: f64) -> String {
    if value >= 1000.0 {
        let digits = format!("{value:.0}");
        let mut grouped = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        return grouped;
    }
    if value >= 100.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}

/// The value below which a share of `sorted` lies, given in per mille.
pub(crate) fn quantile(sorted: &[f64], per_mille: usize) -> f64 {
    let place = (sorted.len() * per_mille).div_ceil(1000).saturating_sub(1);
    sorted.get(place).copied().unwrap_or(f64::NAN)
}
