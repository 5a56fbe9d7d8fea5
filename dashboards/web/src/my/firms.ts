// The meters of a park by firm: counts added up, the worst state and its cause, and which filter a
// firm falls under (screens.md 8.3). Knows nothing of the page.
import type { Arrival, ArrivalCause, ArrivalMeter, ArrivalState, Count } from '../api/wire'
import { inOrderOf } from './order'

/** What a list of firms can be narrowed to: offline, clock, quarantine, missing, all well. */
export const CAUSES = ['offline', 'clock', 'quarantine', 'gap', 'well'] as const
export type CauseFilter = (typeof CAUSES)[number]

export interface Firm {
  enterprise: string
  name: string
  park: string
  meters: ArrivalMeter[]
  /** Meters of each state. */
  states: Record<ArrivalState, number>
  /** That of its worst meter. */
  state: ArrivalState
  /** Why, as far as the server knows; of the meter that is silent longest. */
  cause: ArrivalCause | null
  /** The newest reading of any of its meters. */
  latest_at: string | null
  /** Readings expected and received over all its meters, for each of the answer's days. */
  strip: Count[]
  filters: CauseFilter[]
}

const WORST: ArrivalState[] = ['silent', 'late', 'on_time', 'stopped']
const rank = (state: ArrivalState) => WORST.indexOf(state)

/** Under which filter a cause falls. */
export function filterOf(cause: ArrivalCause): CauseFilter {
  if (cause.cause === 'gateway_offline') return 'offline'
  if (cause.cause === 'quarantined') return cause.ahead_s ? 'clock' : 'quarantine'
  return 'gap'
}

function firmOf(enterprise: string, name: string, park: string, meters: ArrivalMeter[], days: number): Firm {
  const states: Record<ArrivalState, number> = { on_time: 0, late: 0, silent: 0, stopped: 0 }
  const strip = Array.from({ length: days }, () => ({ expected: 0, received: 0 }))
  for (const meter of meters) {
    states[meter.state] += 1
    meter.strip.forEach((count, index) => {
      const sum = strip[index]
      if (sum) Object.assign(sum, { expected: sum.expected + count.expected, received: sum.received + count.received })
    })
  }
  const worst = [...meters].sort((a, b) => rank(a.state) - rank(b.state) || Date.parse(a.latest_at ?? '1970-01-01') - Date.parse(b.latest_at ?? '1970-01-01'))[0]
  const latest = meters.flatMap((one) => one.latest_at ?? []).sort((a, b) => Date.parse(b) - Date.parse(a))
  const causes = new Set<CauseFilter>(meters.flatMap((one) => (one.cause ? [filterOf(one.cause)] : [])))
  if (causes.size === 0) causes.add('well')
  return { enterprise, name, park, meters, states, state: worst?.state ?? 'stopped', cause: worst?.cause ?? null, latest_at: latest[0] ?? null, strip, filters: [...causes] }
}

/** The firms that have meters: most silent meters first, then late ones, then by name. */
export function firmsOf(arrival: Arrival): Firm[] {
  const by = new Map<string, ArrivalMeter[]>()
  for (const meter of arrival.meters) by.set(meter.enterprise, [...(by.get(meter.enterprise) ?? []), meter])
  const known = new Map(arrival.enterprises.map((one) => [one.enterprise, one]))
  const firms = [...by].map(([enterprise, meters]) => {
    const one = known.get(enterprise)
    return firmOf(enterprise, one?.name ?? enterprise, one?.park ?? '', meters, arrival.days.length)
  })
  return firms.sort((a, b) => rank(a.state) - rank(b.state) || b.states.silent - a.states.silent || b.states.late - a.states.late || a.name.localeCompare(b.name, 'zh-CN'))
}

/** `firms` in the order of `shown` codes; new ones come last. */
export const keptInOrder = (firms: readonly Firm[], shown: readonly string[]): Firm[] => inOrderOf(firms, (firm) => firm.enterprise, shown)
