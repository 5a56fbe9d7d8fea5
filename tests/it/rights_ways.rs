//! The other ways of coming to the door, each held against the same table of rights: an enterprise of
//! another park, an operator of two parks, a session that ended or waits for its second step,
//! programs with tokens that may read or write, a token that was revoked, a gateway's token.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::json;

use parkpulse::http::{Right, Verb, operations};

use crate::rights_asked::{Comer, Ground};
use crate::rights_table::{Cells, ROLES, rows};
use crate::stage::{PASSWORD, cookie_of};

/// What a gateway may ask for with its token.
pub(crate) const GATEWAY_ONLY: &str = "POST /api/v1/readings";
/// What everybody may ask for and that says who asked.
const WHO_AM_I: &str = "GET /api/v1/me";

/// How a way's letters follow from the table's.
pub(crate) enum Way {
    /// Nobody in particular: as the public.
    Nobody,
    /// Somebody who is not in yet: as the public, and no second factor of theirs is there to change.
    Half,
    /// An enterprise of the other park: what is its own is foreign to `own`, and the other way round.
    Far,
    /// An operator of both parks: whatever one of either may.
    Both,
    /// A program of a role that may read: what the role may read; what changes anything is refused,
    /// and what is for a browser alone is not there.
    Reads(&'static str),
    /// A program of a role that may write.
    Writes(&'static str),
    /// A token that is none for people.
    Stranger { is_gateway: bool },
}

fn column(cell: &Cells, role: &str) -> &'static str {
    let place = ROLES.iter().position(|one| *one == role).unwrap();
    cell.letters.split(' ').nth(place).unwrap()
}

/// The right that an operation names.
fn right_of(name: &str) -> Right {
    static RIGHTS: OnceLock<BTreeMap<String, Right>> = OnceLock::new();
    let rights = RIGHTS.get_or_init(|| {
        let all = operations().into_iter().map(|one| {
            let verb = if one.verb == Verb::Get { "GET" } else { "POST" };
            (format!("{verb} {}", one.path), one.right)
        });
        all.collect()
    });
    rights[name]
}

/// The row that asks for what is to `own` as this row's object is to an enterprise of another park.
fn seen_from_there(cell: &Cells) -> Option<Cells> {
    let turned = |text: &str| {
        let turned = text
            .replace("{own", "{another")
            .replace("{other", "{another")
            .replace("{foreign", "{own")
            .replace("{another", "{foreign")
            .replace("{here}", "{HERE}")
            .replace("{there}", "{here}");
        turned.replace("{HERE}", "{there}")
    };
    let (address, body) = (turned(cell.address), turned(cell.body));
    rows().find(|one| one.name == cell.name && one.address == address && one.body == body)
}

impl Way {
    /// Whether it asks a cell. Requests of nobody that change something and lead nowhere are counted
    /// by network: those with a token that was revoked stand for those with a gateway's.
    pub(crate) fn asks(&self, cell: &Cells) -> bool {
        let changes = !cell.name.starts_with("GET");
        match self {
            Self::Stranger { is_gateway: true } => !changes || cell.name == GATEWAY_ONLY,
            // Nobody of them gets as far as the object: that of the first row stands for all.
            Self::Stranger { is_gateway: false } => {
                !changes || cell.object == "-" || cell.object.starts_with("own")
            }
            _ => true,
        }
    }

    /// What this way gets where the table has the letters of `cell`.
    pub(crate) fn letter(&self, cell: &Cells) -> &'static str {
        let public = column(cell, "public");
        let letter = match self {
            Self::Half if cell.name.starts_with("POST /api/v1/me/factor") => "n",
            Self::Nobody | Self::Half => public,
            Self::Far if cell.object.starts_with("deleted") && cell.address.contains("{own") => "n",
            // What nobody of an enterprise may do with anybody's has no twin.
            Self::Far => {
                let row = seen_from_there(cell);
                column(row.as_ref().unwrap_or(cell), "own")
            }
            Self::Both => match (column(cell, "here"), column(cell, "elsewhere")) {
                ("n", other) | (other, "n") => other,
                ("Y", _) | (_, "Y") => "Y",
                (same, _) => same,
            },
            Self::Reads(role) => match right_of(cell.name) {
                Right::Own => public,
                Right::Row(..) if cell.name.starts_with("POST") => "t",
                _ => column(cell, role),
            },
            Self::Writes(role) => match right_of(cell.name) {
                Right::Own => public,
                _ => column(cell, role),
            },
            Self::Stranger { is_gateway } => match right_of(cell.name) {
                Right::Row(..) => "u",
                Right::Gateway if *is_gateway && cell.name == GATEWAY_ONLY => "q",
                _ if cell.name == WHO_AM_I => "u",
                _ => public,
            },
        };
        // Somebody of the table decided before; and whoever gives keys revoked those gateways.
        let is_over = match cell.name {
            "POST /api/v1/conflicts/decide" => true,
            "POST /api/v1/credentials/{gateway}/rotate"
            | "POST /api/v1/credentials/{gateway}/test" => matches!(self, Self::Far),
            _ => false,
        };
        if is_over && letter == "Y" {
            "x"
        } else {
            letter
        }
    }
}

/// Everybody who comes in one of these ways.
pub(crate) fn all(ground: &Ground<'_>) -> Vec<(Comer, Way)> {
    let comer = |who, role, header: String| Comer {
        who,
        role,
        header: Some(header),
    };
    let cookie = |role| ground.cast.cookie(role).to_owned();
    let mut all = vec![
        (comer("far", "far", cookie("far")), Way::Far),
        (comer("both parks", "both", cookie("both")), Way::Both),
        (comer("signed out", "public", ended(ground)), Way::Nobody),
        (comer("half in", "public", half(ground)), Way::Half),
    ];
    for (who, role) in [("reads for own", "own"), ("reads for sec", "sec")] {
        let token = token(ground, role, "read").0;
        all.push((comer(who, role, token), Way::Reads(role)));
    }
    let writes = token(ground, "here", "write").0;
    all.push((
        comer("writes for here", "here", writes),
        Way::Writes("here"),
    ));
    let (revoked, number) = token(ground, "bureau", "read");
    let path = format!("/api/v1/me/tokens/{number}/revoke");
    let server = &ground.city.server;
    let answer = server.post(&path, ground.cast.cookie("bureau"), &json!({}));
    assert_eq!(answer.status, 204, "{}", answer.text());
    let revoked = comer("a revoked token", "public", revoked);
    all.push((revoked, Way::Stranger { is_gateway: false }));
    let gateway = ground.things.bearer.clone();
    let gateway = comer("a gateway", "public", gateway);
    all.push((gateway, Way::Stranger { is_gateway: true }));
    all
}

/// A new token of somebody of `role`, as a header, and its number.
fn token(ground: &Ground<'_>, role: &str, scope: &str) -> (String, i64) {
    let body = json!({"label": "x", "scope": scope, "days": 1, "password": PASSWORD});
    let server = &ground.city.server;
    let answer = server.post("/api/v1/me/tokens", ground.cast.cookie(role), &body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = answer.json();
    let header = format!(
        "Authorization: Bearer {}",
        answer["token"].as_str().unwrap()
    );
    (header, answer["number"].as_i64().unwrap())
}

/// The cookie of a session of the bureau that was signed out.
fn ended(ground: &Ground<'_>) -> String {
    let mut person = ground.city.stage.person("signed.out", "bureau", "");
    let server = &ground.city.server;
    server.sign_in(&mut person);
    let seen = server.get_as("/api/v1/map", &[&person.cookie]);
    assert_eq!(seen.status, 200, "{}", seen.text());
    let gone = server.post("/api/v1/sign-out", &person.cookie, &json!({}));
    assert_eq!(gone.status, 204, "{}", gone.text());
    person.cookie
}

/// The cookie of somebody of the bureau whose password was right and who has shown nothing more.
fn half(ground: &Ground<'_>) -> String {
    let mut person = ground.city.stage.person("half.in", "bureau", "");
    let server = &ground.city.server;
    server.sign_in(&mut person);
    let answer = server.try_password(&person.account, &person.password);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["next"], "code");
    cookie_of(&answer)
}

/// A row that has no twin would be asked as if it were one's own: only what no enterprise may do has none.
#[test]
fn what_is_foreign_to_one_park_is_held_against_the_other() {
    for cell in rows() {
        let names = |word: &str| cell.address.contains(word) || cell.body.contains(word);
        let is_somebodys = ["{own", "{other", "{foreign", "{here}", "{there}"]
            .into_iter()
            .any(names);
        let is_gone = cell.object.starts_with("deleted");
        if is_somebodys && !is_gone && seen_from_there(&cell).is_none() {
            let letter = column(&cell, "own");
            assert_eq!(
                letter, "n",
                "no row is the twin of {} {}",
                cell.address, cell.body
            );
        }
    }
}
