//! What an enterprise states of itself, typed in: laid like what a file brings, with the name of whoever
//! typed it beside it. It never touches what a department states: another source is another row.

use crate::access::{Action, Matter, Object, Principal, may};
use crate::park::{Enterprise, Statement};
use crate::store::registry::audit::Deed;
use crate::store::registry::{Registry, RegistryFault};

use super::told::{Asks, Told};
use super::{Laid, Laying, PATIENCE, statements};

/// What became of a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Declared {
    /// It is kept: so many are new, so many correct earlier ones.
    Kept(Laid),
    /// It corrects what was declared before, and nobody said why; nothing was kept. Which of the
    /// statements, from 0: the first.
    Unexplained(usize),
}

impl Registry {
    /// Keeps what `who` states of `of`, with one line in the log; corrections with their reason.
    ///
    /// # Errors
    /// Not theirs to state; the database failed. Nothing was kept.
    pub async fn declare(
        &self,
        who: &Principal,
        of: &Enterprise,
        stated: &[Statement],
        reason: &str,
    ) -> Result<Declared, RegistryFault> {
        let object = Object {
            matter: Matter::Output,
            enterprise: Some(&of.code),
            park: Some(&of.park),
        };
        let is_own = stated.iter().all(|one| one.enterprise == of.code);
        if !is_own || !may(who, Action::Write, &object).is_allowed() {
            return Err(RegistryFault::NotYours);
        }
        let mut change = self.begin_shown().await?;
        let work = async {
            let mut laying = Laying {
                rows: &mut change.rows,
                now: self.clock.now(),
                laid: Laid::default(),
                import: None,
                told: Told {
                    who: &who.name,
                    reason,
                    lines: &[],
                    asks: Asks::Reason,
                },
            };
            statements::lay(&mut laying, stated).await?;
            let (laid, now) = (laying.laid, laying.now);
            if let Some(first) = laid.objections.first() {
                return Ok((Declared::Unexplained(first.index), None));
            }
            let periods = stated.first().map(|one| one.period.to_string());
            let object = format!("{} {}", of.code, periods.unwrap_or_default());
            let result = format!(
                "added {}, changed {}, unchanged {}",
                laid.added, laid.changed, laid.unchanged
            );
            let deed = Deed {
                action: "statements.declare",
                object: &object,
                result: &result,
            };
            let head = self.note(&mut change.rows, now, who, deed).await?;
            Ok::<_, RegistryFault>((Declared::Kept(laid), Some(head)))
        };
        let work = tokio::time::timeout(PATIENCE, work).await;
        let (declared, head) = work.unwrap_or(Err(RegistryFault::TookTooLong))?;
        if matches!(declared, Declared::Kept(_)) {
            self.commit_shown(change, head).await?;
        }
        Ok(declared)
    }
}
