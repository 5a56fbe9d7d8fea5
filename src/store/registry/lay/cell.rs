//! One cell of a row, comparable with what is on disk, and the columns it can stand in.

use std::fmt::Display;

use sqlx::Row;
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteRow};

use rust_decimal::Decimal;

use crate::store::registry::RegistryFault;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// Text, or nothing.
    Text(&'static str),
    /// A whole number, or nothing.
    Whole(&'static str),
}

impl Column {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Text(name) | Self::Whole(name) => name,
        }
    }

    /// The cell of `row` in this column.
    pub(super) fn read(self, row: &SqliteRow) -> Result<Cell, RegistryFault> {
        Ok(match self {
            Self::Text(name) => row
                .try_get::<Option<String>, _>(name)?
                .map_or(Cell::Empty, Cell::Text),
            Self::Whole(name) => row
                .try_get::<Option<i64>, _>(name)?
                .map_or(Cell::Empty, Cell::Whole),
        })
    }
}

/// `a, b, c`.
pub(super) fn names(columns: impl IntoIterator<Item = Column>) -> String {
    let names: Vec<_> = columns.into_iter().map(Column::name).collect();
    names.join(", ")
}

/// `$first, $next, ...` for `count` cells.
pub(super) fn places(first: usize, count: usize) -> String {
    let places: Vec<_> = (first..first + count).map(|n| format!("${n}")).collect();
    places.join(", ")
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell {
    /// Nothing.
    Empty,
    /// A whole number: milliseconds, numbers of things.
    Whole(i64),
    /// Text, decimals and dates included.
    Text(String),
}

impl Cell {
    pub(super) fn text(text: impl Display) -> Self {
        Self::Text(text.to_string())
    }

    pub(super) fn text_or_empty(text: Option<impl Display>) -> Self {
        text.map_or(Self::Empty, Self::text)
    }

    /// A decimal without idle zeros, so that 1.50 and 1.5 are the same cell.
    pub(super) fn decimal(number: Decimal) -> Self {
        Self::text(number.normalize())
    }

    pub(super) fn decimal_or_empty(number: Option<Decimal>) -> Self {
        number.map_or(Self::Empty, Self::decimal)
    }

    pub(super) fn whole_or_empty(number: Option<i64>) -> Self {
        number.map_or(Self::Empty, Self::Whole)
    }
}

/// Binds cells in order.
pub(super) fn bind(
    mut query: Query<'_, Sqlite, SqliteArguments>,
    cells: impl IntoIterator<Item = Cell>,
) -> Query<'_, Sqlite, SqliteArguments> {
    for cell in cells {
        query = match cell {
            Cell::Empty => query.bind(None::<String>),
            Cell::Whole(number) => query.bind(number),
            Cell::Text(text) => query.bind(text),
        };
    }
    query
}
