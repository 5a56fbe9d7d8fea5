// What the pages read of places, meters, ledgers and ratings: one function a question.
import { address, get, post } from './ask'
import { ratingOf } from './rating'
import type { Ledger, Rating, RoleChoice, Schemas } from './wire'

/** The keys of screens.md 3 that the server needs for a map. */
export interface MapQuery {
  park?: string | undefined
  p?: string | undefined
  c?: string | undefined
  v?: string | undefined
  k: string
  m: string
  r: string
}

export const readMap = (query: MapQuery, cancel?: AbortSignal) => get('/api/v1/map', { query }, cancel)

/** Amounts spread over the land; only for whoever sees every cell. */
export const readSurface = (query: { park?: string | undefined; k: string; p?: string | undefined; v?: string | undefined; w: string; h?: string | undefined; m: string; r: string; f?: string | undefined }, cancel?: AbortSignal) =>
  get('/api/v1/surface', { query: { ...query, h: query.h ? Number(query.h) : undefined } }, cancel)

export const readPeriods = (k: string, m: string, park?: string) => get('/api/v1/periods', { query: { park, k, m } })

export const readCard = (parcel: string, { park, k, p, v }: { park?: string | undefined; k: string; p?: string | undefined; v?: string | undefined }, cancel?: AbortSignal) =>
  get('/api/v1/parcels/{parcel}/card', { path: { parcel }, query: { park, p, v, k } }, cancel)

/** All outlines of the park, or of all one's parks, in EPSG:4326: as they are now, or were in a period. */
export const readOutlines = (park?: string, p?: string) => get('/api/v1/parcels', { query: { park, p, form: 'compact' } })

/** Outlines of the other parks near `park`, for the edges of its map. */
export const readBeside = (park: string) => get('/api/v1/parcels', { query: { beside: park, form: 'compact' } })

/** River, roads and limit of the park, or of all one's parks. */
export const readBackdrop = (park?: string) => get('/api/v1/backdrop', { query: { park } })

/** Who asks. */
export const readMe = () => get('/api/v1/me', {})

/** Whom one may be in a demo. */
export const readChoices = () => get('/api/v1/session', {})

/** Becomes somebody else. */
export const chooseRole = (body: RoleChoice) => post('/api/v1/session', { body })

/** Did the data arrive; the enterprise's own, or those of a park. */
export const readArrival = (query: { enterprise?: string; park?: string; days?: string }, cancel?: AbortSignal) => get('/api/v1/arrival', { query }, cancel)

/** The readings of one meter on one day. */
export const readMeterDay = (meter: string, indicator: string, day: string, cancel?: AbortSignal) =>
  get('/api/v1/meters/{meter}/readings', { path: { meter }, query: { indicator, day } }, cancel)

/** What was set aside under a number, with what was sent. */
export const readQuarantined = (number: number, cancel?: AbortSignal) => get('/api/v1/quarantine/{number}', { path: { number } }, cancel)

/** How a heap is taken in again: its times moved, or as readings of another meter, and why. */
export type Replay = Omit<Schemas['ReplayAsked'], 'number'>

/** Takes a heap of the quarantine in again. */
export const replayHeap = (number: number, how: Replay) => post('/api/v1/arrival/quarantine/replay', { body: { number, ...how } })

/** Which month's ledger, and which revision of it; the newest of each if not given. */
export interface LedgerQuery {
  month?: string | undefined
  v?: string | undefined
}

/** Where the ledger of an enterprise stands as a table. */
export const ledgerTable = (enterprise: string, query: LedgerQuery) => address('/api/v1/ledgers/{enterprise}/table.csv', { path: { enterprise }, query })

/** Where the year of an enterprise stands on two pages of paper. */
export const accountSheet = (enterprise: string, year: string) => address('/api/v1/accounts/{enterprise}/sheet.pdf', { path: { enterprise }, query: { year } })

/** The energy ledger of an enterprise over a month; the newest closed one if none is named. */
export const readLedger = (enterprise: string, query: LedgerQuery, cancel?: AbortSignal) => get('/api/v1/ledgers/{enterprise}', { path: { enterprise }, query }, cancel)

/** What an enterprise used of electricity in a month by the slots of the plan. */
export const readTimeOfUse = (enterprise: string, month: string, cancel?: AbortSignal) => get('/api/v1/ledgers/{enterprise}/time_of_use', { path: { enterprise }, query: { month } }, cancel)

/** What is said of rows of a closed ledger; all that are to be checked if no kinds are named. */
export interface Said {
  kinds?: string[]
  verdict: 'confirmed' | 'questioned'
  note?: string
}

/** Confirms rows of a ledger, or questions them: of what was `shown`. The ledger with what was said. */
export const checkLedger = ({ enterprise, period, revision, checks }: Ledger, said: Said) =>
  post('/api/v1/ledgers/{enterprise}/checks', { path: { enterprise }, body: { month: period, revision: revision ?? 0, seen: checks?.newest ?? 0, ...said } })

/** The years that are rated. */
export const readRatedYears = (cancel?: AbortSignal) => get('/api/v1/ratings', {}, cancel)

/** Enterprises of a rated year in one answer of the server. */
const RATED_PAGE = 1000

/** A rated year, as far as the asker may see it. */
export async function readRating(year: string, cancel?: AbortSignal): Promise<Rating> {
  const page = (cursor?: string) => get('/api/v1/ratings/{year}', { path: { year }, query: { limit: RATED_PAGE, cursor } }, cancel)
  const whole = await page()
  let next = whole.next
  while (next !== null) {
    const more = await page(next)
    whole.items.push(...more.items)
    next = more.next
  }
  return ratingOf(whole)
}

/** What one enterprise got, with the lines of its group if they are its own to see. */
export const readRatingOf = async (year: string, enterprise: string, cancel?: AbortSignal): Promise<Rating> => {
  const one = await get('/api/v1/ratings/{year}/{enterprise}', { path: { year, enterprise } }, cancel)
  return ratingOf({ ...one, items: [one] })
}

/** Where a figure comes from. */
export const readSource = (figure: string, cancel?: AbortSignal) => get('/api/v1/sources/{figure}', { path: { figure } }, cancel)
