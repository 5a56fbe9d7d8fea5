// Periods and origins of statements in words.
import type { StatementOrigin } from '../api/books'
import { has, language, say } from '../words'
import { minute, periodName } from '../words/numbers'

/** `2025年第 1 季度` of `2025-Q1`. */
export function stretchName(period: string): string {
  const found = /^(\d{4})-([HQ])(\d)$/.exec(period)
  if (!found) return periodName(period)
  const [, year = '', kind, number = ''] = found
  const part = kind === 'H' ? say('books.period_half', { half: say(`books.half_${number}`) }) : say('books.period_quarter', { quarter: number })
  return say('books.period_in', { year: say('period.year', { year }), part })
}

/** The name of an indicator of the catalogue. */
export const nameOf = (one: { name_zh: string; name_en: string }): string => (language.value === 'en' ? one.name_en : one.name_zh)

/** Where a figure came from, in one line. */
export function originIn(origin: StatementOrigin): string {
  const role = origin.role && has(`books.role_${origin.role}`) ? say(`books.role_${origin.role}`) : (origin.role ?? '')
  const by = origin.who ? `${role} ${origin.who}` : role
  return say(`books.origin_${origin.code}`, { file: origin.file ?? '—', row: origin.row ?? '—', import: origin.import ?? '—', time: minute(origin.at), role: by })
}
