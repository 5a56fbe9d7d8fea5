// The queues of an operator's day, out of what arrived and what did not (screens.md 8.1): one row a
// thing to do, each with its cause, its age and where it is mended. Pure but for the words.
import type { Beyond, Conflict, Today } from '../api/today'
import type { Arrival, ArrivalMeter, AsideHeap } from '../api/wire'
import { calledMeter, causeIn, itemsIn, mediumOf, reasonIn, remedyIn } from '../my/causes'
import { has, say } from '../words'
import { dayMinute, lasting, number } from '../words/numbers'

export type Queue = 'beyond' | 'silent' | 'clock' | 'aside' | 'conflict'
export const QUEUES: readonly Queue[] = ['beyond', 'silent', 'clock', 'aside', 'conflict']

export interface Row {
  key: string
  /** Shape and colour: a plant fault or a fault of the data. */
  mark: 'plant' | 'data'
  enterprise: string
  firm: string
  what: string
  /** Since when, in milliseconds; 0 = never was there. */
  since: number
  why: string
  href: string
  /** The value as it stands and its limit, where there is one. */
  value?: { now: string; limit: string; unit: string } | undefined
}

/** Indicators of safety (config/indicators/safety.toml): beyond their limits somebody goes and looks first. */
const SAFETY = ['combustible_lel', 'h2s_mg_m3', 'co_mg_m3', 'nh3_mg_m3', 'oxygen_vol', 'smoke', 'hydrant_mpa', 'residual_ma', 'cable_temperature_c']
/** Set aside under these codes, it stands in a queue of its own. */
const ELSEWHERE = ['time_out_of_range', 'implausible']
/** A reading measured so much later than it came has a wrong clock behind it. */
const AHEAD_MS = 120_000

const inParkOf = (park: string | undefined) => (park ? `park=${park}&` : '')
const gatewayAddress = (gateway: string) => `/gateways/${encodeURIComponent(gateway)}/test`
const named = (indicator: string) => (has(`indicator.${indicator}`) ? say(`indicator.${indicator}`) : indicator)
const at = (instant: string | null) => (instant ? Date.parse(instant) : 0)

/** All queues; in each what has been so longest comes first, plant before data. */
export function queuesOf(arrival: Arrival, today: Today, now: number, park?: string): Record<Queue, Row[]> {
  const names = new Map(arrival.enterprises.map((one) => [one.enterprise, one.name]))
  const firm = (code: string) => names.get(code) ?? code
  const firmAddress = (code: string) => `/arrival?${inParkOf(park)}s=${code}`
  return {
    beyond: today.beyond.map((one) => beyondRow(one, firmAddress(one.enterprise))).sort((a, b) => Number(a.mark === 'data') - Number(b.mark === 'data') || a.since - b.since),
    silent: silences(arrival, now, firm, firmAddress),
    clock: clocks(arrival, firm),
    aside: arrival.quarantine.filter((heap) => !ELSEWHERE.includes(heap.code)).map((heap) => heapRow(heap, firm(heap.enterprise))),
    conflict: today.conflicts.map((one) => conflictRow(one, firmAddress(one.enterprise))),
  }
}

/** One value beyond its limit, as a row of the list of its own. */
export interface BeyondRow extends Row {
  meter: string
  first: string
  latest: string
  values: number
}

/** All values beyond their limits, plant before data, then the oldest first. */
export function beyondRows(all: readonly Beyond[], href: (enterprise: string) => string): BeyondRow[] {
  const rows = all.map((one): BeyondRow => ({ ...beyondRow(one, href(one.enterprise)), meter: one.meter, first: one.first_at, latest: one.latest_at, values: one.values }))
  return rows.sort((a, b) => Number(a.mark === 'data') - Number(b.mark === 'data') || a.since - b.since)
}

function beyondRow(one: Beyond, href: string): Row {
  const mark = SAFETY.includes(one.indicator) ? 'plant' : 'data'
  return {
    key: `beyond ${one.meter} ${one.indicator}`,
    mark,
    enterprise: one.enterprise,
    firm: one.name,
    what: say(`today.beyond_${one.side}`, { meter: one.meter, indicator: named(one.indicator) }),
    since: at(one.first_at),
    why: say('today.beyond_why', { count: one.values, time: dayMinute(one.latest_at) }),
    href,
    value: { now: number(one.value), limit: number(one.limit), unit: one.unit },
  }
}

/** Silent meters, those of one gateway together: its cause may change while somebody looks. */
function silences(arrival: Arrival, now: number, firm: (code: string) => string, href: (code: string) => string): Row[] {
  const groups = new Map<string, ArrivalMeter[]>()
  for (const meter of arrival.meters) {
    if (meter.state !== 'silent') continue
    const key = `${meter.enterprise} ${meter.gateway}`
    groups.set(key, [...(groups.get(key) ?? []), meter])
  }
  const rows = [...groups].flatMap(([key, meters]): Row[] => {
    const [one] = [...meters].sort((a, b) => at(a.latest_at) - at(b.latest_at))
    if (!one) return []
    const what = meters.length > 1 ? say('today.silent_many', { gateway: one.gateway ?? '—', count: meters.length }) : say('today.silent_one', { meter: calledMeter(one), medium: mediumOf(one) })
    const since = at(one.latest_at)
    return [{ key: `silent ${key}`, mark: 'data', enterprise: one.enterprise, firm: firm(one.enterprise), what, since, why: one.cause ? causeIn(one.cause, now) : '', href: href(one.enterprise) }]
  })
  return rows.sort((a, b) => a.since - b.since)
}

/** Gateways whose clock is wrong: so far that readings lie aside, or by minutes. */
function clocks(arrival: Arrival, firm: (code: string) => string): Row[] {
  const heaps = arrival.quarantine
    .filter((heap) => heap.code === 'time_out_of_range')
    .map((heap): Row => ({ key: `clock ${heap.gateway} ${heap.ahead_s}`, mark: 'data', enterprise: heap.enterprise, firm: firm(heap.enterprise), what: say('today.gateway', { gateway: heap.gateway }), since: at(heap.latest_at), why: say('today.why_how', { why: reasonIn(heap), count: itemsIn([heap]), how: remedyIn(heap) }), href: gatewayAddress(heap.gateway) }))
  const told = new Set(heaps.map((row) => row.href))
  const slight = new Map<string, Row>()
  for (const meter of arrival.meters) {
    const ahead = at(meter.latest_at) - at(meter.received_at)
    if (!meter.gateway || !meter.latest_at || ahead <= AHEAD_MS || told.has(gatewayAddress(meter.gateway))) continue
    slight.set(meter.gateway, { key: `clock ${meter.gateway}`, mark: 'data', enterprise: meter.enterprise, firm: firm(meter.enterprise), what: say('today.gateway', { gateway: meter.gateway }), since: at(meter.received_at), why: say('today.ahead', { ahead: lasting(ahead) }), href: gatewayAddress(meter.gateway) })
  }
  return [...heaps, ...slight.values()]
}

function heapRow(heap: AsideHeap, firm: string): Row {
  return {
    key: `aside ${heap.gateway} ${heap.code} ${heap.meter}`,
    mark: 'data',
    enterprise: heap.enterprise,
    firm,
    what: say('today.aside', { gateway: heap.gateway, count: itemsIn([heap]) }),
    since: at(heap.latest_at),
    why: say('today.reason_how', { why: reasonIn(heap), how: remedyIn(heap) }),
    href: gatewayAddress(heap.gateway),
  }
}

function conflictRow(one: Conflict, href: string): Row {
  const [first] = one.examples
  const why = first
    ? say('today.conflict_one', { meter: first.meter, indicator: named(first.indicator), time: dayMinute(first.at), first: number(first.first), other: number(first.other), unit: first.unit })
    : say('today.conflict_older')
  return { key: `conflict ${one.gateway}`, mark: 'data', enterprise: one.enterprise, firm: one.name, what: say('today.conflict', { gateway: one.gateway, count: one.values }), since: first ? at(first.received_at) : 0, why, href }
}
