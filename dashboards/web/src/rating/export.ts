// The list as it is shown, as a CSV file: same rows, same order, same digits. A cell that a
// spreadsheet would calculate is made harmless (contract.md 7, "Names").
import type { RatedUnit, Rating } from '../api/wire'

const harmless = (text: string): string => (/^[=+@\t\r]|^-(?!\d)/.test(text) ? `'${text}` : text)
const quoted = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text)

/** The text of the file. */
export function csvOf(rating: Rating, units: readonly RatedUnit[]): string {
  const terms = rating.scores ? [...new Set(rating.groups.flatMap((group) => group.terms.map((term) => term.code)))] : []
  const head = rating.scores
    ? ['rank', 'enterprise', 'name', 'park', 'group', ...terms, 'imputed', 'bonus', 'deduct', 'total', 'base_grade', 'grade', 'reasons']
    : ['enterprise', 'name', 'park', 'group', 'grade']
  const rows = units.map((unit) => {
    const place = [unit.enterprise, unit.name, unit.park ?? '', unit.group]
    if (!rating.scores) return [...place, unit.grade ?? 'T']
    const scores = terms.map((code) => unit.sub_scores[code] ?? '')
    return [unit.rank ?? '', ...place, ...scores, unit.imputed.join(' '), unit.bonus ?? '', unit.deduct ?? '', unit.total ?? '', unit.base_grade ?? '', unit.grade ?? 'T', unit.reasons.join(' ')]
  })
  const foot = [[], ['year', rating.year, 'scheme', rating.scheme.id, 'revision', String(rating.revision ?? ''), 'as_of', rating.as_of, 'digest', rating.digest ?? '']]
  const lines = [head, ...rows, ...foot].map((row) => row.map((cell) => quoted(harmless(String(cell)))).join(','))
  return `\ufeff${lines.join('\r\n')}\r\n`
}

/** Hands the file to the browser. */
export function saveCsv(rating: Rating, units: readonly RatedUnit[], year: string): void {
  const address = URL.createObjectURL(new Blob([csvOf(rating, units)], { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = address
  link.download = `rating-${year}.csv`
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 1000)
}
