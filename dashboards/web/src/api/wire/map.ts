// Maps, cards and periods of /api/v1, by hand, as src/http/*/wire.rs writes it.

/** What a cell is: coloured, or why not. */
export type CellState = 'value' | 'band' | 'no_data' | 'not_counted' | 'hidden'

/** How a meter or parcel stands with its newest reading. */
export type Freshness = 'on_time' | 'late' | 'silent' | 'none'

export interface Holder {
  enterprise: string
  name: string
  /** GB/T 4754: section and division. */
  industry: string
  /** `above` or `below` (规上, 规下). */
  scale: string
}

/** `/api/v1/parcels?form=compact`: rings as x, y of the first corner, each as the difference from
 * the first of the ring before, then the differences from corner to corner; in `degree`ths. */
export interface Outlines {
  degree: number
  parcels: [parcel: string, rings: number[][]][]
}

export interface Cell {
  parcel: string
  state: CellState
  value: string | null
  /** Counted from 1, lowest first; 0 = below zero, or not classified; null without a value. */
  class: number | null
  rank: number | null
  /** The letter of the rated year. */
  grade: string | null
  /** Percent of the period whose amounts are known. */
  completeness: string | null
  /** Percent against `compared`. */
  change: string | null
  /** Since which day it counts, where that lies inside the period: compared with nothing. */
  since: string | null
  enterprises: Holder[]
  freshness: Freshness
  /** When the newest reading of the parcel was measured. */
  latest_at: string | null
}

/** `/api/v1/backdrop`: what is drawn under the parcels, in the order of drawing. */
export interface Backdrop {
  things: { kind: 'green' | 'water' | 'road' | 'limit'; name: string | null; width_m: number; lines: [number, number][][] }[]
}

export interface LegendClass {
  class: number
  low: string | null
  high: string | null
  colour: string
  ink: string
  count: number
}

export interface Legend {
  /** `below`: each class is [low, high); `above`: (low, high]. */
  closed: 'below' | 'above'
  classes: LegendClass[]
  /** In the layer of grades, instead of classes. */
  grades: { grade: string; colour: string; ink: string; count: number }[]
  /** Among the coloured: less than 90 % of the period known. */
  incomplete: number
  no_data: number
  not_counted: number
  hidden: number
}

export interface Total {
  value: string | null
  numerator: string
  numerator_unit: string
  denominator: string
  denominator_unit: string
  parcels: number
}

export interface MapAnswer {
  /** Null: several parks. */
  park: string | null
  park_name: string
  parks: number
  indicator: string
  /** Every layer, and how much one sees of it. */
  layers: { indicator: string; shown: 'value' | 'band' | 'nothing' }[]
  unit: string
  period: string
  from: string
  to: string
  closed: boolean
  closes_at: string | null
  revision: number | null
  /** The newest revision there is. */
  newest_revision: number | null
  /** The year whose grades the cells carry. */
  rated: string | null
  as_of: string
  source: string
  method: string
  classified: boolean
  ramp: string
  breaks: string[]
  /** Fixed breaks of this layer that have a name; `m` as an address writes them. */
  presets: { id: string; names: Record<string, string>; m: string; source: string }[]
  compared: { period: string; kind: 'month_on_month' | 'year_on_year' } | null
  ranked: number
  total: Total
  legend: Legend
  cells: Cell[]
  completeness: string | null
  missing_hours: string | null
  meters: number
  /** The newest measured instant of the park, and the one that should be there. */
  data_to: string | null
  data_due: string | null
  silent_enterprises: number
  /** Percent done while months are still being closed after a start; null: nothing is outstanding. */
  settling: number | null
}

export interface PeriodBar {
  period: string
  value: string | null
  closed: boolean
  completeness: string | null
}

export interface Periods {
  indicator: string
  unit: string
  as_of: string
  /** The period shown when the address names none. */
  shown: string
  /** Breaks over all periods together, for playing. */
  breaks: string[]
  periods: PeriodBar[]
}

export interface RegisterAt {
  at: string
  register: string
}

export interface MeterLatest {
  indicator: string
  unit: string
  at: string
  received_at: string
  value: string
}

export interface CardMeter {
  meter: string
  enterprise: string
  indicator: string
  unit: string
  multiplier: string | null
  counted: boolean
  used: string | null
  known_share: string | null
  start: RegisterAt | null
  end: RegisterAt | null
  flags: Record<string, number>
  interval_s: number
  freshness: Freshness
  latest: MeterLatest[]
}

export interface CardEnterprise {
  enterprise: string
  name: string
  industry: string
  scale: string
  mu: string
  mu_total: string
}

export interface Card {
  id: string
  parcel: string
  state: CellState
  mu: string
  m2: string
  indicator: string
  unit: string
  period: string
  from: string
  to: string
  value: string | null
  numerator: string | null
  numerator_unit: string
  denominator: string | null
  denominator_unit: string
  rank: number | null
  ranked: number
  compared: MapAnswer['compared']
  change: string | null
  since: string | null
  completeness: string | null
  closed: boolean
  closes_at: string | null
  revision: number | null
  as_of: string
  source: string
  enterprises: CardEnterprise[]
  meters: CardMeter[]
}
