//! Grades, totals, and the figures behind them: which scheme, which value of which account, which
//! baseline, which points, which place.
//!
//! The grade is for everybody; all that is behind it for the enterprise and the bureau (contract.md
//! 6). Of the group an enterprise gets what tells of no other member.

pub(super) mod wire;

use crate::access::Principal;
use crate::http::ratings::{self, Behind, Found};
use crate::http::{Desk, Problem, Purpose};
use crate::jobs::assess::{RATED_CONDUCT, RATED_KIND};
use crate::ledger::figure::{AccountPeriod, Figure, FigureId};
use crate::park::EnterpriseCode;

use super::wire::Source;

/// The kind of grades.
const GRADE: &str = "grade";
/// The unit of grades, as people say 甲等.
const GRADE_UNIT: &str = "等";
/// The kind of totals.
const SCORE: &str = "score";

/// Whether figures of this kind are made by ratings.
pub(super) fn is_rated(kind: &str) -> bool {
    kind == GRADE || kind == SCORE || kind.starts_with(RATED_KIND)
}

/// The source of a grade, a total, or a figure behind them.
pub(super) async fn source(
    desk: &Desk,
    asker: (&Principal, &Purpose),
    id: FigureId,
) -> Result<Source, Problem> {
    let AccountPeriod::Year(year) = id.period else {
        return Err(Problem::not_found());
    };
    let code: EnterpriseCode = id.key.parse().map_err(|_cause| Problem::not_found())?;
    let found = ratings::result(desk, asker, &code, (year, id.revision)).await?;
    if id.kind == GRADE {
        return Ok(of_grade(&id, &found));
    }
    // Behind the grade there is something for those alone who may see it.
    let behind = found.behind.as_ref().ok_or_else(Problem::not_found)?;
    if id.kind == SCORE {
        return Ok(of_score(&id, &found, behind));
    }
    let mut figures = behind.figures.iter();
    let figure = figures.find(|figure| figure.kind == id.kind);
    let figure = figure.ok_or_else(Problem::not_found)?;
    let mut answer = Source::of_rated(&id, &found, figure);
    answer.set_inputs(&figure.inputs, 0);
    take_from(&mut answer, figure);
    Ok(answer)
}

fn of_grade(id: &FigureId, found: &Found) -> Source {
    let mut answer = Source::of_result(id, found, (Some(&found.grade), GRADE_UNIT), GRADE);
    if let Some(behind) = &found.behind {
        let total = FigureId {
            kind: SCORE.to_owned(),
            ..id.clone()
        };
        answer.set_inputs(&[behind.unit.as_input(&total)], 0);
        take_conduct(&mut answer, behind);
    }
    answer.set_rating(wire::Rating::of(found));
    answer
}

fn of_score(id: &FigureId, found: &Found, behind: &Behind) -> Source {
    let value = (behind.unit.total(), ratings::POINTS);
    let mut answer = Source::of_result(id, found, value, "sum");
    answer.set_inputs(&behind.unit.parts(), 0);
    take_conduct(&mut answer, behind);
    answer
}

/// Honours and events stand behind bonus, deduction, veto and caps.
fn take_conduct(answer: &mut Source, behind: &Behind) {
    let mut figures = behind.figures.iter();
    if let Some(conduct) = figures.find(|figure| figure.kind == RATED_CONDUCT) {
        take_from(answer, conduct);
    }
}

fn take_from(answer: &mut Source, figure: &Figure) {
    for input in &figure.inputs {
        if let Some(from) = &input.taken_from {
            answer.add_taken_from(input, from, None);
        }
    }
}
