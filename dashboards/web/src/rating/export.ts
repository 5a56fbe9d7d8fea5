// The list as it is shown, as a CSV file: same rows, same order, same digits.
import type { RatedUnit, Rating } from '../api/wire'
import { csvText, saveText, type Cell } from '../frame/csv'

/** The text of the file. */
export function csvOf(rating: Rating, units: readonly RatedUnit[]): string {
  const terms = rating.scores ? [...new Set(rating.groups.flatMap((group) => group.terms.map((term) => term.code)))] : []
  const head = rating.scores
    ? ['rank', 'enterprise', 'name', 'park', 'group', ...terms, 'imputed', 'bonus', 'deduct', 'total', 'base_grade', 'grade', 'reasons']
    : ['enterprise', 'name', 'park', 'group', 'grade']
  const rows = units.map((unit): Cell[] => {
    const place = [unit.enterprise, unit.name, unit.park, unit.group]
    if (!rating.scores) return [...place, unit.grade ?? 'T']
    const scores = terms.map((code) => unit.sub_scores[code])
    return [unit.rank, ...place, ...scores, unit.imputed.join(' '), unit.bonus, unit.deduct, unit.total, unit.base_grade, unit.grade ?? 'T', unit.reasons.join(' ')]
  })
  const foot = ['year', rating.year, 'scheme', rating.scheme.id, 'revision', rating.revision, 'as_of', rating.as_of, 'digest', rating.digest]
  return csvText([head, ...rows, [], foot])
}

/** Hands the file to the browser. */
export const saveCsv = (rating: Rating, units: readonly RatedUnit[], year: string): void => saveText(`rating-${year}.csv`, csvOf(rating, units))
