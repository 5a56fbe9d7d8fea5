//! What is told of statements besides their figures: who, where in the file, and why they correct what
//! was stated before. Knows no table.

/// Whether a correction needs a reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Asks {
    /// Nobody is asked: it came from no person.
    #[default]
    Nothing,
    /// It is only tried: that one will be asked for is noted.
    Note,
    /// Without one nothing is changed.
    Reason,
}

/// What is told of all statements that are laid at once.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Told<'a> {
    /// Who typed them in; empty where a file brought them, which has its own name and time.
    pub(super) who: &'a str,
    /// Why what was stated before was wrong.
    pub(super) reason: &'a str,
    /// The row of the file that each stood in; empty where no file brought them.
    pub(super) lines: &'a [u64],
    /// Whether a correction needs the reason.
    pub(super) asks: Asks,
}

impl Told<'_> {
    /// The row of the file that the statement at `index` stood in.
    pub(super) fn line(&self, index: usize) -> Option<i64> {
        let line = self.lines.get(index)?;
        i64::try_from(*line).ok()
    }
}
