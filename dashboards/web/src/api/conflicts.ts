// Values that contradict one that counts, and the decision which of them does.
import { get, post } from './ask'
import type { Schemas } from './wire'

export type Conflict = Schemas['Conflict']
export type Conflicts = Schemas['Conflicts']

export const readConflicts = (query: { park?: string | undefined; days?: number }, cancel?: AbortSignal) => get('/api/v1/conflicts', { query }, cancel)

/** Decides of a conflict as it was shown; null: none of its values counts. */
export const decide = ({ meter, indicator, at, decision }: Conflict, chosen: string | null, reason: string) =>
  post('/api/v1/conflicts/decide', { body: { meter, indicator, at, chosen, reason, seen: decision?.decided_at ?? null } })

export type Suspect = Schemas['Suspect']

export const readSuspects = (query: { park?: string | undefined; days?: number }, cancel?: AbortSignal) => get('/api/v1/suspects', { query }, cancel)

/** Decides of a rise as it was shown whether it is right and counts. */
export const decideSuspect = ({ meter, indicator, at, decision }: Suspect, verdict: 'confirmed' | 'rejected', reason: string) =>
  post('/api/v1/suspects/decide', { body: { meter, indicator, at, verdict, reason, seen: decision?.decided_at ?? null } })
