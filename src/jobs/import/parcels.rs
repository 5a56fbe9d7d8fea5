//! Files of parcels: GeoJSON, read and checked by `park`.

use crate::park::Parcel;
use crate::park::outline;
use crate::park::outline::ParkProperty;
use crate::park::outline::Reading;

use super::fault::{Fault, Faults};
use super::{Given, Rows, count};

pub(super) fn parcels(bytes: &[u8], given: &Given<'_>) -> Result<Rows<Parcel>, Faults> {
    let crs = given.crs.ok_or_else(|| {
        let advice = "give --crs EPSG:4326, EPSG:4490, EPSG:4549, EPSG:4528 or GCJ-02";
        Faults::of_file("the coordinate system of the file is not known", advice)
    })?;
    let reading = Reading {
        crs,
        city: given.city,
        park: ParkProperty::Required,
    };
    let text = std::str::from_utf8(bytes).map_err(|cause| {
        let what = format!("the file is not UTF-8 (bad_encoding): {cause}");
        Faults::of_file(what, "write the GeoJSON in UTF-8")
    })?;
    let features = outline::read_parcels(text, &reading).map_err(|faults| told(&faults))?;
    let mut read = Rows {
        entries: Vec::with_capacity(features.len()),
        rows: Vec::with_capacity(features.len()),
    };
    for feature in features {
        // `Required` above: a parcel without a park is among the faults.
        let Some(park) = feature.park else { continue };
        read.rows.push(row(feature.feature));
        read.entries.push(Parcel {
            id: feature.parcel,
            park,
            area: feature.area,
            declared: feature.declared,
            plot_ratio: feature.plot_ratio,
            state: feature.state,
            outline: feature.outline,
        });
    }
    Ok(read)
}

/// Features are counted from 1, as rows are.
fn row(feature: usize) -> u64 {
    count(feature).saturating_add(1)
}

fn told(outlines: &outline::Faults) -> Faults {
    let mut faults = Faults::default();
    for fault in outlines.list() {
        let sentence = fault.what.to_string();
        // `park` writes what is wrong, a semicolon, and what to do.
        let (what, advice) = sentence.rsplit_once("; ").unwrap_or((&sentence, ""));
        let parcel = fault.parcel.as_deref().unwrap_or_default();
        let about = if parcel.is_empty() {
            String::new()
        } else {
            format!("parcel {parcel}: ")
        };
        let what = format!("{about}{what} ({})", fault.what.code());
        let told = Fault::of_row(fault.feature.map(row), "", what, advice);
        faults.add(told);
    }
    faults
}
