// Asking the server: one timeout, one error shape, nothing retried behind the reader's back.
import type { Arrival, Backdrop, Card, Ledger, MapAnswer, Me, MeterDay, Outlines, Periods, Problem, Quarantined, RatedYears, Rating, RoleChoice, RoleChoices, SourceAnswer } from './wire'

import { ratingOf, type RatedOne, type RatedYear } from './rating'

const TIMEOUT_MS = 30_000

/** What was asked for did not come. `id` is what an administrator can look up. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly id: string,
    /** Which rule, and what it names. */
    readonly params: Record<string, string> = {},
    /** Seconds to wait. */
    readonly wait: number | null = null,
  ) {
    super(`${status} ${code}`)
  }
}

/** Told of every answer that may mean that one is signed out. */
export const onRefused: { hear: (status: number, path: string) => void } = { hear: () => {} }

/** What is said with every question besides; it may wait for the person who asks. */
export const asking: { headers: (path: string) => Promise<Record<string, string>> } = { headers: async () => ({}) }

/** The keys of screens.md 3 that the server needs for a map. */
export interface MapQuery {
  park?: string | undefined
  p?: string | undefined
  v?: string | undefined
  k: string
  m: string
  r: string
}

export function queryOf(values: Record<string, string | undefined>): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(values)) if (value !== undefined) query.set(key, value)
  return query.toString()
}

export async function read<T>(path: string, cancel?: AbortSignal, body?: object): Promise<T> {
  // Before the clock runs: a person may have to be asked.
  const said = await asking.headers(path)
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS)
  const stop = () => timeout.abort()
  cancel?.addEventListener('abort', stop)
  try {
    const sent: RequestInit = body ? { method: 'POST', body: body instanceof Blob ? body : JSON.stringify(body) } : {}
    const headers: Record<string, string> = { Accept: 'application/json', ...said }
    if (body) headers['Content-Type'] = body instanceof Blob ? body.type : 'application/json'
    const answer = await fetch(path, { ...sent, signal: timeout.signal, headers })
    if (!answer.ok) {
      onRefused.hear(answer.status, path)
      throw await refusal(answer)
    }
    if (answer.status === 204) return undefined as T
    return (await answer.json()) as T
  } catch (reason) {
    if (reason instanceof Refused || cancel?.aborted) throw reason
    throw new Refused(0, timeout.signal.aborted ? 'timeout' : 'unreachable', '—')
  } finally {
    clearTimeout(timer)
    cancel?.removeEventListener('abort', stop)
  }
}

/** Fetches a file of the server as a question of ours, with all that is said with one, and hands it
 * to the browser: a bare link says nothing of what for. */
export async function take(path: string, name: string): Promise<void> {
  const headers = await asking.headers(path)
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS)
  try {
    const answer = await fetch(path, { headers, signal: timeout.signal })
    if (!answer.ok) throw await refusal(answer)
    const address = URL.createObjectURL(await answer.blob())
    const link = document.createElement('a')
    Object.assign(link, { href: address, download: name })
    link.click()
    setTimeout(() => URL.revokeObjectURL(address), 1000)
  } finally {
    clearTimeout(timer)
  }
}

async function refusal(answer: Response): Promise<Refused> {
  const problem = (await answer.json().catch(() => ({}))) as Partial<Problem>
  const id = problem.request_id ?? answer.headers.get('x-request-id') ?? '—'
  const wait = Number(answer.headers.get('retry-after') ?? NaN)
  return new Refused(answer.status, problem.code ?? String(answer.status), id, problem.params ?? {}, Number.isFinite(wait) ? wait : null)
}

export const readMap = (query: MapQuery, cancel?: AbortSignal) =>
  read<MapAnswer>(`/api/v1/map?${queryOf({ ...query })}`, cancel)

export const readPeriods = (k: string, m: string, park?: string) => read<Periods>(`/api/v1/periods?${queryOf({ park, k, m })}`)

export const readCard = (parcel: string, query: { park?: string | undefined; k: string; p?: string | undefined; v?: string | undefined }, cancel?: AbortSignal) =>
  read<Card>(`/api/v1/parcels/${encodeURIComponent(parcel)}/card?${queryOf({ park: query.park, p: query.p, v: query.v, k: query.k })}`, cancel)

/** All outlines of the park, or of all one's parks, in EPSG:4326. */
export const readOutlines = (park?: string) => read<Outlines>(`/api/v1/parcels?${queryOf({ park, form: 'compact' })}`)

/** Outlines of the other parks near `park`, for the edges of its map. */
export const readBeside = (park: string) => read<Outlines>(`/api/v1/parcels?${queryOf({ beside: park, form: 'compact' })}`)

/** River, roads and limit of the park, or of all one's parks. */
export const readBackdrop = (park?: string) => read<Backdrop>(`/api/v1/backdrop?${queryOf({ park })}`)

/** Who asks. */
export const readMe = () => read<Me>('/api/v1/me')

/** Whom one may be in a demo. */
export const readChoices = () => read<RoleChoices>('/api/v1/session')

/** Becomes somebody else. */
export const chooseRole = (choice: RoleChoice) => read<Me>('/api/v1/session', undefined, choice)

/** Did the data arrive; the enterprise's own, or those of a park. */
export const readArrival = (query: { enterprise?: string; park?: string; days?: string }, cancel?: AbortSignal) =>
  read<Arrival>(`/api/v1/arrival?${queryOf(query)}`, cancel)

/** The readings of one meter on one day. */
export const readMeterDay = (meter: string, indicator: string, day: string, cancel?: AbortSignal) =>
  read<MeterDay>(`/api/v1/meters/${encodeURIComponent(meter)}/readings?${queryOf({ indicator, day })}`, cancel)

/** What was set aside under a number, with what was sent. */
export const readQuarantined = (number: number, cancel?: AbortSignal) => read<Quarantined>(`/api/v1/quarantine/${number}`, cancel)

/** What became of a heap that was taken in again. */
export interface Replayed {
  items: number
  values: number
  left: number
}

/** How a heap is taken in again: its times moved, or as readings of another meter, and why. */
export interface Replay {
  shift: boolean
  meter_as?: string
  reason: string
}

/** Takes a heap of the quarantine in again. */
export const replayHeap = (number: number, how: Replay) => read<Replayed>('/api/v1/arrival/quarantine/replay', undefined, { number, ...how })

/** Which month's ledger, and which revision of it; the newest of each if not given. */
export interface LedgerQuery {
  month?: string | undefined
  v?: string | undefined
}

/** Where the ledger of an enterprise stands; `table` for its CSV. */
export const ledgerAddress = (enterprise: string, query: LedgerQuery, table = '') => {
  const asked = queryOf({ ...query })
  return `/api/v1/ledgers/${encodeURIComponent(enterprise)}${table}${asked ? `?${asked}` : ''}`
}

/** The energy ledger of an enterprise over a month; the newest closed one if none is named. */
export const readLedger = (enterprise: string, query: LedgerQuery, cancel?: AbortSignal) => read<Ledger>(ledgerAddress(enterprise, query), cancel)

/** What is said of rows of a closed ledger; all that are to be checked if no kinds are named. */
export interface Said {
  kinds?: string[]
  verdict: 'confirmed' | 'questioned'
  note?: string
}

/** Confirms rows of a ledger, or questions them: of what was `shown`. The ledger with what was said. */
export const checkLedger = ({ enterprise, period, revision, checks }: Ledger, said: Said) =>
  read<Ledger>(`/api/v1/ledgers/${encodeURIComponent(enterprise)}/checks`, undefined, { month: period, revision, seen: checks?.newest ?? 0, ...said })

/** The years that are rated. */
export const readRatedYears = (cancel?: AbortSignal) => read<RatedYears>('/api/v1/ratings', cancel)

/** Enterprises of a rated year in one answer of the server. */
const RATED_PAGE = 1000

/** A rated year, as far as the asker may see it. */
export async function readRating(year: string, cancel?: AbortSignal): Promise<Rating> {
  const path = `/api/v1/ratings/${encodeURIComponent(year)}`
  const whole = await read<RatedYear>(`${path}?limit=${RATED_PAGE}`, cancel)
  let next = whole.next
  while (next !== null) {
    const more = await read<RatedYear>(`${path}?${queryOf({ limit: String(RATED_PAGE), cursor: next })}`, cancel)
    whole.items.push(...more.items)
    next = more.next
  }
  return ratingOf(whole)
}

/** What one enterprise got, with the lines of its group if they are its own to see. */
export const readRatingOf = async (year: string, enterprise: string, cancel?: AbortSignal): Promise<Rating> => {
  const one = await read<RatedOne>(`/api/v1/ratings/${encodeURIComponent(year)}/${encodeURIComponent(enterprise)}`, cancel)
  return ratingOf({ ...one, items: [one] })
}

/** Where a figure comes from. */
export const readSource = (figure: string, cancel?: AbortSignal) => read<SourceAnswer>(`/api/v1/sources/${encodeURIComponent(figure)}`, cancel)
