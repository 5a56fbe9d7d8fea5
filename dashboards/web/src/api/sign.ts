// Signing in, one's own credentials, people and the audit log: asked as src/http/sign_in, own, people
// and audit answer.
import { queryOf, read } from './client'

export interface Progress {
  next: 'account' | 'code' | 'password' | 'enrol' | 'done'
  account: string | null
  /** Nobody was ever added: the setup code is asked for. */
  setup: boolean
  /** One may sign in with the identity server of the city. */
  identity: boolean
  profile: 'dengbao3' | 'asvs5'
  letters_min: number
}

export interface Factor {
  secret: string
  address: string
  /** Rows of the picture that an authenticator reads: 1 is dark. */
  picture: string[]
}

export interface ApiToken {
  number: number
  label: string
  scope: 'read' | 'write'
  created_at: string
  expires_at: string
}

export interface Office {
  role: string
  scope: string
}

export interface Person {
  account: string
  name: string
  offices: Office[]
  second_factor: boolean
  added_at: string
  seen_at: string | null
  ended_at: string | null
}

/** What waits for another administrator. */
export interface Proposal {
  number: number
  action: 'person.add' | 'person.reset' | 'person.end' | 'grant.add' | 'grant.end'
  account: string
  role: string | null
  scope: string | null
  asked_by: string
  asked_at: string
  expires_at: string
}

/** What was done to an account; `password` is shown once. */
export interface GivenPassword {
  account: string
  password: string | null
}

/** Done, or waiting: what touches an administrator is confirmed by another one. */
export const waits = (answer: GivenPassword | Proposal | void): answer is Proposal => answer !== undefined && 'asked_by' in answer

export interface AuditRecord {
  number: number
  at: string
  who: string
  role: string
  action: string
  object: string
  result: string
  via: string
  request_id: string
}

export interface AuditVerdict {
  records: number
  /** Up to which record the front was cut off for its age, and when. */
  cut_number: number | null
  cut_at: string | null
  wrong: { number: number; what: string } | null
  signed_number: number | null
  signed_at: string | null
  public_key: string
}

export interface Listed<T> {
  items: T[]
  next: string | null
}

const post = <T>(path: string, body: object = {}) => read<T>(path, undefined, body)

export const readProgress = () => read<Progress>('/api/v1/sign-in')
export const signIn = (account: string, password: string) => post<Progress>('/api/v1/sign-in', { account, password })
export const sendCode = (code: string) => post<Progress>('/api/v1/sign-in/code', { code })
export const choosePassword = (password: string) => post<Progress>('/api/v1/sign-in/password', { password })
export const setUp = (first: { code: string; account: string; name: string; password: string }) => post<Progress>('/api/v1/sign-in/setup', first)
export const signOut = () => post<void>('/api/v1/sign-out')

export const changePassword = (present: string, password: string) => post<void>('/api/v1/me/password', { present, password })
export const beginFactor = (password?: string) => post<Factor>('/api/v1/me/factor', password === undefined ? {} : { password })
export const confirmFactor = (code: string) => post<{ recovery_codes: string[] }>('/api/v1/me/factor/confirm', { code })
export const readTokens = () => read<{ items: ApiToken[] }>('/api/v1/me/tokens')
export const addToken = (label: string, scope: string, days: number) => post<ApiToken & { token: string }>('/api/v1/me/tokens', { label, scope, days })
export const revokeToken = (number: number) => post<void>(`/api/v1/me/tokens/${number}/revoke`)

const of = (account: string) => `/api/v1/people/${encodeURIComponent(account)}`
export const readPeople = (cursor?: string) => read<Listed<Person>>(`/api/v1/people?${queryOf({ limit: '200', cursor })}`)
export const addPerson = (person: { account: string; name: string; role: string; scope: string }) =>
  post<GivenPassword | Proposal>('/api/v1/people', person)
export const endPerson = (account: string) => post<Proposal | void>(`${of(account)}/end`)
export const resetPerson = (account: string) => post<GivenPassword | Proposal>(`${of(account)}/reset`)
export const grantOffice = (account: string, office: Office) => post<Proposal | void>(`${of(account)}/offices`, office)
export const endOffice = (account: string, office: Office) => post<Proposal | void>(`${of(account)}/offices/end`, office)

export const readProposals = () => read<Listed<Proposal>>('/api/v1/proposals?limit=100')
export const confirmProposal = (number: number) => post<GivenPassword>(`/api/v1/proposals/${number}/confirm`)
export const refuseProposal = (number: number) => post<void>(`/api/v1/proposals/${number}/refuse`)

/** Which records are wanted; what is empty is not asked for. */
export interface AuditQuery {
  who: string
  action: string
  object: string
  /** Days, both included. */
  from: string
  to: string
}

/** A look at what is one's own: as what, at what and what for. */
export interface Look {
  number: number
  at: string
  role: string
  action: string
  object: string
}

/** The day after `day`: the server's times are half-open. */
const after = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)

function auditQuery({ who, action, object, from, to }: AuditQuery): Record<string, string | undefined> {
  const midnight = (day: string) => (day ? `${day}T00:00:00+08:00` : undefined)
  return { who: who || undefined, action: action || undefined, object: object || undefined, from: midnight(from), to: midnight(to && after(to)) }
}

export const readAudit = (query: AuditQuery, cursor?: string) => read<Listed<AuditRecord>>(`/api/v1/audit?${queryOf({ limit: '100', ...auditQuery(query), cursor })}`)
/** Where the same records are as a table. */
export const auditTable = (query: AuditQuery): string => `/api/v1/audit.csv?${queryOf(auditQuery(query))}`
export const readStaff = (cursor?: string) => read<Listed<AuditRecord>>(`/api/v1/audit/staff?${queryOf({ limit: '100', cursor })}`)
export const readLooks = (cursor?: string) => read<Listed<Look>>(`/api/v1/audit/looks?${queryOf({ limit: '100', cursor })}`)
export const verifyAudit = () => read<AuditVerdict>('/api/v1/audit/verify')
