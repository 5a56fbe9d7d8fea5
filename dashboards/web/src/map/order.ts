// The order of the table: made anew only when somebody asks for it; live values do not move
// rows. Pure.
import type { Cell } from '../api/wire'

type Key = (cell: Cell) => number | string | null

const numeric = (text: string | null) => (text === null ? null : Number(text))

const KEYS: Record<string, Key> = {
  rank: (cell) => cell.rank,
  parcel: (cell) => cell.parcel,
  enterprise: (cell) => cell.enterprises[0]?.name ?? null,
  grade: (cell) => cell.grade,
  value: (cell) => numeric(cell.value),
  change: (cell) => numeric(cell.change),
  completeness: (cell) => numeric(cell.completeness),
}

function compare(a: number | string, b: number | string): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'zh-CN', { numeric: true })
}

/** Parcels in the order that `o` names; those without the figure always last, by id. */
export function order(cells: Iterable<Cell>, o: string): string[] {
  const falling = o.startsWith('-')
  const key = KEYS[falling ? o.slice(1) : o] ?? (() => null)
  return [...cells]
    .map((cell) => ({ parcel: cell.parcel, by: key(cell) }))
    .sort((a, b) => {
      if (a.by === null || b.by === null) return Number(a.by === null) - Number(b.by === null) || compare(a.parcel, b.parcel)
      return (falling ? -compare(a.by, b.by) : compare(a.by, b.by)) || compare(a.parcel, b.parcel)
    })
    .map(({ parcel }) => parcel)
}
