//! Grades and categories of a map's legend as JSON, each with its colour and count.

use serde::Serialize;
use utoipa::ToSchema;

use crate::heatmap::{Entry, Mark};

/// A category of the legend; in words by `category.CODE`.
#[derive(Serialize, ToSchema)]
#[schema(as = MapLegendCategory)]
pub(in crate::http::map) struct LegendCategory {
    /// As `category` of the cells has it.
    category: &'static str,
    colour: String,
    ink: String,
    count: usize,
}

impl LegendCategory {
    /// Of an entry that is one.
    pub(in crate::http::map) fn of(entry: &Entry) -> Option<Self> {
        let Some(Mark::Category(category)) = entry.mark else {
            return None;
        };
        Some(Self {
            category: category.code(),
            colour: entry.ground.to_string(),
            ink: entry.ground.ink().to_string(),
            count: entry.count,
        })
    }
}

/// A grade of the legend.
#[derive(Serialize, ToSchema)]
#[schema(as = MapLegendGrade)]
pub(in crate::http::map) struct LegendGrade {
    grade: &'static str,
    colour: String,
    ink: String,
    count: usize,
}

impl LegendGrade {
    /// Of an entry that is one.
    pub(in crate::http::map) fn of(entry: &Entry) -> Option<Self> {
        let Some(Mark::Grade(grade)) = entry.mark else {
            return None;
        };
        Some(Self {
            grade: grade.letter(),
            colour: entry.ground.to_string(),
            ink: entry.ground.ink().to_string(),
            count: entry.count,
        })
    }
}
