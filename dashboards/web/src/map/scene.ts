// Cells into what is painted: fill, ink and text of each parcel. Classes and colours are the
// server's; nothing is classified here.
import type { Cell, Holder, Legend, MapAnswer } from '../api/wire'
import { overlaysOf } from '../view/address'
import { say } from '../words'
import { number, signed } from '../words/numbers'

export interface Painted {
  fill: string
  pattern: 'hatch' | 'cross' | null
  dots: boolean
  ink: string
  text: string
}

export const GREY = '#d0d5da'
const FADED = '#eceff2'
const INK = '#17212b'

/** Less than this share of the period known: dots over the cell. */
export const COMPLETE_PERCENT = 90

export const incomplete = (cell: Cell): boolean =>
  cell.state === 'value' && cell.completeness !== null && Number(cell.completeness) < COMPLETE_PERCENT

/** The parts of the filter `f` of the address; an empty one lets everything through. */
export interface Filter {
  /** `class:3`, `grade:A`, `state:no_data`. */
  mark: string
  industry: string
  size: '' | 'big' | 'small'
}

export function partsOf(f: string): Filter {
  const parts = f.split(',')
  const after = (key: string) => parts.find((part) => part.startsWith(key))?.slice(key.length) ?? ''
  return { mark: parts.find((part) => /^(class|grade|category|state):/.test(part)) ?? '', industry: after('ind:'), size: after('size:') as Filter['size'] }
}

/** The filter of the address with another part. */
export function withPart(f: string, part: Partial<Filter>): string {
  const { mark, industry, size } = { ...partsOf(f), ...part }
  return [mark, industry && `ind:${industry}`, size && `size:${size}`].filter(Boolean).join(',')
}

/** Of a filter what it says of enterprises, which a surface is cut by, too. */
export const firmsOf = (f: string): string | undefined => withPart(f, { mark: '' }) || undefined

function hasMark(cell: Cell, mark: string): boolean {
  const [what, which] = mark.split(':')
  if (what === 'class') return String(cell.class) === which
  if (what === 'grade') return cell.grade === which
  if (what === 'category') return cell.category === which
  return which === 'incomplete' ? incomplete(cell) : cell.state === which
}

/** Whether a cell passes the filter `f` of the address. */
export function filter(f: string): (cell: Cell) => boolean {
  if (f === '') return () => true
  const { mark, industry, size } = partsOf(f)
  const scale = size === 'big' ? 'above' : 'below'
  const holds = (one: Holder) => (!industry || one.industry === industry) && (!size || one.scale === scale)
  return (cell) => (!mark || hasMark(cell, mark)) && ((!industry && !size) || cell.enterprises.some(holds))
}

/** What is written into the parcels: published grades, or the classes where no year is rated. */
export function labelOf(g: string, map: Pick<MapAnswer, 'indicator' | 'rated'> | null): string {
  const { label } = overlaysOf(g)
  return label === 'grade' && map?.indicator !== 'grade' && !map?.rated ? 'class' : label
}

function textOf(cell: Cell, label: string): string {
  if (label === 'parcel') return cell.parcel.replace(/^.*-/, '')
  if (cell.category) return label === 'none' ? '' : say(`category.mark_${cell.category}`)
  if (label === 'grade') return cell.grade ?? ''
  if (cell.state === 'band' && label === 'class') return cell.class ? String(cell.class) : ''
  if (cell.state !== 'value') return ''
  if (label === 'value') return cell.difference === null ? number(cell.value) : signed(cell.difference)
  return label === 'class' && cell.class ? String(cell.class) : ''
}

/** How one cell is painted under the view's label; `fits`: it passes the view's filter. */
export function paint(cell: Cell, legend: Pick<Legend, 'classes' | 'grades' | 'categories'>, fits: boolean, label: string): Painted {
  if (!fits) return { fill: FADED, pattern: null, dots: false, ink: INK, text: '' }
  // Among categories a letter of another kind would be taken for one.
  const text = legend.categories.length > 0 && !cell.category ? '' : textOf(cell, label)
  if (cell.state === 'no_data') return { fill: '#ffffff', pattern: 'hatch', dots: false, ink: INK, text }
  if (cell.state === 'hidden') return { fill: '#ffffff', pattern: 'cross', dots: false, ink: INK, text }
  if (cell.state === 'not_counted') return { fill: GREY, pattern: null, dots: false, ink: INK, text: text || (cell.land_state ?? '') }
  const found = cell.category ? legend.categories.find((one) => one.category === cell.category) : legend.grades.length > 0 ? legend.grades.find((one) => one.grade === cell.grade) : legend.classes.find((one) => one.class === cell.class)
  return { fill: found?.colour ?? FADED, pattern: null, dots: incomplete(cell), ink: found?.ink ?? INK, text }
}

/** What a person calls the parcel: its enterprise, the first of several, or its id. */
export function nameOf(cell: Cell, several: (name: string, count: number) => string): string {
  const first = cell.enterprises[0]
  if (!first) return cell.parcel
  return cell.enterprises.length > 1 ? several(first.name, cell.enterprises.length) : first.name
}

/** Breaks for the address, as the server gave them. */
export const frozenMethod = (map: Pick<MapAnswer, 'breaks'>): string => `f:${map.breaks.join(',')}`
