// Gateways, their tokens and what the server saw of them: asked as src/http/gateways and
// credentials answer.
import { queryOf, read } from './client'

export interface HeardFault {
  code: string
  detail: string
  index: number | null
  meter: string | null
  ahead_s: number | null
  raw: string | null
  number: number | null
}

export interface HeardReading {
  meter: string
  at: string
  quality: string
  flags: string[]
  values: { indicator: string; unit: string; value: string }[]
}

/** One thing that the server saw of a gateway. */
export interface Heard {
  at: string
  kind: 'test' | 'aside' | 'refused' | 'stranger'
  readings: HeardReading[]
  faults: HeardFault[]
  /** Of a connection that was not let in: why and from where. */
  why: string | null
  from: string | null
}

export interface GatewayLog {
  gateway: string
  enterprise: string
  as_of: string
  connections: number
  status: 'online' | 'offline' | null
  status_at: string | null
  meters: number
  test_topic: string
  readings_topic: string
  mqtt_port: number | null
  mqtt_tls_port: number | null
  sample: { meter: string; indicator: string; value: string } | null
  /** The newest first. */
  events: Heard[]
}

export interface Credential {
  gateway: string
  enterprise: string
  state: 'admitted' | 'revoked'
  registered_at: string
  tokens: number
  token_at: string | null
  old_until: string | null
}

/** A token, shown this once. */
export interface GivenToken {
  gateway: string
  token: string
  until: string | null
}

const of = (gateway: string) => `/api/v1/credentials/${encodeURIComponent(gateway)}`
const post = <T>(path: string, body: object = {}) => read<T>(path, undefined, body)

export const readGatewayLog = (gateway: string, cancel?: AbortSignal) => read<GatewayLog>(`/api/v1/gateways/${encodeURIComponent(gateway)}/log`, cancel)
export const addGateway = (gateway: string, enterprise: string) => post<GivenToken>('/api/v1/credentials', { gateway, enterprise })
export const rotateGateway = (gateway: string) => post<GivenToken>(`${of(gateway)}/rotate`)
export const testGateway = (gateway: string) => post<GivenToken>(`${of(gateway)}/test`)
export const revokeGateway = (gateway: string) => post<void>(`${of(gateway)}/revoke`)

/** All that one may see. */
export async function readCredentials(cancel?: AbortSignal): Promise<Credential[]> {
  const all: Credential[] = []
  let next: string | null = null
  do {
    const page: { items: Credential[]; next: string | null } = await read(`/api/v1/credentials?${queryOf({ limit: '1000', cursor: next ?? undefined })}`, cancel)
    all.push(...page.items)
    next = page.next
  } while (next !== null)
  return all
}
