//! What stands in a map's legend instead of classes: grades and categories. Knows no figure.

mod wire;

pub(super) use wire::{LegendCategory, LegendGrade};
