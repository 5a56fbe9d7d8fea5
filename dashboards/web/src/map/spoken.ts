// A cell in words: for the tooltip, the live region and the table.
import type { Cell, MapAnswer } from '../api/wire'
import { say } from '../words'
import { view } from '../view/history'
import { number, signed } from '../words/numbers'
import { incomplete, nameOf } from './scene'

export const nameIn = (cell: Cell): string => nameOf(cell, (name, count) => say('table.several', { name, count }))

const unitOf = (map: MapAnswer): string => say(`unit.${map.indicator === 'freshness' ? 'percent' : map.indicator}`)

/** Value and unit, or why there is none. */
export function valueIn(cell: Cell, map: MapAnswer): string {
  if (map.indicator === 'grade' && cell.grade) return say('map.grade_of', { grade: cell.grade })
  if (cell.category) {
    const name = say(`category.${cell.category}`)
    return cell.beyond ? `${name} · ${say('category.times', { open: cell.beyond, day: cell.beyond_day ?? 0 })}` : name
  }
  if (cell.difference !== null) {
    const values = { difference: signed(cell.difference), unit: unitOf(map), base: number(cell.base), value: number(cell.value) }
    return say('map.difference_of', values)
  }
  if (cell.state === 'value') return `${number(cell.value)} ${unitOf(map)}`
  if (cell.state === 'band') return say('map.band_of', { class: cell.class ?? 0 })
  if (cell.state === 'hidden') return say('state.hidden')
  return say(cell.state === 'no_data' ? 'legend.no_data' : 'legend.not_counted')
}

/** What a parcel is on which nobody stands, as it was registered; a code in words. */
export function landIn(cell: Cell): string {
  const state = cell.land_state ?? ''
  return ['vacant', 'construction', 'public'].includes(state) ? say(`land_state.${state}`) : state
}

export function classIn(cell: Cell): string {
  return cell.class ? say('map.class_of', { class: cell.class }) : ''
}

/** The second line of the tooltip. */
export function figuresIn(cell: Cell, map: MapAnswer): string {
  const rank = cell.rank === null ? '' : say('map.rank_short', { rank: cell.rank })
  const missing = incomplete(cell) ? say('map.missing', { share: number(cell.completeness) }) : ''
  return [valueIn(cell, map), classIn(cell), rank, missing].filter(Boolean).join(' · ')
}

/** What the live region reads. */
export const spoken = (cell: Cell, map: MapAnswer): string =>
  say('map.spoken', { name: nameIn(cell), parcel: cell.parcel, value: valueIn(cell, map), class: classIn(cell) })

/** The layer that is shown, as people call it. */
export const layerName = (): string => say(view.w ? `surface.layer_${view.k}` : `layer.${view.k}`)
