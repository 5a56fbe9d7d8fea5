//! What a person was appointed to: a role with its scope, as it is granted, dated and ended.
//!
//! A [`Role`] is what somebody is at one moment; an office is one line of how they came to it.

use std::fmt;

use crate::park::{EnterpriseCode, ParkId};

use super::Role;

/// The scope that names every park of the installation.
const ALL: &str = "*";

/// Which parks an operator has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parks {
    /// All of the installation, those too that are registered later.
    All,
    /// This one.
    One(ParkId),
}

/// A role with its scope (contract.md 3, "Principals").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Office {
    /// A clerk of one enterprise.
    Enterprise(EnterpriseCode),
    /// An operator.
    Operator(Parks),
    /// A duty screen.
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

/// No such office.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{role}` of `{scope}` is no office; there are enterprise (of a social credit code), operator (of a park, or * for all), kiosk (of a park), bureau, sys, sec and aud (of nothing)"
)]
pub struct NotAnOffice {
    role: String,
    scope: String,
}

impl Office {
    /// The office that is written as `role` and `scope`; the scope is empty where there is none.
    ///
    /// # Errors
    /// No such role, or a scope that is none of it.
    pub fn read(role: &str, scope: &str) -> Result<Self, NotAnOffice> {
        let refused = || NotAnOffice {
            role: role.to_owned(),
            scope: scope.to_owned(),
        };
        let park = || scope.parse::<ParkId>().map_err(|_not_one| refused());
        match (role, scope) {
            ("enterprise", code) => match code.parse() {
                Ok(code) => Ok(Self::Enterprise(code)),
                Err(_not_a_code) => Err(refused()),
            },
            ("operator", ALL) => Ok(Self::Operator(Parks::All)),
            ("operator", _) => Ok(Self::Operator(Parks::One(park()?))),
            ("kiosk", _) => Ok(Self::Kiosk(park()?)),
            ("bureau", "") => Ok(Self::Bureau),
            ("sys", "") => Ok(Self::AdminSystem),
            ("sec", "") => Ok(Self::AdminSecurity),
            ("aud", "") => Ok(Self::AdminAudit),
            _ => Err(refused()),
        }
    }

    /// The role's name, as in [`Role::as_str`].
    #[must_use]
    pub const fn role(&self) -> &'static str {
        match self {
            Self::Enterprise(_) => "enterprise",
            Self::Operator(_) => "operator",
            Self::Kiosk(_) => "kiosk",
            Self::Bureau => "bureau",
            Self::AdminSystem => "sys",
            Self::AdminSecurity => "sec",
            Self::AdminAudit => "aud",
        }
    }

    /// Of what; empty where there is nothing to name.
    #[must_use]
    pub fn scope(&self) -> &str {
        match self {
            Self::Enterprise(code) => code.as_str(),
            Self::Operator(Parks::All) => ALL,
            Self::Operator(Parks::One(park)) | Self::Kiosk(park) => park.as_str(),
            Self::Bureau | Self::AdminSystem | Self::AdminSecurity | Self::AdminAudit => "",
        }
    }

    /// Whether whoever holds it signs in with a second factor: all but enterprises, who may.
    #[must_use]
    pub const fn demands_second_factor(&self) -> bool {
        !matches!(self, Self::Enterprise(_))
    }

    /// Whether it is one of the three that nobody becomes at another's word alone.
    #[must_use]
    pub const fn is_administrator(&self) -> bool {
        matches!(
            self,
            Self::AdminSystem | Self::AdminSecurity | Self::AdminAudit
        )
    }

    /// Whether one person may hold both at one time: an operator several parks, and nothing else.
    /// So nobody is two of the three administrators, or administrator and anything else.
    #[must_use]
    pub fn goes_with(&self, other: &Self) -> bool {
        self == other || matches!((self, other), (Self::Operator(_), Self::Operator(_)))
    }

    /// What somebody is who holds `offices`, where `parks` are all of the installation; nobody
    /// but the public without any.
    #[must_use]
    pub fn role_of(offices: &[Self], parks: &[ParkId]) -> Role {
        let mut own = Vec::new();
        for office in offices {
            match office {
                Self::Operator(Parks::All) => own.extend(parks.iter().cloned()),
                Self::Operator(Parks::One(park)) => own.push(park.clone()),
                Self::Enterprise(code) => return Role::Enterprise(code.clone()),
                Self::Kiosk(park) => return Role::Kiosk(park.clone()),
                Self::Bureau => return Role::Bureau,
                Self::AdminSystem => return Role::AdminSystem,
                Self::AdminSecurity => return Role::AdminSecurity,
                Self::AdminAudit => return Role::AdminAudit,
            }
        }
        if offices.is_empty() {
            return Role::Public;
        }
        own.sort();
        own.dedup();
        Role::Operator(own)
    }
}

impl fmt::Display for Office {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scope() {
            "" => f.write_str(self.role()),
            scope => write!(f, "{} {scope}", self.role()),
        }
    }
}
