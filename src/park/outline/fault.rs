//! What can be wrong with a file of outlines: each fault with its feature, its parcel, what it
//! means and what to do (contract.md 7).

use std::fmt;

use crate::units::Mu;

/// Most faults that are told of one file; more say nothing new.
pub const FAULTS_MAX: usize = 100;

/// What there can be too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Measure {
    /// The file.
    #[error("the file in bytes")]
    FileBytes,
    /// The parcels of the file.
    #[error("the number of features")]
    Features,
    /// The corners of one parcel.
    #[error("the number of the outline's points")]
    OutlinePoints,
    /// The corners of a line that cuts.
    #[error("the number of the line's points")]
    LinePoints,
}

/// A ring of an outline, by its places in the geometry, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ring {
    /// Which of its parts.
    pub part: usize,
    /// Which ring of the part; 0 is the outer one, the others are holes.
    pub ring: usize,
}

impl fmt::Display for Ring {
    /// As it is named to people: parts and holes count from 1.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.part, self.ring) {
            (0, 0) => f.write_str("the outer ring"),
            (0, hole) => write!(f, "hole {hole}"),
            (part, 0) => write!(f, "the outer ring of part {}", part + 1),
            (part, hole) => write!(f, "hole {hole} of part {}", part + 1),
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum What {
    /// The file as a whole cannot be taken apart.
    #[error("the file is no GeoJSON FeatureCollection ({detail}); write one in UTF-8")]
    NotGeoJson {
        /// What the reader stumbled over.
        detail: String,
    },
    /// The file or a feature is beyond a limit.
    #[error("{what} is more than {limit}; split the file or simplify the outline")]
    TooMuch {
        /// What there is too much of.
        what: Measure,
        /// The limit.
        limit: usize,
    },
    /// A property that must be there is not.
    #[error("the property `{property}` is missing; give it")]
    Missing {
        /// Its name.
        property: &'static str,
    },
    /// A property whose content cannot be used.
    #[error("the property `{property}` cannot be used: {detail}")]
    BadProperty {
        /// Its name.
        property: &'static str,
        /// Why.
        detail: String,
    },
    /// Not a surface.
    #[error("the geometry is {found}; only Polygon and MultiPolygon can be a parcel")]
    NotAPolygon {
        /// What it is.
        found: String,
    },
    /// A ring whose last point is not its first.
    #[error("{ring} is not closed: its last point must equal its first; close it")]
    UnclosedRing {
        /// Which ring.
        ring: Ring,
    },
    /// A ring with fewer than three different points.
    #[error("{ring} has fewer than three different points; draw it again")]
    TooFewPoints {
        /// Which ring.
        ring: Ring,
    },
    /// Numbers that are no coordinates of the system.
    #[error("{pair} cannot be a coordinate in {crs}; check --crs and the numbers")]
    OutOfRange {
        /// The first such pair, as it stands there.
        pair: String,
        /// The system that was given.
        crs: String,
    },
    /// Latitude or northing first.
    #[error(
        "{pair} has its axes swapped; write longitude (easting) first, latitude (northing) second"
    )]
    SwappedAxes {
        /// The first such pair, as it stands there.
        pair: String,
    },
    /// On the earth, but not in the city.
    #[error("{pair} lies outside the city; check --crs and the numbers")]
    OutsideCity {
        /// The first such pair, as it stands there.
        pair: String,
    },
    /// Rings that cross or touch themselves or each other.
    #[error("{detail}; draw the outline again without crossing")]
    SelfCrossing {
        /// Where.
        detail: String,
    },
    /// No area at all.
    #[error("the outline encloses no land; draw it again")]
    NoArea,
    /// A line that cuts nothing off.
    #[error("the line does not cut the parcel in two; begin and end it outside of the parcel")]
    NotCut,
    /// A piece that is no land.
    #[error("a piece is smaller than 1 m²; draw the line or the border again")]
    Crumb,
    /// Parcels that cannot become one.
    #[error("the parcels do not touch each other; move their borders together first")]
    Apart,
    /// Two parcels of one id.
    #[error("feature {} is the same parcel; keep one (several pieces: one MultiPolygon)", .other + 1)]
    Twice {
        /// The feature that had the id first, from 0.
        other: usize,
    },
    /// Two parcels on the same land.
    #[error("it lies over parcel {other} (feature {}) with {shared}; move the border", .feature + 1)]
    Overlap {
        /// The other parcel.
        other: String,
        /// The other parcel's feature, from 0.
        feature: usize,
        /// Land that both claim.
        shared: Mu,
    },
    /// The outline and the certificate differ.
    #[error(
        "the outline has {outline:.2}, declared are {declared:.2}: more than 5 % apart; check outline, --crs and declared_mu"
    )]
    AreaOff {
        /// Area of the outline.
        outline: Mu,
        /// Area of the certificate.
        declared: Mu,
    },
}

impl What {
    /// The stable code of the fault.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotGeoJson { .. } => "not_geojson",
            Self::TooMuch { .. } => "too_large",
            Self::Missing { .. } => "missing_field",
            Self::BadProperty { .. } => "bad_property",
            Self::NotAPolygon { .. } => "not_a_polygon",
            Self::UnclosedRing { .. } => "unclosed_ring",
            Self::TooFewPoints { .. } => "too_few_points",
            Self::OutOfRange { .. } => "out_of_range",
            Self::SwappedAxes { .. } => "swapped_axes",
            Self::OutsideCity { .. } => "outside_city",
            Self::SelfCrossing { .. } => "self_crossing",
            Self::NoArea => "no_area",
            Self::NotCut => "not_cut",
            Self::Crumb => "crumb",
            Self::Apart => "not_neighbours",
            Self::Twice { .. } => "duplicate_parcel",
            Self::Overlap { .. } => "overlap",
            Self::AreaOff { .. } => "area_mismatch",
        }
    }
}

/// One fault of one feature; without a feature it is the file's.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The feature's place in the file, from 0.
    pub feature: Option<usize>,
    /// The parcel, as far as it can be told; invisible characters escaped.
    pub parcel: Option<String>,
    /// What is wrong.
    pub what: What,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(feature) = self.feature {
            // To people features count from 1, as rows do.
            write!(f, "feature {}", feature + 1)?;
            if let Some(parcel) = &self.parcel {
                write!(f, ", parcel {parcel}")?;
            }
            f.write_str(": ")?;
        }
        write!(f, "{}: {}", self.what.code(), self.what)
    }
}

/// All faults of one file; nothing of it was used.
#[derive(Clone, Debug, PartialEq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    pub(super) const fn none() -> Self {
        Self(Vec::new())
    }

    /// One fault of the file as a whole.
    pub(super) fn of_file(what: What) -> Self {
        Self(vec![Fault {
            feature: None,
            parcel: None,
            what,
        }])
    }

    pub(super) fn add(&mut self, feature: usize, parcel: Option<&str>, whats: Vec<What>) {
        self.0.extend(whats.into_iter().map(|what| Fault {
            feature: Some(feature),
            parcel: parcel.map(|parcel| parcel.escape_debug().to_string()),
            what,
        }));
    }

    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= FAULTS_MAX
    }

    /// `good` if there is no fault; else the faults by feature.
    pub(super) fn or<T>(mut self, good: T) -> Result<T, Self> {
        if self.0.is_empty() {
            return Ok(good);
        }
        self.0.sort_by_key(|fault| fault.feature);
        self.0.truncate(FAULTS_MAX);
        Err(self)
    }

    /// The faults, at least one, by feature.
    #[must_use]
    pub fn list(&self) -> &[Fault] {
        &self.0
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing of the parcels file was used:")?;
        for fault in &self.0 {
            write!(f, "\n  {fault}")?;
        }
        if self.is_full() {
            write!(f, "\n  … only the first {FAULTS_MAX} faults are told")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
