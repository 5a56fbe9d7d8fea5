// Where a figure comes from, in five lines, by hand, as src/http/*/wire.rs writes it.

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
