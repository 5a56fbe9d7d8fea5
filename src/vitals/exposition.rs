//! The text format of Prometheus (0.0.4).

use std::fmt::{Display, Write};

use super::Histogram;

/// A page of `/metrics` being written. Label values are escaped; writing to a `String` cannot
/// fail, so the results of `write!` are dropped.
#[derive(Debug, Default)]
pub struct Exposition(String);

impl Exposition {
    /// Begins a family `parkpulse_{name}` of `kind` `counter` or `gauge`.
    pub fn family(&mut self, name: &str, help: &str, kind: &str) {
        let _ = writeln!(self.0, "# HELP parkpulse_{name} {help}");
        let _ = writeln!(self.0, "# TYPE parkpulse_{name} {kind}");
    }

    /// Adds one series of the family begun last. `labels` may come from outside: they are escaped,
    /// and the caller bounds their number.
    pub fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let _ = write!(self.0, "parkpulse_{name}");
        for (index, (key, text)) in labels.iter().enumerate() {
            let open = if index == 0 { '{' } else { ',' };
            let _ = write!(self.0, "{open}{key}=\"");
            self.escaped(text);
            self.0.push('"');
        }
        if !labels.is_empty() {
            self.0.push('}');
        }
        let _ = writeln!(self.0, " {value}");
    }

    /// Adds the histogram `parkpulse_{name}_seconds`.
    pub(super) fn histogram(&mut self, name: &str, help: &str, histogram: &Histogram) {
        let name = format!("{name}_seconds");
        self.family(&name, help, "histogram");
        let (rows, count) = histogram.cumulative();
        let bucket = format!("{name}_bucket");
        for (bound, up_to) in rows {
            let bound = bound.as_secs_f64().to_string();
            self.sample(&bucket, &[("le", &bound)], up_to);
        }
        self.sample(&bucket, &[("le", "+Inf")], count);
        let total = histogram.total().as_secs_f64();
        self.sample(&format!("{name}_sum"), &[], total);
        self.sample(&format!("{name}_count"), &[], count);
    }

    /// The finished page.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }

    fn escaped(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '\\' => self.0.push_str("\\\\"),
                '"' => self.0.push_str("\\\""),
                '\n' => self.0.push_str("\\n"),
                other => self.0.push(other),
            }
        }
    }
}
