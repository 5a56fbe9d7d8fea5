//! A principal and an object in; what may be seen or done out (contract.md 6).
//!
//! Knows no session and no password: who asks was settled before. What somebody may not see
//! answers exactly as what does not exist.

mod account_name;
mod detail;
mod disclosure;
mod office;
pub mod password;
mod principal;
mod rights;
mod suppression;
pub mod totp;

pub use account_name::{AccountName, NotAnAccountName};
pub use detail::{Detail, detail, most_detail};
pub use disclosure::may_disclose;
pub use office::{NotAnOffice, Office, Parks};
pub use principal::{Principal, Role};
pub use rights::{
    Action, COLUMNS as RIGHTS_COLUMNS, Decision, Matter, Object, Scope, may, scope,
    table as rights_table,
};
pub use suppression::{may_disclose_beside, may_disclose_to_members, may_disclose_total};
