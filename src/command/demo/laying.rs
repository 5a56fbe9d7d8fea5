//! Which city is laid, if any, and laying it.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Instant;

use crate::access::Principal;
use crate::app::Parts;
use crate::calendar::Day;
use crate::demo::{City, Scale};
use crate::jobs::lay_city::{Ground, register_city, send_history};
use crate::simulate::{Fleet, Instrument, Station, write_fleet};
use crate::store::registry::Token;

use super::file::{Noted, read, replace, write};
use crate::command::Failure;
use crate::command::simulate::GATEWAYS_FILE;

/// The demo's own drawing of what lies under its parcels, in its data directory.
pub(super) const BACKDROP_FILE: &str = "demo-backdrop.geojson";

/// What may lie in a directory that counts as empty: its owner's own marks.
const MARKS: [&str; 3] = ["lock", "control.key", "ports.json"];

/// What is to be done with the data directory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    seed: u64,
    scale: Scale,
    known: Option<Noted>,
}

impl Plan {
    /// Looks at the directory before anything is opened in it.
    ///
    /// # Errors
    /// It holds something that is no demo.
    pub(super) fn of(directory: &Path, seed: u64, scale: Scale) -> Result<Self, Failure> {
        let known = read(directory)?;
        if known.is_none() && !is_empty(directory)? {
            return Err(Failure::failed(format!(
                "{} holds data that no demo laid; name an empty directory with --data-dir",
                directory.display()
            )));
        }
        Ok(Self { seed, scale, known })
    }

    /// Lays the city unless it lies there; leaves the gateways' tokens for the simulator.
    pub(super) async fn lay(self, parts: &Parts) -> Result<(), String> {
        self.lay_in(parts).await.map_err(|failure| match failure {
            Failure::Failed(words) | Failure::Usage(words) => words,
            Failure::ReaderGone => "interrupted".to_owned(),
        })
    }

    async fn lay_in(self, parts: &Parts) -> Result<(), Failure> {
        let directory = parts.directory.path();
        let gateways = directory.join(GATEWAYS_FILE);
        let mut noted = self.known.unwrap_or(Noted {
            seed: self.seed,
            scale: self.scale,
            today: Day::of(parts.clock.now()),
            laid: false,
        });
        let backdrop = directory.join(BACKDROP_FILE);
        let is_laid = noted.laid && gateways.exists();
        if is_laid && backdrop.exists() {
            return Ok(());
        }
        let city = City::new(noted.seed, noted.scale, noted.today);
        if !is_laid {
            write(directory, &noted)?;
        }
        replace(directory, &backdrop, city.backdrop().as_bytes())?;
        if is_laid {
            return Ok(());
        }
        let who = Principal::local();
        let ground = Ground {
            registry: &parts.registry,
            append: &*parts.engine,
            catalogue: &parts.catalogue,
            limits: &parts.settings.limits,
            who: &who,
        };
        tracing::info!("正在登记园区、企业、地块、表计和报表 (registering a made-up city)");
        let tokens = register_city(&city, &ground).await?;
        let fleet = write_fleet(&fleet(&city, &tokens))?;
        replace(directory, &gateways, fleet.as_bytes())?;
        if !noted.laid {
            send(&city, parts, &ground).await?;
            noted.laid = true;
            write(directory, &noted)?;
        }
        Ok(())
    }
}

async fn send(city: &City, parts: &Parts, ground: &Ground<'_>) -> Result<(), Failure> {
    let (start, mut told) = (Instant::now(), None);
    let until = parts.clock.now();
    let messages = send_history(city, until, ground, |day| {
        if told.replace(day.month()) != Some(day.month()) {
            tracing::info!("{}", progress(city, day));
        }
    })
    .await?;
    let seconds = start.elapsed().as_secs();
    tracing::info!(
        messages,
        seconds,
        "历史数据已全部落盘 (the history is on disk)"
    );
    Ok(())
}

/// Which month of the history begins, and how much of all days is done.
fn progress(city: &City, day: Day) -> String {
    let months = |from: Day, to: Day| {
        let [from, to] = [from, to].map(|day| {
            let month = day.month();
            i32::from(month.year().number()) * 12 + i32::from(month.number())
        });
        to - from + 1
    };
    let (since, today) = (city.since(), city.today());
    let days = (today.number() - since.number()).max(1);
    let percent = (day.number() - since.number()) * 100 / days;
    format!(
        "正在写入历史数据：第 {}/{} 个月（{}），已完成 {percent}%",
        months(since, day),
        months(since, today),
        day.month()
    )
}

fn is_empty(directory: &Path) -> io::Result<bool> {
    let entries = match fs::read_dir(directory) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(true),
        entries => entries?,
    };
    for entry in entries {
        let name = entry?.file_name();
        if !MARKS.iter().any(|mark| name == *mark) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The gateways of `city` with their tokens, for the simulator.
fn fleet(city: &City, tokens: &[Token]) -> Fleet {
    let stations = city.gateways().iter().zip(tokens).map(|(gateway, token)| {
        let meters = gateway.meters.iter().map(|meter| {
            let channels = meter.channels.iter();
            let channels = channels.map(|channel| (channel.indicator.to_owned(), channel.course));
            Instrument {
                meter: meter.id.clone(),
                channels: channels.collect(),
            }
        });
        Station {
            gateway: gateway.id.clone(),
            enterprise: gateway.enterprise.clone(),
            token: token.reveal().to_owned(),
            meters: meters.collect(),
        }
    });
    Fleet {
        stations: stations.collect(),
    }
}
