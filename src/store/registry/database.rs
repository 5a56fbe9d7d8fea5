//! The file and its connections: one that writes, a few that read, all with a limit of time.

use std::fs::File;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Row, Sqlite, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::calendar::{Clock, Moment};

use super::audit::{Errand, Head, Pen};
use super::directory::Directory;
use super::session_rows::Sessions;
use super::token::TokenKey;
use super::{RegistryFault, Settings, migrate, roster};

/// Connections that only read.
const READERS: u32 = 4;

/// The open registry. Cheap to clone; [`Registry::close`] ends it for all clones.
#[derive(Clone, Debug)]
pub struct Registry {
    pub(super) writer: SqlitePool,
    pub(super) readers: SqlitePool,
    pub(super) directory: Directory,
    pub(super) key: Arc<TokenKey>,
    pub(super) pen: Arc<Pen>,
    /// Whose records these are, where a door asked.
    pub(super) errand: Option<Errand>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) patience: Duration,
    pub(super) sessions: Arc<Sessions>,
    turn: Arc<Mutex<()>>,
    pub(super) rotation_overlap: Duration,
}

impl Registry {
    /// Opens `registry.db` and `token.key` in the data directory, making them if they are not
    /// there, and brings the file forward to the newest format.
    ///
    /// # Errors
    /// A file from the future, a foreign file, a missing or readable-by-others key, a failing disk.
    pub async fn open(settings: Settings, clock: Arc<dyn Clock>) -> Result<Self, RegistryFault> {
        let file = settings.directory.join("registry.db");
        let is_new = !file.exists();
        let options = options(&file, settings.patience);
        let mut first = options.connect().await?;
        let now_ms = clock.now().unix_ms();
        let migrated = migrate::forward(&mut first, &file, now_ms).await;
        let kept = match &migrated {
            Ok(_) => settled(&mut first).await?,
            Err(_) => Kept::default(),
        };
        first.close().await?;
        let before = migrated?;
        if is_new {
            sync_directory(&settings.directory)?;
        }
        let key = TokenKey::open(&settings.directory, kept.secrets > 0)?;
        let pen = Pen::open(&settings.directory, kept.heads > 0)?;
        let pool = |connections| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(settings.patience)
                // A full disk makes SQLite undo a change by itself; the driver's own undoing then
                // fails, and it would take the connection to be inside that change for ever.
                .before_acquire(|connection, _| {
                    let is_free = !connection.is_in_transaction();
                    Box::pin(async move { Ok(is_free) })
                })
        };
        let read_only = options.clone().read_only(true);
        let key = Arc::new(key);
        let registry = Self {
            writer: pool(1).connect_with(options.clone()).await?,
            readers: pool(READERS).connect_with(read_only).await?,
            directory: Directory::new(Arc::clone(&key)),
            key,
            pen: Arc::new(pen),
            errand: None,
            clock,
            patience: settings.patience,
            sessions: Arc::default(),
            turn: Arc::default(),
            rotation_overlap: settings.rotation_overlap,
        };
        let mut change = registry.begin_shown().await?;
        let is_chained = before == 0 || before >= migrate::CHAINED;
        let head = registry.begin_log(&mut change.rows, is_chained).await?;
        registry.commit_shown(change, head).await?;
        Ok(registry)
    }

    /// Now, by the clock that dates every change.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// What the doors use: roster, tokens, and the watch of their changes.
    #[must_use]
    pub const fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Ends all connections after their work; later calls fail.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Writes a consistent copy of the registry to `target`, which must not exist, while serving;
    /// the caller syncs it. `token.key` belongs into the same backup.
    ///
    /// # Errors
    /// A target that exists, a full disk.
    pub async fn copy_to(&self, target: &Path) -> Result<(), RegistryFault> {
        let target = target.to_string_lossy().into_owned();
        sqlx::query("VACUUM INTO $1")
            .bind(target)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Gives up on `work` after the registry's patience; a transaction inside it is undone.
    pub(super) async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, RegistryFault>>,
    ) -> Result<T, RegistryFault> {
        tokio::time::timeout(self.patience, work)
            .await
            .unwrap_or(Err(RegistryFault::TookTooLong))
    }

    /// Begins a change that the doors need not hear of.
    pub(super) async fn begin(&self) -> Result<Transaction<'static, Sqlite>, RegistryFault> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Begins a change that the doors must hear of; it waits for the one before it.
    pub(super) async fn begin_shown(&self) -> Result<ShownChange, RegistryFault> {
        self.in_time(async {
            let turn = Arc::clone(&self.turn).lock_owned().await;
            let rows = self.begin().await?;
            Ok(ShownChange { rows, _turn: turn })
        })
        .await
    }

    /// Commits a change and swaps the directory's snapshot, which is read inside the change: if
    /// anything fails nothing was changed and nothing is shown. No limit of time from here on, for
    /// a commit that is given up half way might have happened.
    pub(super) async fn commit_shown(
        &self,
        mut change: ShownChange,
        head: Option<Head>,
    ) -> Result<(), RegistryFault> {
        let snapshot = roster::read(&mut change.rows, self.clock.now()).await?;
        change.rows.commit().await?;
        self.directory.swap(snapshot);
        if let Some(head) = head {
            self.written(&head);
        }
        Ok(())
    }
}

/// A change that the doors must hear of. Holds its turn until the snapshot is swapped, so that
/// snapshots follow each other as the changes did.
#[derive(Debug)]
pub(super) struct ShownChange {
    pub(super) rows: Transaction<'static, Sqlite>,
    _turn: OwnedMutexGuard<()>,
}

fn options(file: &Path, patience: Duration) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(patience)
        .pragma("cell_size_check", "ON")
        .pragma("trusted_schema", "OFF")
        .disable_statement_logging()
}

/// What is kept that needs a key to be of use.
#[derive(Debug, Default)]
struct Kept {
    /// Digests of tokens, and passwords.
    secrets: i64,
    /// Signed heads of the audit log.
    heads: i64,
}

/// Brings what a crash left in the log into the file, synced: without it a later commit could go
/// behind frames that the disk never had (store.md, guards). What is kept that needs a key.
async fn settled(connection: &mut SqliteConnection) -> Result<Kept, RegistryFault> {
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&mut *connection)
        .await?;
    let row = sqlx::query(
        "SELECT (SELECT COUNT(*) FROM gateway_secret) + (SELECT COUNT(*) FROM person_password)
            + (SELECT COUNT(*) FROM person_token), (SELECT COUNT(*) FROM audit_head)",
    )
    .fetch_one(connection)
    .await?;
    Ok(Kept {
        secrets: row.try_get(0)?,
        heads: row.try_get(1)?,
    })
}

/// Syncs the entry of a new file: without it a power cut may take the file away.
pub(super) fn sync_directory(directory: &Path) -> Result<(), RegistryFault> {
    let synced = File::open(directory).and_then(|handle| handle.sync_all());
    synced.map_err(|cause| RegistryFault::Database(sqlx::Error::Io(cause)))
}
