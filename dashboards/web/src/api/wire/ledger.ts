// The energy ledger of a month, by hand, as src/http/*/wire.rs writes it.

/** Meters that count only since a day inside the month, with that day: the month is not whole. */
export type Begun = Record<string, string>

/** The same figure of another month; `change` in percent. */
export interface LedgerCompared {
  period: string
  id: string
  value: string | null
  known_share: string | null
  begun: Begun
  /** Why the two months are not held against each other; `change` is null then. */
  unlike: 'runs' | 'partial_now' | 'partial_then' | null
  change: string | null
}

/** A carrier, or coal or carbon; its id opens its source. */
export interface LedgerRow {
  id: string
  kind: string
  value: string | null
  unit: string
  known_share: string | null
  begun: Begun
  factor: { by: string; unit: string; source: string } | null
  /** What it adds to the standard coal, t. */
  tce: string | null
  /** How often each flag stands at its meters. */
  flags: Record<string, number>
  month_before: LedgerCompared | null
  year_before: LedgerCompared | null
  /** Whether the enterprise is asked to check it, and what it said. */
  to_check: boolean
  check: LedgerCheck | null
}

/** What the enterprise said of a row; `holds`: of the value that stands there now. */
export interface LedgerCheck {
  verdict: 'confirmed' | 'questioned'
  note: string
  at: string
  revision: number
  holds: boolean
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
  /** Null while the month is not closed. `newest` is sent back with what is said next. */
  checks: { due_at: string; done: number; of: number; newest: number; may: boolean } | null
  missing: { code: string; what: string; detail: string }[]
  months_kind: string
  /** Revision 0 is provisional; `partial`: meters of it count only since a day inside the month. */
  months: { month: string; id: string; revision: number; value: string | null; unit: string; partial: boolean }[]
}
