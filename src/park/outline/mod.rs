//! Outlines of parcels: GeoJSON in, checked polygons in degrees with their geodesic area out.
//!
//! Knows no registry and no picture: whether a parcel is known, and how it is drawn, is decided
//! above. Every fault of a file is found in one walk and named by its feature (contract.md 7).

mod area;
mod city;
mod crs;
mod cut;
mod fault;
mod file;
mod gauss_kruger;
mod gcj02;
mod overlap;
mod shape;

use geo::MultiPolygon;
use rust_decimal::Decimal;

use crate::park::AreaId;
use crate::park::Name;
use crate::park::ParcelId;
use crate::park::ParkId;

use crate::units::Mu;

pub use city::{BoxEmpty, CityBox};
pub use crs::{Crs, CrsUnknown};
pub use cut::{Rings, drawn, gathered, merged, split};
pub use fault::{FAULTS_MAX, Fault, Faults, Measure, Ring, What};
pub use gcj02::{from_gcj02, to_gcj02};
pub use overlap::{Overlap, each_overlap};

/// Largest file of outlines, in bytes (contract.md 7, "Files").
pub const FILE_BYTES_MAX: usize = 20 * 1024 * 1024;

/// A place on the earth in degrees, WGS 84 or CGCS2000 (equal here to a decimetre).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// East of Greenwich, degrees.
    pub longitude_deg: f64,
    /// North of the equator, degrees.
    pub latitude_deg: f64,
}

/// A valid outline: closed simple rings, holes inside their shell, no part over another;
/// degrees in WGS 84 or CGCS2000, rounded to 1e-9 (0.1 mm).
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    polygons: MultiPolygon<f64>,
    area: Mu,
}

impl Outline {
    /// An outline that was checked before it was kept; it is not checked again.
    #[must_use]
    pub const fn restored(polygons: MultiPolygon<f64>, area: Mu) -> Self {
        Self { polygons, area }
    }

    /// The polygons, x = longitude, y = latitude, in degrees.
    #[must_use]
    pub const fn polygons(&self) -> &MultiPolygon<f64> {
        &self.polygons
    }

    /// The geodesic area on CGCS2000 (house.md, "time, numbers").
    #[must_use]
    pub const fn area(&self) -> Mu {
        self.area
    }
}

/// One row of a parcels file (contract.md 5, columns of `parcels`).
#[derive(Clone, Debug, PartialEq)]
pub struct Parcel {
    /// Its place in the file, from 0.
    pub feature: usize,
    /// The parcel.
    pub parcel: ParcelId,
    /// The park it lies in; absent only where [`ParkProperty::Optional`] allows it.
    pub park: Option<ParkId>,
    /// The area of the park it lies in.
    pub area: Option<AreaId>,
    /// Land of the certificate.
    pub declared: Option<Mu>,
    /// Floor area over land, above 0.
    pub plot_ratio: Option<Decimal>,
    /// What the land is now, in the words of the file (空地, 在建, 公用, …).
    pub state: Option<Name>,
    /// Where it lies.
    pub outline: Outline,
}

/// Whether each parcel must name its park.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParkProperty {
    /// For the registry: a parcel without a park is a fault.
    Required,
    /// For a picture from files: the park is not looked at.
    Optional,
}

/// The fault of an outline whose area is not the `declared` one (contract.md 7).
#[must_use]
pub fn off_declared(outline: &Outline, declared: Mu) -> Option<What> {
    area::mismatch(outline.area, declared)
}

/// How a file of outlines is to be read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The coordinate system its numbers are in.
    pub crs: Crs,
    /// Where the installation's parcels can lie.
    pub city: CityBox,
    /// Whether `park` may be missing.
    pub park: ParkProperty,
}

/// Every parcel of a GeoJSON `FeatureCollection`, in the order of the file.
///
/// # Errors
/// All faults, by feature; nothing of a faulty file is used.
pub fn read_parcels(text: &str, reading: &Reading) -> Result<Vec<Parcel>, Faults> {
    let features = file::features(text)?;
    let mut faults = Faults::none();
    let mut parcels = Vec::with_capacity(features.len());
    for (index, raw) in features.into_iter().enumerate() {
        if faults.is_full() {
            break;
        }
        let read = file::row(raw).and_then(|row| parcel(index, row, reading));
        match read {
            Ok(parcel) => parcels.push(parcel),
            Err((name, whats)) => faults.add(index, name.as_deref(), whats),
        }
    }
    overlap::find_twins(&parcels, &mut faults);
    overlap::find_overlaps(&parcels, &mut faults);
    faults.or(parcels)
}

/// What is wrong with one feature, and the parcel's name as far as it can be told.
type RowFaults = (Option<String>, Vec<What>);

fn parcel(feature: usize, row: file::Row, reading: &Reading) -> Result<Parcel, RowFaults> {
    let mut whats = row.faults;
    if row.park.is_none() && !row.park_refused && reading.park == ParkProperty::Required {
        whats.push(What::Missing { property: "park" });
    }
    let outline = shape::outline(&row.polygons, reading);
    if let Err(what) = &outline {
        whats.push(what.clone());
    }
    if let (Ok(outline), Some(declared)) = (&outline, row.declared)
        && let Some(what) = area::mismatch(outline.area, declared)
    {
        whats.push(what);
    }
    match (row.parcel, outline) {
        (Some(parcel), Ok(outline)) if whats.is_empty() => Ok(Parcel {
            feature,
            parcel,
            park: row.park,
            area: row.area,
            declared: row.declared,
            plot_ratio: row.plot_ratio,
            state: row.state,
            outline,
        }),
        _ => Err((row.name, whats)),
    }
}
