// What the server saw of a gateway, in words: what happened, what it means, what to do.
import type { Heard, HeardFault, HeardReading } from '../api/gateways'
import { has, say } from '../words'
import { number, second } from '../words/numbers'

/** Further apart, and a clock is worth a word. */
const CLOCK_OFF_S = 120

const hours = (seconds: number) => String(Math.abs(Math.round((seconds / 3600) * 100) / 100))

/** Why a part was not taken. */
export function faultIn(fault: HeardFault): string {
  if (fault.code === 'unknown_meter') return fault.meter ? say('aside.unknown_meter', { meter: fault.meter }) : say('aside.unknown_meter_none')
  if (fault.code === 'time_out_of_range' && fault.ahead_s) return say(fault.ahead_s > 0 ? 'aside.time_ahead' : 'aside.time_behind', { hours: hours(fault.ahead_s) })
  return has(`aside.${fault.code}`) ? say(`aside.${fault.code}`) : fault.code
}

/** What mends it. */
export function remedyIn(fault: HeardFault, kind: Heard['kind']): string {
  if (fault.code === 'time_out_of_range' && fault.ahead_s) return say('gateways.set_clock', { hours: hours(fault.ahead_s) })
  if (kind === 'test' && fault.code === 'unknown_meter') return say('gateways.unknown_meter_how')
  return has(`aside.${fault.code}_how`) ? say(`aside.${fault.code}_how`) : ''
}

/** Why a connection was not let in, and what to do. */
export const strangerIn = (why: string | null): string => say(has(`stranger.${why}`) ? `stranger.${why}` : 'stranger.other')
export const strangerHow = (why: string | null): string => say(has(`stranger.${why}_how`) ? `stranger.${why}_how` : 'stranger.other_how')

/** What was read: `E041-03 电能表底 123,456.78 kWh，时间 09:50:00（比服务器慢 12 秒）`. */
export function readingIn(reading: HeardReading, at: string): string {
  const values = reading.values.map((one) => say('gateways.value', { name: nameOf(one.indicator), value: number(one.value), unit: one.unit })).join('，')
  const off = Math.round((Date.parse(reading.at) - Date.parse(at)) / 1000)
  const clock = Math.abs(off) <= CLOCK_OFF_S ? 'gateways.clock_good' : off > 0 ? 'gateways.clock_ahead' : 'gateways.clock_behind'
  return say('gateways.reading', { meter: reading.meter, values, time: second(reading.at), clock: say(clock, { seconds: Math.abs(off) }) })
}

const nameOf = (indicator: string) => (has(`indicator.${indicator}`) ? say(`indicator.${indicator}`) : indicator)

/** Whether all of a test was taken. */
export const isGood = (heard: Heard): boolean => heard.kind === 'test' && heard.faults.length === 0

/** One line of it, for the list. */
export function shortIn(heard: Heard): string {
  if (heard.kind === 'stranger') return say('gateways.heard_stranger', { why: strangerIn(heard.why) })
  const first = heard.faults[0]
  if (!first) return say('gateways.heard_good', { count: heard.readings.length })
  return faultIn(first)
}
