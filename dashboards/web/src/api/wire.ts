// The shapes of /api/v1, by hand, as src/http/*/wire.rs writes them. Decimals are strings,
// times RFC 3339, periods `2026-10` or `now`.

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
  /** The year whose grades the cells carry. */
  rated: string | null
  as_of: string
  source: string
  method: string
  classified: boolean
  ramp: string
  breaks: string[]
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
  completeness: string | null
  closed: boolean
  closes_at: string | null
  revision: number | null
  as_of: string
  source: string
  enterprises: CardEnterprise[]
  meters: CardMeter[]
}

/** RFC 9457, as the server answers every refusal. */
export interface Problem {
  status: number
  code: string
  params: Record<string, string>
  title: string
  detail: string
  request_id: string
}

/** One stored value, as `readings` events bring it. */
export interface LiveValue {
  enterprise: string
  meter: string
  indicator: string
  unit: string
  at: string
  received_at: string
  value: string
}

export interface LiveReadings {
  batch: number
  values: LiveValue[]
}

export interface LiveState {
  now: string
  data_to: string | null
}

/** `GET /api/v1/me`. */
export interface Me {
  role: 'public' | 'enterprise' | 'operator' | 'kiosk' | 'bureau' | 'sys' | 'sec' | 'aud' | 'machine'
  name: string
  /** Whether one may be somebody else by one click. */
  demo: boolean
  /** What one is called, if one signed in with this browser. */
  person: string | null
  /** The parks whose map one may see. */
  parks: NamedPark[]
  enterprise: NamedEnterprise | null
}

export interface NamedPark {
  park: string
  name: string
}

export interface NamedEnterprise {
  enterprise: string
  name: string
  park: string
}

export type RoleChoice = { role: 'public' } | { role: 'bureau' } | { role: 'operator'; park: string } | { role: 'enterprise'; enterprise: string }

export interface RoleChoices {
  parks: NamedPark[]
  enterprises: NamedEnterprise[]
}

/** Readings expected and received. */
export interface Count {
  expected: number
  received: number
}

export type ArrivalState = 'on_time' | 'late' | 'silent' | 'stopped'

export interface ArrivalCause {
  cause: 'quarantined' | 'gateway_offline' | 'not_read' | 'never_sent'
  since: string | null
  code: string | null
  /** How far the clock of the gateway runs ahead, in seconds; below 0 behind. */
  ahead_s: number | null
  items: number | null
}

export interface ArrivalMeter {
  meter: string
  enterprise: string
  gateway: string | null
  /** What people call it, and where it hangs. */
  name: string | null
  place: string | null
  indicator: string
  unit: string
  interval_s: number
  latest_at: string | null
  received_at: string | null
  state: ArrivalState
  cause: ArrivalCause | null
  /** A count for each of the answer's days. */
  strip: Count[]
  /** Whole percent, 100 only if nothing is missing. */
  today_percent: number | null
}

/** Items in quarantine of one gateway with one cause. */
export interface AsideHeap {
  gateway: string
  enterprise: string
  code: string
  ahead_s: number | null
  items: number
  latest_at: string
  number: number
  meter: string | null
  detail: string
}

export interface ArrivalGateway {
  gateway: string
  enterprise: string
  connections: number
  status: 'online' | 'offline' | null
  status_at: string | null
  test_topic: string
  trial: { received_at: string; readings: number; code: string | null } | null
}

export interface ArrivalEnterprise extends NamedEnterprise {
  industry: string
  scale: string
}

/** `GET /api/v1/arrival`. */
export interface Arrival {
  as_of: string
  source: string
  /** Oldest first, today last. */
  days: string[]
  enterprises: ArrivalEnterprise[]
  /** The worst first. */
  meters: ArrivalMeter[]
  today: Count
  quarantine: AsideHeap[]
  gateways: ArrivalGateway[]
  mqtt_port: number | null
}

/** `GET /api/v1/meters/{meter}/readings`: of one day, oldest first. */
export interface MeterDay {
  meter: string
  indicator: string
  unit: string
  day: string
  as_of: string
  interval_s: number
  readings: { at: string; value: string; flags: string[] }[]
}

/** `GET /api/v1/quarantine/{number}`: what was sent, as far as it is kept. */
export interface Quarantined {
  number: number
  gateway: string | null
  received_at: string
  code: string
  detail: string
  kept: boolean
  raw: string | null
  raw_is_damaged: boolean
}

/** The same figure of another month; `change` in percent. */
export interface LedgerCompared {
  period: string
  id: string
  value: string | null
  known_share: string | null
  change: string | null
}

/** A carrier, or coal or carbon; its id opens its source. */
export interface LedgerRow {
  id: string
  kind: string
  value: string | null
  unit: string
  known_share: string | null
  factor: { by: string; unit: string; source: string } | null
  /** What it adds to the standard coal, t. */
  tce: string | null
  /** How often each flag stands at its meters. */
  flags: Record<string, number>
  month_before: LedgerCompared | null
  year_before: LedgerCompared | null
}

/** `GET /api/v1/ledgers/{enterprise}`: the energy ledger of a month in one answer. */
export interface Ledger {
  enterprise: string
  name: string
  park: string
  period: string
  closed: boolean
  /** Whether the figures are those of a month that is not closed. */
  provisional: boolean
  closes_at: string
  revision: number | null
  as_of: string | null
  /** The newest closed month. */
  newest: string | null
  /** Oldest first. */
  revisions: { revision: number; closed_at: string }[]
  land: { id: string; value: string | null; unit: string; parcels: string[] } | null
  rows: LedgerRow[]
  missing: { code: string; what: string; detail: string }[]
  months_kind: string
  /** Revision 0 is provisional. */
  months: { month: string; id: string; revision: number; value: string | null; unit: string }[]
}

/** `GET /api/v1/ratings`: the newest rating of each year, the newest year first. */
export interface RatedYears {
  items: { year: string; revision: number; as_of: string }[]
}

export interface RatingTerm {
  code: string
  weight: string
  /** Null where the scheme has none (minmax). */
  baseline: string | null
}

export interface RatingGroup {
  group: 'above' | 'below'
  /** How many take part in the ranking. */
  ranked: number
  terms: RatingTerm[]
  /** Where grades begin if there are too few to rank them by shares; else none. */
  thresholds: { grade: string; from_total: string }[]
}

/** Where a grade ends: the last one in it, and the arithmetic. */
export interface RatingBand {
  group: string
  grade: string
  /** The share up to which the grade goes. */
  limit: string
  last_rank: number | null
  /** Total of the last in it. */
  line: string | null
}

/** What the numbers of a term open to; null where they have no source of their own. */
export interface TermFigures {
  value: string | null
  baseline: string | null
  score: string | null
}

export interface RatedUnit {
  enterprise: string
  name: string
  park: string | null
  /** Null where the asker sees the grade alone. */
  group: 'above' | 'below' | null
  indicators: Record<string, string | null>
  sub_scores: Record<string, string>
  imputed: string[]
  bonus: string | null
  deduct: string | null
  total: string | null
  rank: number | null
  base_grade: string | null
  /** Null: not rated (T). */
  grade: string | null
  reasons: string[]
  /** The first of them, or why it is not rated. */
  reason: string | null
  /** The figure whose source explains its total, if there is one. */
  figure: string | null
  /** The figure of its grade. */
  grade_figure: string
  /** By term. */
  figures: Record<string, TermFigures>
}

/** A rated year as the pages show it; what the asker may not see is left out. */
export interface Rating {
  year: string
  scheme: { id: string; cap_ratio: string | null }
  revision: number | null
  as_of: string
  digest: string | null
  /** Whether scores and terms came, or grades alone. */
  scores: boolean
  groups: RatingGroup[]
  bands: RatingBand[]
  units: RatedUnit[]
}

export interface SourceStep {
  operation: 'times' | 'over'
  by: string
  unit: string
  what: string
  source: string
}

export interface SourceInput {
  /** A kind of figure, a meter, a parcel. */
  what: string
  /** The figure it is, if it is one. */
  figure: string | null
  value: string | null
  unit: string
  sign: '+' | '-'
  steps: SourceStep[]
  lacks_factor: boolean
}

export interface SourceBorder {
  at: string
  received_at: string
  register: string
}

export type TakenFrom =
  | { kind: 'readings'; meter: string; indicator: string; used: string | null; unit: string; multiplier: string | null; start: SourceBorder | null; end: SourceBorder | null; known_share: string; flags: string }
  | { kind: 'statement'; indicator: string; period: string; value: string | null; unit: string; source: string; recorded_at: string }
  | { kind: 'holding'; parcel: string; held: string; value: string | null; unit: string; counterparty: string | null; valid_from: string; valid_to: string | null }
  | { kind: 'conduct'; code: string; conduct: 'honour' | 'event'; document: string | null; source: string; valid_from: string; valid_to: string | null; recorded_at: string }

/** An indicator of a grade: its figure opens to the accounts it was made of. */
export interface SourceIndicator {
  code: string
  id: string | null
  value: string | null
  unit: string
  baseline: string | null
  /** Null where it is not theirs to see. */
  baseline_from: 'scheme' | 'group_mean' | null
  weight: string | null
  cap_ratio: string | null
  score: string | null
  imputed: boolean
}

/** What is behind a grade, as far as it is the asker's to see. */
export interface SourceRating {
  scheme: string
  digest: string
  result: { rank: number | null; n: number | null; base_grade: string | null; total: string | null; reasons: string[] } | null
  indicators: SourceIndicator[]
}

/** `GET /api/v1/sources/{figure}`: the five lines. */
export interface SourceAnswer {
  id: string
  kind: string
  key: string
  value: string | null
  unit: string
  period: string
  as_of: string | null
  known_share: string | null
  formula: { code: 'sum' | 'ratio' | 'register_difference' | 'grade'; times: number | null; of: string[] }
  inputs: SourceInput[]
  /** Inputs that one may not see each. */
  inputs_hidden: number
  taken_from: TakenFrom[]
  /** Of grades alone. */
  rating?: SourceRating | null
  version: {
    revision: number
    closed_at: string | null
    ledger: number | null
    scheme: string | null
    digest: string | null
    factors: string[]
    /** The newest first. */
    revisions: { revision: number; closed_at: string | null; value: string | null }[]
  }
}
