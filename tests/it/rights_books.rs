//! The rows of the table of rights that are about what is stated of an enterprise and about its land.

use crate::rights_people::Row;

/// A year that nobody states and that is not rated.
const STATED: &str =
    r#"{"period":"2020","unit":"万元","figures":[{"indicator":"output_value","value":"1"}]}"#;

#[rustfmt::skip]
pub(crate) const TABLE: &[Row] = &[
    //  pub own oth her els kio bur sys sec aud loc
    ("GET /api/v1/statements/{enterprise}", "own enterprise", "/api/v1/statements/{own}?year={year}", "", "n Y n Y n Y Y n n n Y"),
    ("GET /api/v1/statements/{enterprise}", "other enterprise", "/api/v1/statements/{other}?year={year}", "", "n n Y Y n Y Y n n n Y"),
    ("GET /api/v1/statements/{enterprise}", "foreign enterprise", "/api/v1/statements/{foreign}?year={year}", "", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/statements/{enterprise}", "absent enterprise", "/api/v1/statements/{absent}?year={year}", "", "n n n n n n n n n n n"),
    ("GET /api/v1/statements/{enterprise}", "malformed enterprise", "/api/v1/statements/x?year={year}", "", "n n n n n n n n n n n"),
    ("GET /api/v1/statements/{enterprise}/table.csv", "own enterprise", "/api/v1/statements/{own}/table.csv?year={year}", "", "n Y n Y n n Y n n n Y"),
    ("GET /api/v1/statements/{enterprise}/table.csv", "other enterprise", "/api/v1/statements/{other}/table.csv?year={year}", "", "n n Y Y n n Y n n n Y"),
    ("GET /api/v1/statements/{enterprise}/table.csv", "foreign enterprise", "/api/v1/statements/{foreign}/table.csv?year={year}", "", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/statements/{enterprise}/table.csv", "absent enterprise", "/api/v1/statements/{absent}/table.csv?year={year}", "", "n n n n n n n n n n n"),
    ("GET /api/v1/statements/{enterprise}/table.csv", "malformed enterprise", "/api/v1/statements/x/table.csv?year={year}", "", "n n n n n n n n n n n"),
    ("GET /api/v1/statements/{enterprise}/table.xlsx", "own enterprise", "/api/v1/statements/{own}/table.xlsx?year={year}", "", "n Y n Y n n Y n n n Y"),
    ("GET /api/v1/statements/{enterprise}/table.xlsx", "other enterprise", "/api/v1/statements/{other}/table.xlsx?year={year}", "", "n n Y Y n n Y n n n Y"),
    ("GET /api/v1/statements/{enterprise}/table.xlsx", "foreign enterprise", "/api/v1/statements/{foreign}/table.xlsx?year={year}", "", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/statements/{enterprise}/table.xlsx", "absent enterprise", "/api/v1/statements/{absent}/table.xlsx?year={year}", "", "n n n n n n n n n n n"),
    ("GET /api/v1/statements/{enterprise}/table.xlsx", "malformed enterprise", "/api/v1/statements/x/table.xlsx?year={year}", "", "n n n n n n n n n n n"),
    ("GET /api/v1/land/{enterprise}", "own enterprise", "/api/v1/land/{own}?year={year}", "", "n Y n Y n Y Y n n n Y"),
    ("GET /api/v1/land/{enterprise}", "other enterprise", "/api/v1/land/{other}?year={year}", "", "n n Y Y n Y Y n n n Y"),
    ("GET /api/v1/land/{enterprise}", "foreign enterprise", "/api/v1/land/{foreign}?year={year}", "", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/land/{enterprise}", "absent enterprise", "/api/v1/land/{absent}?year={year}", "", "n n n n n n n n n n n"),
    ("GET /api/v1/land/{enterprise}", "malformed enterprise", "/api/v1/land/x?year={year}", "", "n n n n n n n n n n n"),
    ("GET /api/v1/land/{enterprise}/table.csv", "own enterprise", "/api/v1/land/{own}/table.csv?year={year}", "", "n Y n Y n n Y n n n Y"),
    ("GET /api/v1/land/{enterprise}/table.csv", "other enterprise", "/api/v1/land/{other}/table.csv?year={year}", "", "n n Y Y n n Y n n n Y"),
    ("GET /api/v1/land/{enterprise}/table.csv", "foreign enterprise", "/api/v1/land/{foreign}/table.csv?year={year}", "", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/land/{enterprise}/table.csv", "absent enterprise", "/api/v1/land/{absent}/table.csv?year={year}", "", "n n n n n n n n n n n"),
    ("GET /api/v1/land/{enterprise}/table.csv", "malformed enterprise", "/api/v1/land/x/table.csv?year={year}", "", "n n n n n n n n n n n"),
    ("GET /api/v1/land/{enterprise}/table.xlsx", "own enterprise", "/api/v1/land/{own}/table.xlsx?year={year}", "", "n Y n Y n n Y n n n Y"),
    ("GET /api/v1/land/{enterprise}/table.xlsx", "other enterprise", "/api/v1/land/{other}/table.xlsx?year={year}", "", "n n Y Y n n Y n n n Y"),
    ("GET /api/v1/land/{enterprise}/table.xlsx", "foreign enterprise", "/api/v1/land/{foreign}/table.xlsx?year={year}", "", "n n n n Y n Y n n n Y"),
    ("GET /api/v1/land/{enterprise}/table.xlsx", "absent enterprise", "/api/v1/land/{absent}/table.xlsx?year={year}", "", "n n n n n n n n n n n"),
    ("GET /api/v1/land/{enterprise}/table.xlsx", "malformed enterprise", "/api/v1/land/x/table.xlsx?year={year}", "", "n n n n n n n n n n n"),
    ("POST /api/v1/statements/{enterprise}", "own enterprise", "/api/v1/statements/{own}", STATED, "n Y n n n n n n n n n"),
    ("POST /api/v1/statements/{enterprise}", "other enterprise", "/api/v1/statements/{other}", STATED, "n n Y n n n n n n n n"),
    ("POST /api/v1/statements/{enterprise}", "foreign enterprise", "/api/v1/statements/{foreign}", STATED, "n n n n n n n n n n n"),
    ("POST /api/v1/statements/{enterprise}", "absent enterprise", "/api/v1/statements/{absent}", STATED, "n n n n n n n n n n n"),
    ("POST /api/v1/statements/{enterprise}", "malformed enterprise", "/api/v1/statements/x", STATED, "n n n n n n n n n n n"),
];
