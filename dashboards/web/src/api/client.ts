// Asking the server: one timeout, one error shape, nothing retried behind the reader's back.
import type { Card, MapAnswer, Periods, Problem } from './wire'

const TIMEOUT_MS = 30_000

/** What was asked for did not come. `id` is what an administrator can look up. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly id: string,
  ) {
    super(`${status} ${code}`)
  }
}

/** The keys of screens.md 3 that the server needs for a map. */
export interface MapQuery {
  p?: string | undefined
  k: string
  m: string
  r: string
}

export interface Outlines {
  type: 'FeatureCollection'
  features: object[]
}

export function queryOf(values: Record<string, string | undefined>): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(values)) if (value !== undefined) query.set(key, value)
  return query.toString()
}

async function read<T>(path: string, cancel?: AbortSignal): Promise<T> {
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS)
  const stop = () => timeout.abort()
  cancel?.addEventListener('abort', stop)
  try {
    const answer = await fetch(path, { signal: timeout.signal, headers: { Accept: 'application/json' } })
    if (!answer.ok) throw await refusal(answer)
    return (await answer.json()) as T
  } catch (reason) {
    if (reason instanceof Refused || cancel?.aborted) throw reason
    throw new Refused(0, timeout.signal.aborted ? 'timeout' : 'unreachable', '—')
  } finally {
    clearTimeout(timer)
    cancel?.removeEventListener('abort', stop)
  }
}

async function refusal(answer: Response): Promise<Refused> {
  const problem = (await answer.json().catch(() => ({}))) as Partial<Problem>
  const id = problem.request_id ?? answer.headers.get('x-request-id') ?? '—'
  return new Refused(answer.status, problem.code ?? String(answer.status), id)
}

export const readMap = (query: MapQuery, cancel?: AbortSignal) =>
  read<MapAnswer>(`/api/v1/map?${queryOf({ ...query })}`, cancel)

export const readPeriods = (k: string, m: string) => read<Periods>(`/api/v1/periods?${queryOf({ k, m })}`)

export const readCard = (parcel: string, k: string, p?: string, cancel?: AbortSignal) =>
  read<Card>(`/api/v1/parcels/${encodeURIComponent(parcel)}/card?${queryOf({ p, k })}`, cancel)

/** All outlines of the park, in EPSG:4326. */
export const readOutlines = () => read<Outlines>('/api/v1/parcels')
