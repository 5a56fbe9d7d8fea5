// A rated year as the pages show it: made by rating.ts out of what the server answers.
import type { RatingTerm } from './wire'

export interface RatingGroup {
  group: 'above' | 'below'
  /** How many take part in the ranking. */
  ranked: number
  terms: RatingTerm[]
  /** Where grades begin if there are too few to rank them by shares; else none. */
  thresholds: { grade: string; from_total: string }[]
  /** The middle of the totals; null of a few. */
  median: string | null
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
  /** Its own honours and events, and how often. */
  conduct: Record<string, number>
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
  scheme: { id: string; cap_ratio: string | null; bonus: Record<string, string>; deduct: Record<string, string> }
  revision: number | null
  as_of: string
  digest: string | null
  /** Whether scores and terms came, or grades alone. */
  scores: boolean
  groups: RatingGroup[]
  bands: RatingBand[]
  units: RatedUnit[]
}
