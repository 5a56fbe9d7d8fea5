//! Everything that works on an open data directory, built in one place.

use std::path::PathBuf;
use std::sync::Arc;

use crate::calendar::Clock;
use crate::config::{Engine as EngineChoice, Settings};
use crate::indicator::{self, Catalogue, CatalogueFault};
use crate::store::embedded::Embedded;
use crate::store::memory::Memory;
use crate::store::registry::{self, Registry, RegistryFault};
use crate::store::{Engine, StoreFault};
use crate::vitals::Vitals;

use super::archive::is_restoring;
use super::{DataDirectory, SystemClock};

/// Why the parts could not be built. Nothing was changed that a later start would miss.
#[derive(Debug, thiserror::Error)]
pub enum OpenFailed {
    /// The catalogue of indicators that is compiled in cannot be read.
    #[error("the catalogue of indicators is faulty")]
    Catalogue(#[from] CatalogueFault),
    /// A restore into it did not end.
    #[error("a restore into this data directory was cut off; run `restore` again")]
    HalfRestored,
    /// The registry cannot be opened.
    #[error("the registry cannot be opened")]
    Registry(#[from] RegistryFault),
    /// The readings cannot be opened.
    #[error("the store of readings cannot be opened")]
    Store(#[from] StoreFault),
}

/// The parts: what `serve` and every command on the data directory work with.
#[derive(Debug)]
pub struct Parts {
    /// The settings of all rooms.
    pub settings: Settings,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Our own health.
    pub vitals: Arc<Vitals>,
    /// What can be measured.
    pub catalogue: Arc<Catalogue>,
    /// Readings.
    pub engine: Arc<dyn Engine>,
    /// Who is where, and who may send.
    pub registry: Registry,
    /// The data directory, owned as long as the parts live.
    pub directory: DataDirectory,
}

impl Parts {
    /// Opens what lies in `directory`: recovers the readings, brings formats forward.
    ///
    /// # Errors
    /// See [`OpenFailed`].
    pub async fn open(directory: DataDirectory, settings: Settings) -> Result<Self, OpenFailed> {
        if is_restoring(directory.path()) {
            return Err(OpenFailed::HalfRestored);
        }
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let vitals = Arc::new(Vitals::default());
        let catalogue = Arc::new(indicator::built_in()?);
        let place = registry::Settings::of(directory.path().to_owned());
        let registry = Registry::open(place, Arc::clone(&clock)).await?;
        let place = directory.path().to_owned();
        let engine = engine(settings.engine, place, Arc::clone(&clock)).await?;
        let newest = *engine.watch().borrow();
        registry.note_log(newest).await?;
        Ok(Self {
            settings,
            clock,
            vitals,
            catalogue,
            engine,
            registry,
            directory,
        })
    }

    /// Commits what waits and closes everything. Blocks on the store's threads.
    ///
    /// # Errors
    /// The last commit failed.
    pub async fn close(&self) -> Result<(), StoreFault> {
        let engine = Arc::clone(&self.engine);
        let stopped = tokio::task::spawn_blocking(move || engine.stop()).await;
        self.registry.close().await;
        stopped.unwrap_or(Err(StoreFault::Stopping))
    }
}

/// The engine of the settings, recovered and ready.
async fn engine(
    choice: EngineChoice,
    place: PathBuf,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn Engine>, StoreFault> {
    match choice {
        EngineChoice::Memory { quarantine_bytes } => Ok(Arc::new(Memory::new(quarantine_bytes))),
        EngineChoice::Embedded(settings) => {
            // Recovery reads files for as long as it takes.
            let open = move || Embedded::open(&place, settings, clock);
            let opened = tokio::task::spawn_blocking(open).await;
            Ok(Arc::new(opened.unwrap_or(Err(StoreFault::Stopping))?))
        }
    }
}
