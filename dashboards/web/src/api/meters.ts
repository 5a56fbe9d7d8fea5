// Exchanged registers of a meter: what was told, what the ledger would say, and telling of one.
import { get, post } from './ask'
import type { Schemas } from './wire'

export type Replacements = Schemas['Replacements']
export type ReplacementTried = Schemas['ReplacementTried']

/** A replacement as it is written down; null: nobody read it. */
export interface Written {
  indicator: string
  at: string
  old_final: string | null
  new_initial: string | null
}

export const readReplacements = (meter: string, cancel?: AbortSignal) => get('/api/v1/meters/{meter}/replacements', { path: { meter } }, cancel)

/** The month as it is and as it would be. */
export const tryReplacement = (meter: string, { indicator, at, old_final, new_initial }: Written) =>
  get('/api/v1/meters/{meter}/replacements/try', { path: { meter }, query: { indicator, at, old_final: old_final ?? undefined, new_initial: new_initial ?? undefined } })

export const replaceMeter = (meter: string, body: Written & { reason: string }) => post('/api/v1/meters/{meter}/replacements', { path: { meter }, body })
