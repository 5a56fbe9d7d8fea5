//! The table of contract.md 6 as data, and the two questions asked of it: may this one do this to
//! that (`may`), and which rows may a query find for this one (`scope`).

use crate::park::{EnterpriseCode, ParkId};

use super::{Principal, Role};

/// What is looked at or changed: the rows of contract.md 6 whose objects exist. Proposals are no row
/// there: they are how "three, no one holding two of them" (contract.md 3) is kept up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matter {
    /// Meters and raw series.
    Series,
    /// Output and sales as stated.
    Output,
    /// Tax as stated.
    Tax,
    /// Safety alarms and hazards.
    Safety,
    /// Parks, areas, enterprises, parcels with who holds how much of them.
    Land,
    /// Outlines of parcels alone.
    Outline,
    /// One enterprise's cell of a heat map.
    HeatCell,
    /// A park's totals. The object's enterprise, if any, is one that stands in that park.
    ParkTotals,
    /// The grade of a rated year, from its notice (公示).
    Grade,
    /// Files that are handed over, taken in: what departments state, honours and events, and the lists of
    /// meters, of exchanged registers and of readings that suppliers keep. Screens.md 2 and 9.2 give
    /// that to the bureau's clerk; what is in them is read as [`Matter::Series`], [`Matter::Output`], [`Matter::Tax`] and
    /// [`Matter::Score`] say.
    DepartmentFile,
    /// Scores and reasons of a rated year, from its notice (公示).
    Score,
    /// What the enterprise says of its closed ledger (核对): its own decision, which contract.md 6 has
    /// no row of and screens.md 2 and 7.3 give to its clerk; who may look at its meters may read it.
    LedgerCheck,
    /// What lies in quarantine, taken in after a repair: screens.md 7.2 and 12 let the enterprise and
    /// the park do that; who may look at it is a matter of [`Matter::Series`].
    Aside,
    /// What somebody is told, and whether they read it: each for their own part (the rows that a
    /// notification is of decide what that is; contract.md 6 has no row of this).
    Notification,
    /// Users.
    Users,
    /// Who works for the same: names and offices alone ("own staff list", "own staff").
    Staff,
    /// What one administrator asks for and another is to confirm.
    Proposal,
    /// Gateways and their credentials.
    Keys,
    /// Configuration and backup, and whether the platform is sound; the auditor reads the log of it,
    /// which is [`Matter::Log`].
    Config,
    /// The audit log.
    Log,
    /// What one's own staff did, as the log has it; of an enterprise, what one did oneself.
    StaffLog,
}

impl Matter {
    /// Its name for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Series => "series",
            Self::Output => "output",
            Self::Tax => "tax",
            Self::Safety => "safety",
            Self::Land => "land",
            Self::Outline => "outline",
            Self::HeatCell => "heat_cell",
            Self::ParkTotals => "park_totals",
            Self::Grade => "grade",
            Self::DepartmentFile => "department_file",
            Self::Score => "score",
            Self::LedgerCheck => "ledger_check",
            Self::Aside => "aside",
            Self::Notification => "notification",
            Self::Users => "users",
            Self::Staff => "staff",
            Self::Proposal => "proposal",
            Self::Keys => "keys",
            Self::Config => "config",
            Self::Log => "log",
            Self::StaffLog => "staff_log",
        }
    }
}

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Look at it.
    Read,
    /// Take it away as a file: whoever may look at it, but for a duty screen (contract.md 6, `kiosk`).
    Export,
    /// Change it, or handle it where it is an alarm.
    Write,
}

impl Action {
    /// Its name for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Export => "export",
            Self::Write => "write",
        }
    }
}

/// One thing, with whose it is and where it stands as far as that is known.
#[derive(Clone, Copy, Debug)]
pub struct Object<'a> {
    /// What kind of thing.
    pub matter: Matter,
    /// Whose.
    pub enterprise: Option<&'a EnterpriseCode>,
    /// In which park.
    pub park: Option<&'a ParkId>,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Go on.
    Allowed,
    /// Go on, and write who, what and why to the audit log.
    AllowedLogged,
    /// Answer as if it did not exist.
    NotThere,
}

impl Decision {
    /// Whether it may be done.
    #[must_use]
    pub const fn is_allowed(self) -> bool {
        !matches!(self, Self::NotThere)
    }
}

/// Which rows a query may find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// None.
    Nothing,
    /// Those of one enterprise.
    Enterprise(EnterpriseCode),
    /// Those in these parks.
    Parks(Vec<ParkId>),
    /// All.
    Everything,
}

impl Scope {
    /// Whether `object` is among them.
    #[must_use]
    pub fn holds(&self, object: &Object<'_>) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::Enterprise(own) => object.enterprise == Some(own),
            Self::Parks(parks) => object.park.is_some_and(|park| parks.contains(park)),
        }
    }
}

/// How much a cell of the table grants.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grant {
    None,
    Read,
    /// Read, and the reading is logged with its purpose.
    Logged,
    Write,
}

impl Grant {
    const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read => "read",
            Self::Logged => "logged",
            Self::Write => "write",
        }
    }

    const fn covers(self, action: Action) -> bool {
        match action {
            Action::Read | Action::Export => !matches!(self, Self::None),
            Action::Write => matches!(self, Self::Write),
        }
    }
}

/// One row: own enterprise; other enterprise and public; operator in the own park; operator in
/// another park; bureau; sys; sec; aud. The columns of contract.md 6, in its order.
struct Row {
    matter: Matter,
    own: Grant,
    stranger: Grant,
    operator_here: Grant,
    operator_elsewhere: Grant,
    bureau: Grant,
    sys: Grant,
    sec: Grant,
    aud: Grant,
}

const fn row(matter: Matter, cells: [Grant; 8]) -> Row {
    let [
        own,
        stranger,
        operator_here,
        operator_elsewhere,
        bureau,
        sys,
        sec,
        aud,
    ] = cells;
    Row {
        matter,
        own,
        stranger,
        operator_here,
        operator_elsewhere,
        bureau,
        sys,
        sec,
        aud,
    }
}

const N: Grant = Grant::None;
const R: Grant = Grant::Read;
const L: Grant = Grant::Logged;
const W: Grant = Grant::Write;

#[rustfmt::skip]
const TABLE: &[Row] = &[
    //                        own str here else bur sys sec aud
    row(Matter::Series,     [ R,  N,  R,   N,   R,  N,  N,  N]),
    row(Matter::Output,     [ W,  N,  N,   N,   R,  N,  N,  N]),
    row(Matter::Tax,        [ R,  N,  N,   N,   L,  N,  N,  N]),
    row(Matter::Safety,     [ R,  N,  W,   N,   R,  N,  N,  N]),
    row(Matter::Land,       [ R,  N,  R,   N,   W,  N,  N,  N]),
    row(Matter::Outline,    [ R,  R,  R,   R,   W,  N,  N,  N]),
    row(Matter::HeatCell,   [ R,  N,  R,   N,   R,  N,  N,  N]),
    row(Matter::ParkTotals, [ R,  N,  R,   R,   R,  N,  N,  N]),
    row(Matter::Grade,      [ R,  R,  R,   R,   R,  N,  N,  N]),
    row(Matter::Score,      [ R,  N,  N,   N,   R,  N,  N,  N]),
    row(Matter::DepartmentFile, [N, N, N,  N,   W,  N,  N,  N]),
    row(Matter::LedgerCheck, [W, N,  R,   N,   R,  N,  N,  N]),
    row(Matter::Aside,      [ W,  N,  W,   N,   N,  N,  N,  N]),
    row(Matter::Notification,     [ W,  N,  W,   N,   W,  W,  W,  W]),
    row(Matter::Users,      [ N,  N,  N,   N,   N,  N,  W,  N]),
    row(Matter::Staff,      [ N,  N,  R,   N,   R,  N,  N,  N]),
    row(Matter::Proposal,   [ N,  N,  N,   N,   N,  W,  W,  W]),
    row(Matter::Keys,       [ W,  N,  N,   N,   N,  N,  W,  N]),
    row(Matter::Config,     [ N,  N,  N,   N,   N,  W,  N,  N]),
    row(Matter::Log,        [ N,  N,  N,   N,   N,  N,  N,  R]),
    row(Matter::StaffLog,   [ R,  N,  R,   N,   R,  N,  N,  R]),
];

/// Who a column of the table is of, in its order.
pub const COLUMNS: [&str; 8] = [
    "own_enterprise",
    "stranger",
    "operator_here",
    "operator_elsewhere",
    "bureau",
    "sys",
    "sec",
    "aud",
];

/// The table for people to look at: of each matter what each of [`COLUMNS`] may do with it: `none`,
/// `read`, `logged` (read, and that is written down) or `write`.
pub fn table() -> impl Iterator<Item = (Matter, [&'static str; 8])> {
    TABLE.iter().map(|row| {
        let cells = [
            row.own,
            row.stranger,
            row.operator_here,
            row.operator_elsewhere,
            row.bureau,
            row.sys,
            row.sec,
            row.aud,
        ];
        (row.matter, cells.map(Grant::as_str))
    })
}

/// The widest scope that is granted both near (own rows) and far (everybody's).
fn reach(action: Action, near: Grant, far: Grant, own: Scope) -> Scope {
    if far.covers(action) {
        Scope::Everything
    } else if near.covers(action) {
        own
    } else {
        Scope::Nothing
    }
}

fn all_or_nothing(action: Action, grant: Grant) -> Scope {
    reach(action, grant, grant, Scope::Nothing)
}

/// Which rows of `matter` a query may find or change for `principal`.
#[must_use]
pub fn scope(principal: &Principal, action: Action, matter: Matter) -> Scope {
    if principal.role == Role::Machine {
        return Scope::Everything;
    }
    let Some(row) = TABLE.iter().find(|row| row.matter == matter) else {
        return Scope::Nothing;
    };
    match &principal.role {
        Role::Public => all_or_nothing(action, row.stranger),
        Role::Enterprise(code) => reach(
            action,
            row.own,
            row.stranger,
            Scope::Enterprise(code.clone()),
        ),
        Role::Operator(parks) => {
            let own = Scope::Parks(parks.clone());
            reach(action, row.operator_here, row.operator_elsewhere, own)
        }
        Role::Kiosk(_) if action != Action::Read => Scope::Nothing,
        Role::Kiosk(park) => {
            let own = Scope::Parks(vec![park.clone()]);
            reach(action, row.operator_here, row.operator_elsewhere, own)
        }
        Role::Bureau => all_or_nothing(action, row.bureau),
        Role::AdminSystem => all_or_nothing(action, row.sys),
        Role::AdminSecurity => all_or_nothing(action, row.sec),
        Role::AdminAudit => all_or_nothing(action, row.aud),
        Role::Machine => Scope::Everything,
    }
}

/// Whether `principal` may do `action` to `object` (contract.md 6).
#[must_use]
pub fn may(principal: &Principal, action: Action, object: &Object<'_>) -> Decision {
    if !scope(principal, action, object.matter).holds(object) {
        return Decision::NotThere;
    }
    let logged = principal.role == Role::Machine
        || principal.role == Role::Bureau
            && TABLE
                .iter()
                .any(|row| row.matter == object.matter && row.bureau == Grant::Logged);
    if logged {
        Decision::AllowedLogged
    } else {
        Decision::Allowed
    }
}
