//! What the walk says of a reading or of a stretch of time (contract.md 9).

/// A flag of the ledger. It is derived, never stored with a reading (contract.md 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// A reading that cannot be right: impossible on sight, or contradicted by those around it.
    Glitch,
    /// A fall no larger than the register's jitter: nothing was used.
    Jitter,
    /// The multiplier changed between two readings: the amount is unknown.
    MultiplierChanged,
    /// No multiplier was in force yet: the amount is unknown.
    MultiplierUnknown,
    /// The meter was replaced, closing and opening register known.
    Replaced,
    /// The meter was replaced, and what it counted until then is unknown.
    ReplacedUnknown,
    /// The register restarted lower and counted on: the step is unknown.
    Reset,
    /// The register passed its size once.
    Rollover,
    /// The register jumped higher and counted on: the step is unknown.
    Suspect,
    /// A reading that does not fit and that nothing has confirmed yet.
    Unconfirmed,
}

impl Flag {
    /// All flags, in the order in which they are printed.
    pub const ALL: [Self; 10] = [
        Self::Glitch,
        Self::Jitter,
        Self::MultiplierChanged,
        Self::MultiplierUnknown,
        Self::Replaced,
        Self::ReplacedUnknown,
        Self::Reset,
        Self::Rollover,
        Self::Suspect,
        Self::Unconfirmed,
    ];

    /// The flag as it is printed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Glitch => "glitch",
            Self::Jitter => "jitter",
            Self::MultiplierChanged => "multiplier_changed",
            Self::MultiplierUnknown => "multiplier_unknown",
            Self::Replaced => "replaced",
            Self::ReplacedUnknown => "replaced_unknown",
            Self::Reset => "reset",
            Self::Rollover => "rollover",
            Self::Suspect => "suspect",
            Self::Unconfirmed => "unconfirmed",
        }
    }
}
