//! Who asks.

use crate::park::{EnterpriseCode, ParkId};

use super::rights::{Action, Matter, Object, may};

/// What somebody is (contract.md 3, "Principals").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Anybody.
    Public,
    /// A clerk of one enterprise.
    Enterprise(EnterpriseCode),
    /// An operator of these parks.
    Operator(Vec<ParkId>),
    /// A duty screen of one park: an operator that may only read.
    Kiosk(ParkId),
    /// The bureau.
    Bureau,
    /// Configuration and backup.
    AdminSystem,
    /// Users and keys.
    AdminSecurity,
    /// Reads the log.
    AdminAudit,
    /// Whoever may open the data directory on this machine, through the command line: nothing in
    /// it can be kept from them, so everything is allowed and written to the log.
    Machine,
}

impl Role {
    /// The role's name in the audit log.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Enterprise(_) => "enterprise",
            Self::Operator(_) => "operator",
            Self::Kiosk(_) => "kiosk",
            Self::Bureau => "bureau",
            Self::AdminSystem => "sys",
            Self::AdminSecurity => "sec",
            Self::AdminAudit => "aud",
            Self::Machine => "machine",
        }
    }
}

/// Somebody who asks, named for the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The account, or the name of the local operating system door (`local`).
    pub name: String,
    /// What they are.
    pub role: Role,
}

impl Principal {
    /// Whoever sits at the machine and may open the data directory (contract.md 5).
    #[must_use]
    pub fn local() -> Self {
        Self {
            name: "local".to_owned(),
            role: Role::Machine,
        }
    }

    /// Whether raw series and meters of `enterprise` in `park` may be read (contract.md 6, row 1).
    #[must_use]
    pub fn may_read_series(&self, enterprise: &EnterpriseCode, park: &ParkId) -> bool {
        let object = Object {
            matter: Matter::Series,
            enterprise: Some(enterprise),
            park: Some(park),
        };
        may(self, Action::Read, &object).is_allowed()
    }
}
