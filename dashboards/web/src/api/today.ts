// What needs an operator besides what arrived: asked as src/http/today answers.
import { queryOf, read } from './client'

/** Values of one meter beyond the limits of one indicator: set aside, not counted. */
export interface Beyond {
  enterprise: string
  name: string
  gateway: string
  meter: string
  indicator: string
  unit: string
  value: string
  side: 'above' | 'below'
  limit: string
  first_at: string
  latest_at: string
  values: number
  number: number
}

/** Values of one gateway that contradict one that counts. */
export interface Conflict {
  enterprise: string
  name: string
  gateway: string
  values: number
  examples: { meter: string; indicator: string; unit: string; at: string; first: string; other: string; received_at: string }[]
}

export interface Today {
  as_of: string
  from: string
  beyond: Beyond[]
  conflicts: Conflict[]
}

export const readToday = (query: { park?: string }, cancel?: AbortSignal) => read<Today>(`/api/v1/today?${queryOf(query)}`, cancel)
