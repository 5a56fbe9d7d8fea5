//! Maps for those who may know in which band a value lies, and not the value.

use parkpulse::heatmap::{Cell, ClassCount, Mark, Method, geojson};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::heatmap_park::{column, parcels, scene, shaded};

#[test]
fn of_bands_a_map_tells_the_class_and_nothing_else() {
    let parcels = parcels(60);
    let method = Method::Fixed("-1,0,10,20,30".parse().unwrap());
    let values: Vec<Decimal> = (0_i64..60)
        .map(|number| Decimal::new(number * 61, 2))
        .collect();
    let unbanded: Vec<Cell> = values.iter().map(|value| Cell::Value(*value)).collect();
    let open = column(&parcels, &unbanded);
    let whole = shaded(&open, &method, "YlGnBu");
    let classes = whole.classes.clone().unwrap();
    let banded: Vec<Cell> = values
        .iter()
        .map(|value| Cell::Band(classes.class_of(*value)))
        .collect();
    let cut = column(&parcels, &banded);
    let shading = shaded(&cut, &method, "YlGnBu");
    assert_eq!(
        (&shading.marks, shading.counts),
        (&whole.marks, whole.counts)
    );
    assert_ne!(
        scene(&cut, "800x600").digest,
        scene(&open, "800x600").digest
    );
    let told: Value = serde_json::from_str(&geojson(&cut, &shading, None)).unwrap();
    for feature in told["features"].as_array().unwrap() {
        let properties = &feature["properties"];
        assert_eq!(properties["value"], Value::Null);
        assert!(properties["class"].as_u64().is_some());
        assert!(["band", "gaps"].contains(&properties["quality"].as_str().unwrap()));
    }
    // Breaks that come from values would tell them.
    let quantiles = shaded(&cut, &Method::Quantile(ClassCount::FIVE), "YlGnBu");
    assert!(quantiles.classes.is_none());
    assert!(quantiles.marks.iter().all(|mark| *mark == Mark::Unclassed));
    let few = column(&parcels, &banded[..4]);
    assert!(shaded(&few, &method, "YlGnBu").classes.is_none());
}
