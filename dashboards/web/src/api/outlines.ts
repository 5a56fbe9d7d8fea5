// Outlines that are changed by hand: tried, made, and what was changed before.
import { get, post } from './ask'
import type { Schemas } from './wire'

export type NewOutlines = Schemas['NewOutlineChange']
export type OutlineOutcome = Schemas['OutlineOutcome']
export type OutlineChange = Schemas['OutlineChange']

/** A parcel as GeoJSON: every digit of its corners, which the outlines for drawing have not. */
export interface Exact {
  properties: { parcel: string; park: string }
  geometry: { coordinates: [number, number][][][] }
}

export const readExact = async (park?: string): Promise<Exact[]> => ((await get('/api/v1/parcels', { query: { park } })) as unknown as { features: Exact[] }).features

export const readChanges = (park?: string) => get('/api/v1/parcels/changes', { query: { park, limit: 100 } })

/** Tries a change; with the digest of one that was tried, makes it. */
export const changeOutlines = (body: NewOutlines): Promise<OutlineOutcome> => post('/api/v1/parcels/changes', { body })
