//! `import KIND FILE`: files into the registry and the store, all or nothing (contract.md 5).

use std::path::PathBuf;
use std::sync::Mutex;

use clap::Args;

use crate::jobs::import::readings::{From, Way, import_readings};
use crate::jobs::import::wire::ReportWire;
use crate::jobs::import::{Given, Kind, Money, Picks, Progress, Report, import};
use crate::park::outline::Crs;
use crate::store::registry::Mode;

use super::{Context, Failure, Out, Outcome, Verdict};

/// Rows that are known already are left alone; any fault, and nothing is taken. Readings are checked
/// whole, then taken in several commits: after a crash between them import the file again, what is
/// there already counts as duplicate.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// parks, areas, enterprises, parcels, land, meters, replacements, statements, conduct or readings
    #[arg(value_name = "KIND")]
    kind: Kind,
    /// A workbook (.xlsx), or CSV in UTF-8 or GBK; GeoJSON for parcels; NDJSON for readings
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The coordinate system of parcels: EPSG:4326, EPSG:4490, EPSG:4549, EPSG:4528 or GCJ-02
    #[arg(long, value_name = "CRS")]
    crs: Option<Crs>,
    /// The sheet of a workbook; without it the first that shows
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// A text of the header and the column it stands for, as 营收=value; 备注= leaves one out
    #[arg(long = "column", value_name = "TEXT=COLUMN", value_parser = column)]
    columns: Vec<(String, String)>,
    /// The unit all money of statements is in, whatever the file says: 元, 万元 or 亿元
    #[arg(long, value_name = "UNIT")]
    unit: Option<Money>,
    /// Why statements correct what was stated before; asked for where they do
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: Option<String>,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
}

impl Import {
    /// The file, unless it is read line by line where it lies.
    pub(super) fn inputs(&self) -> Vec<PathBuf> {
        match self.kind {
            Kind::Readings => Vec::new(),
            _ => vec![self.file.clone()],
        }
    }

    pub(super) async fn run(&self, out: &mut Out, context: &Context<'_>) -> Outcome {
        if self.kind == Kind::Parcels && self.crs.is_none() {
            let what = "parcels need --crs: EPSG:4326, EPSG:4490, EPSG:4549, EPSG:4528 or GCJ-02";
            return Err(Failure::usage(what));
        }
        let mode = if self.dry_run {
            Mode::DryRun
        } else {
            Mode::Apply
        };
        let report = self.report(out, context, mode).await?;
        tell(&report, out)?;
        if self.kind == Kind::Parcels && !report.is_taken() && !out.is_json() {
            let city = &context.parts.settings.city;
            out.say(format_args!(
                "the city is {}, {} (city.name, city.box)",
                city.name, city.bounds
            ));
        }
        Ok(if report.is_taken() {
            Verdict::Done
        } else {
            Verdict::Finding
        })
    }

    /// What was said of the file.
    fn picks(&self) -> Picks {
        Picks {
            sheet: self.sheet.clone(),
            columns: self.columns.iter().cloned().collect(),
            unit: self.unit,
            reason: self.reason.clone(),
        }
    }

    async fn report(
        &self,
        out: &mut Out,
        context: &Context<'_>,
        mode: Mode,
    ) -> Result<Report, Failure> {
        let parts = context.parts;
        if self.kind == Kind::Readings {
            let roster = parts.registry.directory().current();
            let way = Way {
                append: &*parts.engine,
                roster: &roster,
                catalogue: &parts.catalogue,
            };
            let file = context.output(&self.file);
            if mode == Mode::Apply {
                // First: without a record nothing is taken.
                let object = format!("readings {}", file.display());
                let noted =
                    parts
                        .registry
                        .note_in_log(&context.principal, "import", &object, "begun");
                noted.await?;
            }
            return Ok(import_readings(&way, From::File(&file), mode).await?);
        }
        // The writer of messages is behind a lock, for a reader may tell from anywhere.
        let out = Mutex::new(out);
        let told = |rows: u64, total: u64| {
            if let Ok(mut out) = out.lock() {
                out.say(format_args!("read {rows} of about {total} rows"));
            }
        };
        let name = self.file.file_name().map(|name| name.to_string_lossy());
        let given = Given {
            name: name.as_deref(),
            catalogue: &parts.catalogue,
            crs: self.crs,
            city: parts.settings.city.bounds,
            limits: parts.settings.import,
            picks: &self.picks(),
            progress: Progress::to(&told),
        };
        let bytes = context.input(&self.file)?;
        let who = &context.principal;
        Ok(import(&parts.registry, who, self.kind, bytes, &given, mode).await?)
    }
}

/// A reason as it is kept.
fn reason(text: &str) -> Result<String, String> {
    let name = text.parse::<crate::park::Name>();
    name.map(|name| name.to_string())
        .map_err(|cause| cause.to_string())
}

/// A text of the header and its column.
fn column(text: &str) -> Result<(String, String), String> {
    let (header, column) = text
        .rsplit_once('=')
        .ok_or_else(|| format!("`{text}` is not TEXT=COLUMN"))?;
    Ok((header.trim().to_owned(), column.trim().to_owned()))
}

/// The report: results to stdout, faults and notes to stderr; all of it as JSON.
fn tell(report: &Report, out: &mut Out) -> Result<(), Failure> {
    if out.is_json() {
        return out.json(&ReportWire::of(report));
    }
    for note in &report.notes {
        out.say(format_args!("note: {note}"));
    }
    if !report.is_taken() {
        for fault in report.faults.told() {
            out.say(fault);
        }
        if report.faults.more() > 0 {
            out.say(format_args!("and {} more", report.faults.more()));
        }
        out.say("nothing was imported");
        return Ok(());
    }
    let done = match report.mode {
        Mode::Apply => "imported",
        Mode::DryRun => "would be imported",
    };
    out.line(format_args!(
        "{} {done}: {} added, {} changed, {} ended, {} unchanged",
        report.kind, report.added, report.changed, report.ended, report.unchanged
    ))
}
