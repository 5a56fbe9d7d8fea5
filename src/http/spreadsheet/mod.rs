//! Tables for spreadsheets: as CSV, UTF-8 with a BOM and no cell that one would calculate; as a workbook.

mod archive;
mod workbook;

use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::{Problem, Trouble};

pub(super) use workbook::{Cell, Sheet, workbook};

/// The answer that holds `head` and `rows`.
///
/// # Errors
/// 500 if it cannot be written; the log says why.
pub(super) fn answer<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Result<Response, Problem> {
    let written = write(head, rows).map_err(|cause| {
        tracing::error!(%cause, "pages: a table could not be written");
        Problem::new(Trouble::Internal, "the table could not be written")
    })?;
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], written).into_response())
}

/// The answer that holds a workbook of these sheets.
///
/// # Errors
/// 500 if it is larger than a workbook can be.
pub(super) fn workbook_answer(sheets: &[Sheet]) -> Result<Response, Problem> {
    let bytes = workbook(sheets).ok_or_else(|| {
        Problem::new(
            Trouble::Internal,
            "the table is too large for a workbook; take the CSV",
        )
    })?;
    Ok(([(header::CONTENT_TYPE, workbook::MEDIA_TYPE)], bytes).into_response())
}

/// The CSV file that holds `head` and `rows`.
pub(super) fn write<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(head)?;
    for row in rows {
        writer.write_record(row)?;
    }
    writer
        .into_inner()
        .map_err(|cause| cause.into_error().into())
}

/// A text that no spreadsheet takes for a formula (contract.md 7, "Names").
pub(super) fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        return format!("'{text}");
    }
    text.to_owned()
}
