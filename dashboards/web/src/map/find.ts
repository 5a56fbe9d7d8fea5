// The search over what the map may show: names and their pinyin initials, credit codes, parcel and
// meter ids. Pure: initials and meters are handed in when they are known.
import type { Cell } from '../api/wire'

export interface Hit {
  group: 'enterprises' | 'parcels' | 'meters'
  name: string
  parcel: string
}

export interface Known {
  /** `yzjmdz` of 砚舟精密电子, by name. */
  initials: ReadonlyMap<string, string>
  meters: readonly { meter: string; enterprise: string }[]
}

const MOST = 8
const NOTHING: Known = { initials: new Map(), meters: [] }

/** At most eight hits, enterprises before parcels before meters; those that begin with the text
 * come first. */
export function find(text: string, cells: Iterable<Cell>, known: Known = NOTHING): Hit[] {
  const wanted = text.normalize('NFC').trim().toLowerCase()
  if (wanted === '') return []
  const hits: (Hit & { place: number })[] = []
  const homes = new Map<string, string>()
  for (const cell of cells) {
    for (const { name, enterprise } of cell.enterprises) {
      if (!homes.has(enterprise)) homes.set(enterprise, cell.parcel)
      const place = best(wanted, name, enterprise, known.initials.get(name) ?? '')
      if (place >= 0) hits.push({ group: 'enterprises', name, parcel: cell.parcel, place })
    }
    const place = best(wanted, cell.parcel)
    if (place >= 0) hits.push({ group: 'parcels', name: cell.parcel, parcel: cell.parcel, place: place + 1000 })
  }
  for (const { meter, enterprise } of known.meters) {
    const [place, parcel] = [best(wanted, meter), homes.get(enterprise)]
    if (place >= 0 && parcel) hits.push({ group: 'meters', name: meter, parcel, place: place + 2000 })
  }
  return hits
    .sort((a, b) => a.place - b.place || a.name.localeCompare(b.name, 'zh-CN', { numeric: true }))
    .slice(0, MOST)
    .map(({ group, name, parcel }) => ({ group, name, parcel }))
}

/** Where `wanted` stands in the first text that has it; -1 = nowhere. */
function best(wanted: string, ...texts: string[]): number {
  const places = texts.map((text) => text.toLowerCase().indexOf(wanted)).filter((place) => place >= 0)
  return places.length > 0 ? Math.min(...places) : -1
}
