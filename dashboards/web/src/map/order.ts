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
  value: (cell) => cell.beyond ?? cell.category ?? numeric(cell.value),
  change: (cell) => numeric(cell.change),
  base: (cell) => numeric(cell.base),
  difference: (cell) => numeric(cell.difference),
  completeness: (cell) => numeric(cell.completeness),
}

/** Made when a column of words is sorted: it takes longer to make than ten thousand numbers to sort. */
let words: Intl.Collator | undefined

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  words ??= new Intl.Collator('zh-CN', { numeric: true })
  return words.compare(String(a), String(b))
}

/** Parcels in the order that `o` names; those without the figure always last; those alike as they
 * come, which is by park and id. */
export function order(cells: Iterable<Cell>, o: string): string[] {
  const falling = o.startsWith('-')
  const key = KEYS[falling ? o.slice(1) : o] ?? (() => null)
  return [...cells]
    .map((cell) => ({ parcel: cell.parcel, by: key(cell) }))
    .sort((a, b) => {
      if (a.by === null || b.by === null) return Number(a.by === null) - Number(b.by === null)
      return falling ? compare(b.by, a.by) : compare(a.by, b.by)
    })
    .map(({ parcel }) => parcel)
}
