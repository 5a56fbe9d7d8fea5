// The search over what the map may show: names, credit codes, parcel ids. Pure.
import type { Cell } from '../api/wire'

export interface Hit {
  group: 'enterprises' | 'parcels'
  name: string
  parcel: string
}

const MOST = 8

/** At most eight hits, enterprises before parcels; those that begin with the text come first. */
export function find(text: string, cells: Iterable<Cell>): Hit[] {
  const wanted = text.normalize('NFC').trim().toLowerCase()
  if (wanted === '') return []
  const hits: (Hit & { place: number })[] = []
  for (const cell of cells) {
    for (const { name, enterprise } of cell.enterprises) {
      const place = best(wanted, name, enterprise)
      if (place >= 0) hits.push({ group: 'enterprises', name, parcel: cell.parcel, place })
    }
    const place = best(wanted, cell.parcel)
    if (place >= 0) hits.push({ group: 'parcels', name: cell.parcel, parcel: cell.parcel, place: place + 1000 })
  }
  return hits
    .sort((a, b) => a.place - b.place || a.name.localeCompare(b.name, 'zh-CN'))
    .slice(0, MOST)
    .map(({ group, name, parcel }) => ({ group, name, parcel }))
}

/** Where `wanted` stands in the first text that has it; -1 = nowhere. */
function best(wanted: string, ...texts: string[]): number {
  const places = texts.map((text) => text.toLowerCase().indexOf(wanted)).filter((place) => place >= 0)
  return places.length > 0 ? Math.min(...places) : -1
}
