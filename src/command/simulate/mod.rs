//! `simulate`: gateways of a park over real MQTT, in a process of their own.

mod wire;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use rustix::process::Pid;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::app::{self, SystemClock};
use crate::config::Settings;
use crate::simulate::{self, Address, Fault, Fleet, Record, Tally, Totals, read_fleet};

use super::input::read_text;
use super::{Failure, Out, Outcome, Verdict};

/// The file in the data directory in which `demo` leaves its gateways and their tokens.
pub(super) const GATEWAYS_FILE: &str = "demo-gateways.json";

/// Ends with 1 if a gateway had to give up.
#[derive(Debug, Args)]
pub(super) struct Simulate {
    /// Where the platform listens: `mqtt://127.0.0.1:1883`, or `mqtts://` with --ca
    #[arg(long, value_name = "URL")]
    url: Address,
    /// The gateways, their tokens and what their meters show
    /// [default: demo-gateways.json in the data directory]
    #[arg(long, value_name = "FILE")]
    gateways: Option<PathBuf>,
    /// How often each gateway sends
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
    every: Duration,
    /// What goes wrong now and then: late, duplicate, conflict, outage, rollover, replacement, bad
    #[arg(long, value_name = "FAULTS", value_delimiter = ',')]
    faults: Vec<Fault>,
    /// Append one JSON line for each message sent and each acknowledged
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,
    /// Only the first N gateways of the file
    #[arg(long, value_name = "N")]
    first: Option<usize>,
    /// Stop after this time instead of at SIGTERM or Ctrl-C
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    run_for: Option<Duration>,
    /// The certificates to trust on mqtts://, as PEM
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Stop when this process, which started this one, is gone
    #[arg(long, value_name = "PID", hide = true)]
    with_parent: Option<i32>,
}

pub(super) fn run(arguments: &Simulate, settings: &Settings, out: &mut Out) -> Outcome {
    app::start_log(&settings.log)?;
    let fleet = fleet(arguments, settings)?;
    let stations = fleet.stations.len();
    let record = arguments.ledger.as_deref().map(open_record).transpose()?;
    let simulated = simulate::Settings {
        address: arguments.url.clone(),
        every: arguments.every,
        faults: arguments.faults.clone(),
        tls: arguments.ca.as_deref().map(trusting).transpose()?,
    };
    if simulated.address.tls && simulated.tls.is_none() {
        return Err(Failure::usage(
            "mqtts:// needs --ca FILE, the certificates to trust",
        ));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let totals = runtime.block_on(async {
        let stop = CancellationToken::new();
        app::stop_on_signals(stop.clone())?;
        let ends = tokio::spawn(stop_in_time(
            arguments.run_for,
            arguments.with_parent,
            stop.clone(),
        ));
        let (clock, tally) = (Arc::new(SystemClock), Arc::new(Tally::default()));
        let totals = simulate::run(fleet, simulated, clock, record, tally, stop.clone()).await;
        stop.cancel();
        ends.await?;
        Ok::<Totals, Failure>(totals)
    })?;
    tell(stations, &totals, out)
}

fn fleet(arguments: &Simulate, settings: &Settings) -> Result<Fleet, Failure> {
    let usual = || settings.data_dir.join(GATEWAYS_FILE);
    let path = arguments.gateways.clone().unwrap_or_else(usual);
    let text = read_text(&path)?;
    let name = path.display();
    let mut fleet = read_fleet(&text)
        .map_err(|fault| Failure::failed(format!("{name}: {fault} ({})", fault.place())))?;
    if let Some(first) = arguments.first {
        fleet.stations.truncate(first);
    }
    Ok(fleet)
}

fn open_record(path: &Path) -> Result<Record, Failure> {
    let name = path.display();
    Record::open(path)
        .map_err(|cause| Failure::failed(format!("{name} cannot be written: {cause}")))
}

/// A client that trusts the certificates of a PEM file and nobody else.
fn trusting(path: &Path) -> Result<Arc<rustls::ClientConfig>, Failure> {
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path)? {
        roots.add(certificate?)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Stops when the time is over or the parent is gone.
async fn stop_in_time(
    run_for: Option<Duration>,
    with_parent: Option<i32>,
    stop: CancellationToken,
) {
    let over = async {
        match run_for {
            Some(time) => sleep(time).await,
            None => std::future::pending().await,
        }
    };
    let orphaned = async {
        // An orphan's parent is another process, even if it was orphaned before it could look.
        let here = |parent| rustix::process::getppid().map(Pid::as_raw_pid) == Some(parent);
        while with_parent.is_none_or(here) {
            sleep(Duration::from_secs(1)).await;
        }
    };
    tokio::select! {
        () = over => {}
        () = orphaned => {}
        () = stop.cancelled() => {}
    }
    stop.cancel();
}

fn tell(stations: usize, totals: &Totals, out: &mut Out) -> Outcome {
    if out.is_json() {
        out.json(&wire::Run::of(stations, totals))?;
    } else {
        out.line(format_args!(
            "{stations} gateways: {} messages sent, {} acknowledged, {} refused, {} refusals, {} lines, {} dropped, {} gave up",
            totals.sent,
            totals.acknowledged,
            totals.refused,
            totals.refusals,
            totals.connections,
            totals.dropped,
            totals.gave_up
        ))?;
    }
    Ok(if totals.gave_up == 0 {
        Verdict::Done
    } else {
        Verdict::Finding
    })
}

/// A time as `10s`, `500ms`, `2m` or `1h`, above 0.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (count, unit) = text.split_at(digits);
    let unit_ms = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => 0,
    };
    let count: Option<u64> = count.parse().ok();
    let ms = count.and_then(|count| count.checked_mul(unit_ms));
    let ms = ms.filter(|ms| *ms > 0);
    ms.map(Duration::from_millis)
        .ok_or_else(|| "write it as 10s, 500ms, 2m or 1h".to_owned())
}
