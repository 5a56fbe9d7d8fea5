//! Who asks.

use crate::park::{EnterpriseCode, ParkId};

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
    /// Whether raw series and meters of `enterprise` in `park` may be read (contract.md 6, row 1).
    #[must_use]
    pub fn may_read_series(&self, enterprise: &EnterpriseCode, park: &ParkId) -> bool {
        match &self.role {
            Role::Enterprise(own) => own == enterprise,
            Role::Operator(parks) => parks.contains(park),
            Role::Kiosk(own) => own == park,
            Role::Bureau => true,
            Role::Public | Role::AdminSystem | Role::AdminSecurity | Role::AdminAudit => false,
        }
    }
}
