//! Files of honours and events. A code that no scheme knows is refused: misspelt, it would count for
//! nothing in silence.

use std::collections::BTreeSet;

use crate::calendar::Day;
use crate::park::{Conduct, ConductCode, ConductKind, NotAConductCode, Validity};
use crate::rating::scheme::{read_scheme, shipped};
use crate::text::{Said, said};

use super::Rows;
use super::cells::{Cells, Told, each};
use super::fault::Faults;
use super::given::Open;
use super::kind::Kind;
use super::refusal::Refusal;

pub(super) fn conduct(file: &mut Open<'_>) -> Result<Rows<Conduct>, Faults> {
    let codes = Codes::of_schemes();
    each(Kind::Conduct, file, |cells| {
        let (enterprise, kind) = (cells.needed("enterprise"), cells.needed("kind"));
        let known = kind.as_ref().ok().copied();
        let code = cells.needed_by("code", |text| codes.known(text, known));
        let (document, source) = (cells.maybe("document"), cells.needed("source"));
        let validity = validity(cells, known);
        Ok(Conduct {
            enterprise: enterprise?,
            kind: kind?,
            code: code?,
            document: document?,
            source: source?,
            validity: validity?,
        })
    })
}

/// An event holds for its day, an honour until it is said to end.
fn validity(cells: &mut Cells<'_>, kind: Option<ConductKind>) -> Result<Validity, Told> {
    if kind != Some(ConductKind::Event) {
        return cells.validity();
    }
    let day: Result<Day, Told> = cells.needed("valid_from");
    if !cells.text("valid_to").is_empty() {
        return Err(cells.fault("valid_to", said!("import_fault.not_of_event")));
    }
    let day = day?;
    Validity::new(day.start(), Some(day.next().start())).ok_or(Told)
}

/// What the schemes of the installation know.
struct Codes {
    honours: BTreeSet<String>,
    events: BTreeSet<String>,
}

impl Codes {
    fn of_schemes() -> Self {
        let mut codes = Self {
            honours: BTreeSet::new(),
            events: BTreeSet::new(),
        };
        let schemes = shipped().iter();
        for scheme in schemes.filter_map(|(name, text)| read_scheme(name, text).ok()) {
            codes
                .honours
                .extend(scheme.bonus.into_iter().map(|one| one.0));
            codes
                .events
                .extend(scheme.deduct.into_iter().map(|one| one.0));
            let graded = scheme.veto.into_iter().chain(scheme.cap_events);
            codes.events.extend(graded.map(|one| one.0));
        }
        codes
    }

    fn known(&self, text: &str, kind: Option<ConductKind>) -> Result<ConductCode, Said> {
        let code: ConductCode = text
            .parse()
            .map_err(|cause: NotAConductCode| cause.said())?;
        let known = match kind {
            Some(ConductKind::Honour) => &self.honours,
            Some(ConductKind::Event) => &self.events,
            None => return Ok(code),
        };
        if known.contains(text) {
            return Ok(code);
        }
        let all: Vec<&str> = known.iter().map(String::as_str).collect();
        let all = all.join(", ");
        Err(said!("import_fault.code_unknown", text = text, codes = all))
    }
}
