//! The digest (核对码) of a surface, as that of a map: a printed picture can be compared with its data.

use sha2::{Digest as _, Sha256};

use crate::heatmap::cell::Column;
use crate::heatmap::digest::Digest;
use crate::heatmap::surface::{Site, Surface};
use crate::park::Name;

impl Digest {
    /// The digest of a surface and what it was made of.
    ///
    /// Over lines of text as [`Digest::of`]: `parkpulse surface 1`; title, unit, period, as-of, source,
    /// way, metres, method; the breaks; then each site: an empty line, and each place with its
    /// amount, the degrees as the 16 hex digits of each IEEE double.
    #[must_use]
    pub fn of_surface(column: &Column<'_>, sites: &[Site], surface: &Surface) -> Self {
        let mut hash = Sha256::new();
        let mut line = |fields: &[String]| {
            hash.update(fields.join("\t"));
            hash.update("\n");
        };
        let text =
            |name: &Option<Name>| name.as_ref().map_or_else(String::new, ToString::to_string);
        line(&["parkpulse surface 1".to_owned()]);
        line(&[
            column.title.to_string(),
            text(&column.unit),
            text(&column.period),
            column.as_of.map_or_else(String::new, |at| at.to_string()),
            text(&column.source),
            surface.way.as_str().to_owned(),
            surface.way.metres().to_string(),
            surface.method.clone(),
        ]);
        let breaks = surface.breaks().iter();
        line(
            &breaks
                .map(|at| at.normalize().to_string())
                .collect::<Vec<_>>(),
        );
        for site in sites {
            line(&[]);
            for (at, amount) in &site.amounts {
                let degrees = [at.x, at.y].map(|one| hex::encode(one.to_be_bytes()));
                line(&[degrees.concat(), amount.normalize().to_string()]);
            }
        }
        Self::from_bytes(hash.finalize().into())
    }
}
