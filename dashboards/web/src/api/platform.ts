// How the platform is, who is signed in, and who may what: for the three administrators; and one's own
// sessions and colleagues.
import { get, post } from './ask'
import type { Schemas } from './wire'

export type PlatformHealth = Schemas['PlatformHealth']
export type PlatformPart = Schemas['PlatformPart']
export type OpenSession = Schemas['OpenSession']
export type Colleague = Schemas['Colleague']
export type RightsTable = Schemas['RightsTable']

export const readHealth = (cancel?: AbortSignal) => get('/api/v1/health', {}, cancel)
export const readRights = (cancel?: AbortSignal) => get('/api/v1/rights', {}, cancel)
export const readSessions = (cancel?: AbortSignal) => get('/api/v1/sessions', {}, cancel)
export const readOwnSessions = (cancel?: AbortSignal) => get('/api/v1/me/sessions', {}, cancel)
export const readStaffList = (cancel?: AbortSignal) => get('/api/v1/staff', {}, cancel)

/** Ends one session of somebody, or all of theirs. */
export const endSessions = (account: string, session?: string) => post('/api/v1/people/{account}/sessions/end', { path: { account }, body: { session: session ?? null } })
/** Ends one of one's own, or all but this one. */
export const endOwnSessions = (session?: string) => post('/api/v1/me/sessions/end', { body: { session: session ?? null } })
