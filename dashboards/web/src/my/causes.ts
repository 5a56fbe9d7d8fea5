// Causes and codes in words: why a meter is silent, why a message lies in quarantine, what mends it.
import type { ArrivalCause, ArrivalMeter, AsideHeap } from '../api/wire'
import { say } from '../words'
import { lasting } from '../words/numbers'

/** Hours without a needless fraction: `8`, `1.5`. */
const hours = (seconds: number): string => String(Math.abs(Math.round((seconds / 3600) * 100) / 100))

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
