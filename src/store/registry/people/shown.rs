//! When somebody last showed their second factor in a session: a session that was left open, or stolen, is
//! not enough for a weighty deed (screens.md 2).

use sqlx::Row;

use crate::access::Principal;
use crate::calendar::Moment;
use crate::store::registry::find::moment_or_open;
use crate::store::registry::{Registry, RegistryFault};

use super::browser::USE;
use super::factor;

/// What a session says of its second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorShown {
    /// Its owner has none: enterprises need not.
    HasNone,
    /// Not in this session.
    Never,
    /// Last then.
    At(Moment),
}

impl Registry {
    /// When the second factor was last shown in the session of `token`.
    ///
    /// # Errors
    /// The session has ended; the database failed.
    pub async fn factor_shown(&self, token: &str) -> Result<FactorShown, RegistryFault> {
        let digest = self.key.digest_for(USE, token);
        self.in_time(async {
            let mut reader = self.readers.acquire().await?;
            let row =
                sqlx::query("SELECT person, factor_shown_at FROM person_session WHERE digest = $1")
                    .bind(&digest)
                    .fetch_optional(&mut *reader)
                    .await?;
            let row = row.ok_or(RegistryFault::SessionEnded)?;
            if !factor::is_confirmed(&mut reader, row.try_get("person")?).await? {
                return Ok(FactorShown::HasNone);
            }
            let shown = moment_or_open(&row, "factor_shown_at")?;
            Ok(shown.map_or(FactorShown::Never, FactorShown::At))
        })
        .await
    }

    /// Notes that the second factor was shown now in the session of `token`, with its record.
    ///
    /// # Errors
    /// The session ended meanwhile; the database failed.
    pub async fn show_factor(
        &self,
        who: &Principal,
        person: i64,
        token: &str,
    ) -> Result<(), RegistryFault> {
        self.in_time(async {
            let mut change = self.begin().await?;
            self.demand_session(&mut change, person, token).await?;
            sqlx::query(
                "UPDATE person_session SET factor_shown_at = $2, tries = 0 WHERE digest = $1",
            )
            .bind(self.key.digest_for(USE, token))
            .bind(self.clock.now().unix_ms())
            .execute(&mut *change)
            .await?;
            let head = self
                .note_own(&mut change, who, "factor.show", "done")
                .await?;
            self.commit_noted(change, head).await
        })
        .await
    }
}
