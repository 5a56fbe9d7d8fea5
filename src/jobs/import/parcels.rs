//! Files of parcels: GeoJSON, read and checked by `park`.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use crate::access::Principal;
use crate::park::Parcel;
use crate::park::outline;
use crate::park::outline::Outline;
use crate::park::outline::ParkProperty;
use crate::park::outline::Reading;

use crate::store::registry::{PAGE_LIMIT, Registry, RegistryFault};
use crate::text::said;

use super::fault::{Advice, Fault, Faults};
use super::given::Open;
use super::outlines;
use super::sheet::{About, Form};
use super::{At, FAULTS_MAX, Rows, count};

pub(super) fn parcels(file: &mut Open<'_>) -> Result<Rows<Parcel>, Faults> {
    let given = file.given;
    file.about = Some(About {
        form: Form::GeoJson,
        notes: Vec::new(),
    });
    let crs = given.crs.ok_or_else(|| {
        let advice = said!("import_advice.give_crs");
        Faults::of_file(said!("import_fault.crs_unsaid"), advice)
    })?;
    let reading = Reading {
        crs,
        city: given.city,
        park: ParkProperty::Required,
    };
    let text = file.utf8(&said!("import_advice.geojson_utf8"))?;
    let features = outline::read_parcels(text, &reading).map_err(|faults| told(&faults))?;
    let mut read = Rows {
        entries: Vec::with_capacity(features.len()),
        rows: Vec::with_capacity(features.len()),
    };
    for feature in features {
        // `Required` above: a parcel without a park is among the faults.
        let Some(park) = feature.park else { continue };
        let number = row(feature.feature);
        read.rows.push(At {
            line: number,
            number,
        });
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
        let (what, advice) = (outlines::wrong(&fault.what), outlines::advice(&fault.what));
        let code = fault.what.code();
        let about = match fault.parcel.as_deref() {
            Some(parcel) => said!("import_fault.of_parcel", parcel = parcel, code = code),
            None => said!("import_fault.of_outline", code = code),
        };
        let row = fault.feature.map(row);
        faults.add(Fault::of_row(row, "", about.with("what", what), advice));
    }
    faults
}

/// Where the file's parcels lie over parcels that are registered and not in the file: two files
/// must not sell the same land twice.
pub(super) async fn over_registered(
    registry: &Registry,
    who: &Principal,
    parcels: &[Parcel],
    rows: &[At],
) -> Result<Faults, RegistryFault> {
    let registered = others(registry, who, parcels).await?;
    let new = parcels.len();
    let both = parcels.iter().chain(&registered);
    let outlines: Vec<&Outline> = both.map(|parcel| &parcel.outline).collect();
    let mut faults = Faults::default();
    // Those of one side were compared when that side was read.
    let across = |one, other| (one < new) != (other < new);
    outline::each_overlap(&outlines, across, |overlap| {
        let [one, other] = overlap.pair;
        let (here, there) = (one.min(other), one.max(other));
        if let (Some(row), Some(known)) = (rows.get(here), registered.get(there - new)) {
            let what = said!(
                "import_fault.over_registered",
                parcel = known.id,
                mu = overlap.shared.get().round_dp(1),
            );
            let advice = Advice::Do(said!("import_advice.move_border"));
            faults.add(Fault::of_row(Some(row.line), "", what, advice));
        }
        if faults.told().len() < FAULTS_MAX {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    Ok(faults)
}

/// The registered parcels that the file does not name.
async fn others(
    registry: &Registry,
    who: &Principal,
    parcels: &[Parcel],
) -> Result<Vec<Parcel>, RegistryFault> {
    let named: BTreeSet<&str> = parcels.iter().map(|parcel| parcel.id.as_str()).collect();
    let mut others = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = registry
            .list_parcels(who, registry.now(), None, after.as_deref(), PAGE_LIMIT)
            .await?;
        let unnamed = |parcel: &Parcel| !named.contains(parcel.id.as_str());
        others.extend(page.entries.into_iter().filter(unnamed));
        after = page.next;
        if after.is_none() {
            return Ok(others);
        }
    }
}
