// Numbers and times as the pages write them (screens.md 11): thousands comma, true minus,
// `—` for none, 24-hour Beijing time whatever the browser's own zone.
import { say } from './index'

/** A decimal string with thousands commas and a true minus; digits are never added or dropped. */
export function number(decimal: string | null | undefined): string {
  if (decimal === null || decimal === undefined) return '—'
  const minus = decimal.startsWith('-')
  const [whole = '', part] = (minus ? decimal.slice(1) : decimal).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return (minus ? '−' : '') + grouped + (part === undefined ? '' : `.${part}`)
}

/** A change in percent with its sign. */
export function signed(decimal: string | null): string {
  if (decimal === null) return '—'
  if (/^-?0*\.?0*$/.test(decimal)) return number(decimal.replace('-', ''))
  return decimal.startsWith('-') ? number(decimal) : `+${number(decimal)}`
}

/** A decimal string with so many places, half away from zero, without the detour over a double. */
export function fixed(decimal: string, places: number): string {
  const minus = decimal.startsWith('-')
  const [whole = '0', part = ''] = (minus ? decimal.slice(1) : decimal).split('.')
  const kept = BigInt(whole + part.padEnd(places, '0').slice(0, places))
  const rounded = String(Number(part[places] ?? '0') >= 5 ? kept + BigInt(1) : kept).padStart(places + 1, '0')
  const text = places === 0 ? rounded : `${rounded.slice(0, -places)}.${rounded.slice(-places)}`
  return minus && /[1-9]/.test(text) ? `-${text}` : text
}

/** A share of 1 in percent, one place, cut: `100.0` only if nothing is missing. */
export function share(decimal: string | null | undefined): string {
  if (decimal === null || decimal === undefined || !/^\d+(\.\d+)?$/.test(decimal)) return '—'
  return (Math.floor(Number(decimal) * 1000 + 1e-9) / 10).toFixed(1)
}

const BEIJING = 8 * 3600 * 1000

function parts(instant: string): string[] {
  return new Date(Date.parse(instant) + BEIJING).toISOString().split(/[-T:.Z]/)
}

/** `2026-11-22 09:45` */
export function minute(instant: string): string {
  const [year, month, day, hour, minutes] = parts(instant)
  return `${year}-${month}-${day} ${hour}:${minutes}`
}

/** `11-22 09:45` */
export function dayMinute(instant: string): string {
  return minute(instant).slice(5)
}

/** `11-25`, the day of an instant. */
export function dayOf(instant: string): string {
  return minute(instant).slice(5, 10)
}

/** `3 月 12 日` of `2026-03-12`, in the words of the language. */
export function dayName(day: string): string {
  const [, month = '', date = ''] = day.split('-')
  return say('period.day', { month: Number(month), day: Number(date) })
}

/** `09:45` on the day of `now`, with the day in front on another. */
export function clock(instant: string, now: number): string {
  const today = minute(new Date(now).toISOString()).slice(0, 10)
  const full = minute(instant)
  return full.startsWith(today) ? full.slice(11) : full.slice(5)
}

/** `09:45:07` */
export function second(instant: string): string {
  const [, , , hour, minutes, seconds] = parts(instant)
  return `${hour}:${minutes}:${seconds}`
}

/** How long ago, in the words of the language. */
export function ago(instant: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(instant)) / 1000))
  if (seconds < 60) return say('fresh.seconds', { count: seconds })
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return say('fresh.minutes', { count: minutes })
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return say('fresh.hours', { hours, minutes: minutes % 60 })
  return say('fresh.days', { days: Math.floor(hours / 24), hours: hours % 24 })
}

/** `2026年10月` of `2026-10`; `now` in words. */
export function periodName(period: string): string {
  if (/^\d{4}$/.test(period)) return say('period.year', { year: period })
  const half = /^(\d{4})-H([12])$/.exec(period)
  if (half) return say(half[2] === '1' ? 'period.first_half' : 'period.second_half', { year: half[1] ?? '' })
  const found = /^(\d{4})-(\d{2})$/.exec(period)
  if (!found) return say('period.now')
  return say('period.month', { year: found[1] ?? '', month: Number(found[2]) })
}

/** How long something lasts, in the words of the language. */
export function lasting(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000))
  if (minutes < 60) return say('lasting.minutes', { minutes })
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return say('lasting.hours', { hours, minutes: minutes % 60 })
  return say('lasting.days', { days: Math.floor(hours / 24), hours: hours % 24 })
}
