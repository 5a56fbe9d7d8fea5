// Which rows of a rated year are shown, in which order, and where a line of a grade falls between
// them. Pure: the table, the counts and the export all take the same.
import type { RatedUnit, Rating, RatingBand } from '../api/wire'
import type { Part, RatingView } from './address'

const isVetoed = (unit: RatedUnit): boolean => unit.reasons.some((reason) => reason.startsWith('veto:'))

/** Whether a unit belongs to a part of the list. */
export function isIn(unit: RatedUnit, part: Part): boolean {
  switch (part) {
    case '':
      return true
    case 't':
      return unit.grade === null
    case 'reason':
      return unit.grade !== null && unit.reasons.length > 0
    case 'veto':
      return isVetoed(unit)
    case 'imputed':
      return unit.imputed.length > 0
    default:
      return unit.grade === part.slice(1)
  }
}

const KEYS: Record<string, (unit: RatedUnit) => number | string | null> = {
  rank: (unit) => unit.rank,
  name: (unit) => unit.name,
  bonus: (unit) => numeric(unit.bonus),
  deduct: (unit) => numeric(unit.deduct),
  total: (unit) => numeric(unit.total),
  grade: (unit) => unit.grade,
}
const numeric = (decimal: string | null | undefined): number | null => (decimal == null ? null : Number(decimal))

/** Units in the order that `o` names; those without the figure last, by code. */
export function inOrder(units: readonly RatedUnit[], o: string): RatedUnit[] {
  const falling = o.startsWith('-')
  const column = falling ? o.slice(1) : o
  const key = KEYS[column] ?? ((unit: RatedUnit) => numeric(unit.sub_scores[column]))
  return units
    .map((unit) => ({ unit, by: key(unit) }))
    .sort((a, b) => {
      const byCode = a.unit.enterprise < b.unit.enterprise ? -1 : 1
      if (a.by === null || b.by === null) return Number(a.by === null) - Number(b.by === null) || byCode
      const compared = typeof a.by === 'number' && typeof b.by === 'number' ? a.by - b.by : String(a.by).localeCompare(String(b.by), 'zh-CN')
      return (falling ? -compared : compared) || byCode
    })
    .map(({ unit }) => unit)
}

export type Row = { kind: 'unit'; unit: RatedUnit } | { kind: 'band'; band: RatingBand; count: number } | { kind: 'outside'; units: number; vetoed: boolean; grades: readonly string[] }

/** The rows of the table under the search `text`. */
export function rowsOf(rating: Rating, view: RatingView, text: string): Row[] {
  const wanted = text.normalize('NFC').trim().toLowerCase()
  const fits = (unit: RatedUnit) => wanted === '' || unit.name.toLowerCase().includes(wanted) || unit.enterprise.toLowerCase().includes(wanted)
  // Where there are no scores the groups are one list.
  const own = rating.units.filter((unit) => (!rating.scores || unit.group === view.group) && isIn(unit, view.part) && fits(unit))
  const units = inOrder(own, rating.scores ? view.o : view.o === 'rank' ? 'grade' : view.o)
  const plain = view.o === 'rank' && view.part === '' && wanted === '' && rating.scores
  if (!plain) return units.map((unit) => ({ kind: 'unit', unit }))
  const bands = rating.bands.filter((band) => band.group === view.group && band.line !== null)
  const count = rating.groups.find((one) => one.group === view.group)?.ranked ?? 0
  const rows: Row[] = []
  const ranked = units.filter((unit) => unit.rank !== null)
  ranked.forEach((unit, index) => {
    rows.push({ kind: 'unit', unit })
    const isLast = unit.rank !== ranked[index + 1]?.rank
    for (const band of bands) if (isLast && band.last_rank === unit.rank && index + 1 < ranked.length) rows.push({ kind: 'band', band, count })
  })
  for (const vetoed of [true, false]) {
    const rest = units.filter((unit) => unit.rank === null && (unit.grade !== null) === vetoed)
    // Which grade an event sets is the scheme's to say.
    const grades = [...new Set(rest.flatMap((unit) => unit.grade ?? []))].sort()
    if (rest.length > 0) rows.push({ kind: 'outside', units: rest.length, vetoed, grades }, ...rest.map((unit): Row => ({ kind: 'unit', unit })))
  }
  return rows
}
