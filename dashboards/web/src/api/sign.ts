// Signing in, one's own credentials, people and the audit log.
import { address, get, post } from './ask'
import type { Schemas } from './wire'

export type Progress = Schemas['Progress']
export type Factor = Schemas['FactorBegun']
export type ApiToken = Schemas['ApiToken']
export type Office = Schemas['Office']
export type Person = Schemas['Person']
/** What waits for another administrator. */
export type Proposal = Schemas['Proposal']
/** What was done to an account; `password` is shown once. */
export type GivenPassword = Schemas['GivenPassword']
export type AuditRecord = Schemas['AuditRecord']
export type AuditVerdict = Schemas['AuditVerdict']
/** A look at what is one's own: as what, at what and what for. */
export type Look = Schemas['Look']

/** Done, or waiting: what touches an administrator is confirmed by another one. */
export const waits = (answer: GivenPassword | Proposal | void): answer is Proposal => answer !== undefined && 'asked_by' in answer

export const readProgress = () => get('/api/v1/sign-in', {})
export const signIn = (account: string, password: string) => post('/api/v1/sign-in', { body: { account, password } })
export const sendCode = (code: string) => post('/api/v1/sign-in/code', { body: { code } })
export const choosePassword = (password: string) => post('/api/v1/sign-in/password', { body: { password } })
export const setUp = (body: Schemas['Setup']) => post('/api/v1/sign-in/setup', { body })
export const signOut = () => post('/api/v1/sign-out', {})

export const changePassword = (present: string, password: string) => post('/api/v1/me/password', { body: { present, password } })
export const beginFactor = (password?: string) => post('/api/v1/me/factor', { body: password === undefined ? {} : { password } })
export const confirmFactor = (code: string) => post('/api/v1/me/factor/confirm', { body: { code } })
/** Shows the second factor once more. */
export const showFactor = (code: string) => post('/api/v1/me/factor/show', { body: { code } })
export const readTokens = () => get('/api/v1/me/tokens', {})
export const addToken = (body: Schemas['NewToken']) => post('/api/v1/me/tokens', { body })
export const revokeToken = (number: number) => post('/api/v1/me/tokens/{number}/revoke', { path: { number } })

export const readPeople = (cursor?: string) => get('/api/v1/people', { query: { limit: 200, cursor } })
export const addPerson = (body: Schemas['NewPerson']) => post('/api/v1/people', { body })
export const endPerson = (account: string) => post('/api/v1/people/{account}/end', { path: { account } })
export const resetPerson = (account: string) => post('/api/v1/people/{account}/reset', { path: { account } })
export const grantOffice = (account: string, body: Office) => post('/api/v1/people/{account}/offices', { path: { account }, body })
export const endOffice = (account: string, body: Office) => post('/api/v1/people/{account}/offices/end', { path: { account }, body })

export const readProposals = () => get('/api/v1/proposals', { query: { limit: 100 } })
export const confirmProposal = (number: number) => post('/api/v1/proposals/{number}/confirm', { path: { number } })
export const refuseProposal = (number: number) => post('/api/v1/proposals/{number}/refuse', { path: { number } })

/** Which records are wanted; what is empty is not asked for. */
export interface AuditQuery {
  who: string
  action: string
  object: string
  /** Days, both included. */
  from: string
  to: string
}

/** The day after `day`: the server's times are half-open. */
const after = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)

function auditQuery({ who, action, object, from, to }: AuditQuery) {
  const midnight = (day: string) => (day ? `${day}T00:00:00+08:00` : undefined)
  return { who: who || undefined, action: action || undefined, object: object || undefined, from: midnight(from), to: midnight(to && after(to)) }
}

export const readAudit = (query: AuditQuery, cursor?: string) => get('/api/v1/audit', { query: { limit: 100, ...auditQuery(query), cursor } })
/** Where the same records are as a table. */
export const auditTable = (query: AuditQuery): string => address('/api/v1/audit.csv', { query: auditQuery(query) })
export const readStaff = (cursor?: string) => get('/api/v1/audit/staff', { query: { limit: 100, cursor } })
export const readLooks = (cursor?: string) => get('/api/v1/audit/looks', { query: { limit: 100, cursor } })
export const verifyAudit = () => get('/api/v1/audit/verify', {})
