//! What stands on the two leaves: every figure of the year, the months as bars and as a table, what is
//! missing, and where the factors come from. Asks nobody: all it writes is handed to it.

use std::collections::BTreeSet;

use krilla::Data;
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use crate::calendar::Month;
use crate::heatmap::{self, Face};
use crate::http::Problem;
use crate::http::accounts::{ShownClose, wire};
use crate::http::map::unpainted;
use crate::http::paper::{
    About, BARS_HIGH, Bar, Bars, Column, Paper, Table, day, decimal, figure_text, minute, plain,
    written,
};
use crate::ledger::figure::{AccountPeriod, Figure, Formula, Input, TakenFrom};
use crate::ledger::holder::GapCode;
use crate::park::Enterprise;
use crate::store::registry::KeptAccount;
use crate::text::{Language, filled, find_sentence};
use crate::units::convert::decimal_as_f64;

/// Lines that are kept for what is missing, below the factors.
const GAPS_KEPT: usize = 8;
/// What the bars show.
pub(super) const BARS: &str = "tce_equal";
/// Coal and carbon, after the carriers in the table of months.
pub(super) const SUMS: [&str; 3] = ["tce_equal", "tce_equivalent", "tco2"];
/// Columns of carriers that a page has room for; the others stand on the first page alone.
const CARRIERS_MAX: usize = 5;

/// All that is written.
pub(super) struct Sheet {
    pub(super) language: Language,
    /// Who takes it away, and when.
    pub(super) by: (String, String),
    pub(super) park: String,
    pub(super) known: Enterprise,
    pub(super) shown: ShownClose,
    pub(super) kept: KeptAccount,
    /// Those of the account that the asker may see.
    pub(super) figures: Vec<Figure>,
    /// Coal and carbon of the year's last month, for their factors.
    pub(super) factors: Vec<Figure>,
    /// The running month.
    pub(super) now: Month,
}

impl Sheet {
    /// The file.
    pub(super) fn write(&self, extra: &[Vec<u8>]) -> Result<Vec<u8>, Problem> {
        let fonts = heatmap::shipped_font().into_iter();
        let bytes: Vec<&[u8]> = fonts
            .clone()
            .chain(extra.iter().map(Vec::as_slice))
            .collect();
        let face = Face::new(&bytes).map_err(|cause| unpainted(&cause))?;
        let mut paper = Paper::new(&face);
        let title = self.say(
            "sheet.title",
            &[("name", self.known.name.as_str()), ("year", &self.year())],
        );
        paper.title(&title, &[self.who(), self.state()]);
        paper.section(&self.word("sheet.figures"));
        paper.table(&self.all());
        let has_turned = paper.keep(BARS_HIGH);
        paper.section(&self.word("sheet.chart"));
        paper.bars(&self.bars());
        paper.note(&self.word("sheet.chart_note"));
        if !has_turned {
            paper.turn();
        }
        paper.section(&self.word("sheet.monthly"));
        paper.table(&self.by_month());
        let beyond = self.carriers().count().saturating_sub(CARRIERS_MAX);
        if beyond > 0 {
            paper.note(&self.say("sheet.carriers_more", &[("count", &beyond.to_string())]));
        }
        paper.section(&self.word("sheet.factors"));
        self.write_all(&mut paper, &self.factors(), GAPS_KEPT);
        paper.section(&self.word("sheet.missing"));
        let gaps = self.gaps();
        if gaps.is_empty() {
            paper.note(&self.word("sheet.missing_none"));
        }
        self.write_all(&mut paper, &gaps, 1);
        let fonts = fonts.map(Data::from);
        let fonts = fonts.chain(extra.iter().cloned().map(Data::from)).collect();
        let about = About {
            subject: format!("{} · {}", self.who(), self.state()),
            title,
            language: self.language,
            foot: self.foot(),
        };
        let page_of = |page: usize, count: usize| {
            let values = [("page", page.to_string()), ("count", count.to_string())];
            let values = values
                .each_ref()
                .map(|(name, value)| (*name, value.as_str()));
            self.say("sheet.page", &values)
        };
        let written = paper.finish(fonts, &about, page_of);
        written.map_err(|cause| unpainted(&cause))
    }

    /// As many lines as the leaf has room for but for `kept`, and how many found none.
    fn write_all(&self, paper: &mut Paper<'_>, lines: &[String], kept: usize) {
        let left = paper.notes(lines, kept);
        if left > 0 {
            paper.note(&self.say("sheet.more", &[("count", &left.to_string())]));
        }
    }

    fn word(&self, key: &str) -> String {
        find_sentence(self.language, key).unwrap_or(key).to_owned()
    }

    fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        filled(&self.word(key), values)
    }

    /// What people call a figure, a carrier, an indicator; its code where they call it nothing.
    fn named(&self, code: &str) -> String {
        let keys = ["kind", "term", "statement"].map(|table| format!("{table}.{code}"));
        let found = keys
            .iter()
            .find_map(|key| find_sentence(self.language, key));
        found.unwrap_or(code).to_owned()
    }

    fn year(&self) -> String {
        self.shown.period.to_string()
    }

    fn who(&self) -> String {
        let industry = self.known.industry.to_string();
        let named = find_sentence(self.language, &format!("industry.{industry}"));
        let industry = named.map_or_else(|| industry.clone(), |name| format!("{industry} {name}"));
        let scale = self.word(&format!("scale.{}", self.known.scale.as_str()));
        let values = [
            ("code", self.known.code.as_str()),
            ("park", &*self.park),
            ("industry", &*industry),
            ("scale", &*scale),
        ];
        self.say("sheet.who", &values)
    }

    fn state(&self) -> String {
        let period = self.shown.period.period();
        let own = self.kept.account.revision;
        let close = self.shown.all.iter().find(|one| one.revision == own);
        let time = close
            .map(|one| one.closed_at)
            .or_else(|| self.shown.as_of());
        let time = time.map_or_else(String::new, |at| minute(&at.to_string()));
        let key = if close.is_some() {
            "sheet.closed"
        } else {
            "sheet.open"
        };
        let (from, to) = (period.from().to_string(), period.to().to_string());
        let values = [
            ("revision", &*own.to_string()),
            ("time", &*time),
            ("from", day(&from)),
            ("to", day(&to)),
        ];
        self.say(key, &values)
    }

    /// Every figure of the year.
    fn all(&self) -> Table {
        let column = |key: &str, share: f64, is_figures: bool| Column {
            head: self.word(key),
            share,
            is_figures,
        };
        let row = |figure: &Figure| {
            let known = figure.known_share.as_deref().and_then(decimal);
            vec![
                self.named(&figure.kind),
                figure
                    .value
                    .as_deref()
                    .map_or_else(|| "—".to_owned(), written),
                plain(&figure.unit),
                known.map_or_else(String::new, |share| {
                    figure_text(share * Decimal::ONE_HUNDRED)
                }),
                self.how(figure),
            ]
        };
        Table {
            columns: vec![
                column("sheet.what", 2.6, false),
                column("sheet.value", 2.0, true),
                column("sheet.unit", 1.3, false),
                column("sheet.known", 1.0, true),
                column("sheet.how", 4.6, false),
            ],
            rows: self.figures.iter().map(row).collect(),
            has_sum: false,
        }
    }

    /// How a figure is made, in a line.
    fn how(&self, figure: &Figure) -> String {
        if let (Formula::Ratio(times), [over, under]) = (figure.formula, figure.inputs.as_slice()) {
            let part = |input: &Input| {
                let value = input
                    .value
                    .as_deref()
                    .map_or_else(|| "—".to_owned(), written);
                format!("{} {value} {}", self.named(&input.what), plain(&input.unit))
            };
            let (over, under, times) = (part(over), part(under), times.to_string());
            let values = [("over", &*over), ("under", &*under), ("times", &*times)];
            let key = if times == "1" {
                "sheet.ratio"
            } else {
                "sheet.ratio_times"
            };
            return self.say(key, &values);
        }
        let taken = figure
            .inputs
            .iter()
            .filter_map(|one| one.taken_from.as_ref());
        let mut sources = BTreeSet::new();
        let mut holdings = 0;
        for one in taken {
            match one {
                TakenFrom::Statement { source, period, .. } => {
                    sources.insert(format!("{source} {period}"));
                }
                TakenFrom::Holding { .. } => holdings += 1,
                _ => {}
            }
        }
        if holdings > 0 {
            return self.say("sheet.holdings", &[("count", &holdings.to_string())]);
        }
        if !sources.is_empty() {
            return sources.into_iter().collect::<Vec<_>>().join("；");
        }
        let is_known = |one: &&Input| one.value.is_some() && month_of(one).is_some();
        let months = figure.inputs.iter().filter(is_known);
        match months.count() {
            0 => String::new(),
            count => self.say("sheet.months", &[("count", &count.to_string())]),
        }
    }

    fn find(&self, kind: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.kind == kind)
    }

    fn months(&self) -> Vec<Month> {
        AccountPeriod::months(self.shown.period)
    }

    /// The months of what the bars show; lighter where a month says that it is not whole.
    fn bars(&self) -> Bars {
        let figure = self.find(BARS);
        let bar = |month: Month| {
            let value = figure.and_then(|figure| of_month(figure, month));
            let value = value.and_then(|input| decimal(input.value.as_deref()?));
            Bar {
                name: month.to_string(),
                size: value.map(decimal_as_f64),
                figure: value.map_or_else(|| "—".to_owned(), figure_text),
                is_whole: month != self.now && !self.lacks(&month.to_string()),
            }
        };
        Bars {
            bars: self.months().into_iter().map(bar).collect(),
        }
    }

    /// Whether a gap of the year speaks of that month.
    fn lacks(&self, month: &str) -> bool {
        let mut gaps = self.kept.account.gaps.iter();
        gaps.any(|gap| gap.what == month || gap.detail.starts_with(month))
    }

    /// What is summed from months.
    fn monthly(&self) -> impl Iterator<Item = &Figure> {
        let is_monthly = |figure: &&Figure| figure.inputs.iter().any(|one| month_of(one).is_some());
        self.figures.iter().filter(is_monthly)
    }

    /// The carriers among it.
    fn carriers(&self) -> impl Iterator<Item = &Figure> {
        self.monthly().filter(|one| !is_sum(one))
    }

    /// The months as rows, the year below them.
    fn by_month(&self) -> Table {
        let sums = self.monthly().filter(|one| is_sum(one));
        let shown: Vec<&Figure> = self.carriers().take(CARRIERS_MAX).chain(sums).collect();
        let mut columns = vec![Column {
            head: self.word("sheet.month"),
            share: 1.1,
            is_figures: false,
        }];
        columns.extend(shown.iter().map(|figure| Column {
            head: format!("{}\n{}", self.named(&figure.kind), plain(&figure.unit)),
            share: 1.6,
            is_figures: true,
        }));
        let cell = |input: Option<&Input>| {
            let value = input.and_then(|input| input.value.as_deref());
            value.map_or_else(|| "—".to_owned(), written)
        };
        let mut rows: Vec<Vec<String>> = Vec::new();
        for month in self.months() {
            let cells = shown.iter().map(|figure| cell(of_month(figure, month)));
            rows.push(std::iter::once(month.to_string()).chain(cells).collect());
        }
        let whole = shown.iter().map(|figure| {
            let value = figure.value.as_deref();
            value.map_or_else(|| "—".to_owned(), written)
        });
        rows.push(
            std::iter::once(self.word("sheet.year_sum"))
                .chain(whole)
                .collect(),
        );
        Table {
            columns,
            rows,
            has_sum: true,
        }
    }

    /// The factors, each with what it is of, what it makes, and where it comes from.
    fn factors(&self) -> Vec<String> {
        let mut said = Vec::new();
        for figure in &self.factors {
            let makes = self.named(&figure.kind);
            for input in &figure.inputs {
                let steps = input.steps.iter();
                for step in steps.filter(|step| !step.source.is_empty()) {
                    let what = self.named(&input.what);
                    let unit = plain(&step.unit);
                    let values = [
                        ("what", &*what),
                        ("makes", &*makes),
                        ("by", &*step.by),
                        ("unit", &*unit),
                        ("source", &*step.source),
                    ];
                    said.push(self.say("sheet.factor", &values));
                }
            }
        }
        said
    }

    /// What is missing of what is shown, each said once.
    fn gaps(&self) -> Vec<String> {
        let mut said = Vec::new();
        for gap in wire::shown_gaps(&self.kept.account, &self.figures) {
            let what = self.named(&gap.what);
            let share = decimal(&gap.detail).map(|share| figure_text(share * Decimal::ONE_HUNDRED));
            let values = [
                ("what", &*what),
                ("share", share.as_deref().unwrap_or_default()),
                ("day", &*gap.detail),
                ("detail", &*gap.detail),
            ];
            // Of a year it is a carrier that is partly known, of a month a meter.
            let key = match gap.code {
                GapCode::MeterGap if self.find(&gap.what).is_some() => "sheet.gap".to_owned(),
                code => format!("gap.{}", code.as_str()),
            };
            let words = find_sentence(self.language, &key);
            let words = words.map(|words| filled(words, &values));
            said.extend(words.filter(|words| !said.contains(words)));
        }
        said
    }

    fn foot(&self) -> Vec<String> {
        let mut hash = Sha256::new();
        let revision = self.kept.account.revision;
        hash.update(format!(
            "{}\t{}\t{revision}\n",
            self.known.code, self.shown.period
        ));
        for figure in &self.figures {
            let value = figure.value.as_deref().unwrap_or_default();
            hash.update(format!("{}\t{value}\t{}\n", figure.kind, figure.unit));
        }
        let digest = hex::encode(hash.finalize());
        let digest = digest.get(..16).unwrap_or_default();
        let (who, time) = (self.by.0.as_str(), minute(&self.by.1));
        let by = self.say("sheet.by", &[("who", who), ("time", &time)]);
        let digest = self.say("sheet.digest", &[("digest", digest)]);
        vec![self.word("sheet.source"), format!("{digest} · {by}")]
    }
}

/// Whether it is coal or carbon, not a carrier.
fn is_sum(figure: &Figure) -> bool {
    SUMS.contains(&figure.kind.as_str())
}

/// The month that an input of a year's figure is of.
pub(super) fn month_of(input: &Input) -> Option<Month> {
    input.what.parse().ok()
}

fn of_month(figure: &Figure, month: Month) -> Option<&Input> {
    let mut inputs = figure.inputs.iter();
    inputs.find(|input| month_of(input) == Some(month))
}
