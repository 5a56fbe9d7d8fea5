// Causes and codes in words: why a meter is silent, why a message lies in quarantine, what mends it.
import type { ArrivalCause, ArrivalMeter, AsideHeap, Count } from '../api/wire'
import { say } from '../words'
import { lastOf } from '../view/last'
import { lasting, number } from '../words/numbers'

/** Hours without a needless fraction: `8`, `1.5`. */
const hours = (seconds: number): string => String(Math.abs(Math.round((seconds / 3600) * 100) / 100))

/** How many items lie on heaps; of more than are counted that it is at least so many. */
export function itemsIn(heaps: readonly AsideHeap[]): string {
  const count = number(String(heaps.reduce((sum, heap) => sum + heap.items, 0)))
  return heaps.some((heap) => heap.more) ? say('my.aside_least', { count }) : count
}

/** Why nothing comes, in a sentence. */
export function causeIn(cause: ArrivalCause, now: number): string {
  const count = cause.items ?? 0
  if (cause.cause === 'quarantined') {
    if (cause.ahead_s) return say(cause.ahead_s > 0 ? 'why.ahead' : 'why.behind', { hours: hours(cause.ahead_s), count })
    return say('why.quarantined', { reason: reasonOf(cause.code ?? '', null, null), count })
  }
  if (cause.cause === 'gateway_offline' && cause.since) return say('why.gateway_offline_since', { since: lasting(now - Date.parse(cause.since)) })
  return say(`why.${cause.cause}`)
}

function reasonOf(code: string, aheadS: number | null, meter: string | null): string {
  if (code === 'unknown_meter') return meter ? say('aside.unknown_meter', { meter }) : say('aside.unknown_meter_none')
  if (code === 'time_out_of_range' && aheadS) return say(aheadS > 0 ? 'aside.time_ahead' : 'aside.time_behind', { hours: hours(aheadS) })
  return say(`aside.${code}`)
}

/** Why a heap was not taken. */
export const reasonIn = (heap: AsideHeap): string => reasonOf(heap.code, heap.ahead_s, heap.meter)

/** A code alone in words. */
export const codeIn = (code: string): string => reasonOf(code, null, null)

/** What mends it. */
export function remedyIn(heap: AsideHeap): string {
  if (heap.code === 'time_out_of_range' && heap.ahead_s) {
    return say(heap.ahead_s > 0 ? 'aside.time_ahead_how' : 'aside.time_behind_how', { hours: hours(heap.ahead_s) })
  }
  return say(`aside.${heap.code}_how`)
}

export const mediumOf = (meter: Pick<ArrivalMeter, 'indicator'>): string => say(`indicator.${meter.indicator}`)

/** What a meter is called: by its name, else by its id. */
export const calledMeter = (meter: Pick<ArrivalMeter, 'meter' | 'name'>): string => meter.name ?? meter.meter

/** How many readings of today were expected and came; the percentage is cut, 100.0 only if all did. */
export function todayIn({ expected, received }: Count): string {
  const percent = expected > 0 ? (Math.floor((received * 1000) / expected) / 10).toFixed(1) : '—'
  return say('my.today', { expected: number(String(expected)), received: number(String(received)), percent })
}

/** The first and the last day of a strip, as `11-09` and `11-22`. */
export const spanOf = (days: readonly string[]): { from: string; to: string } => ({ from: (days[0] ?? '').slice(5), to: (lastOf(days) ?? '').slice(5) })
