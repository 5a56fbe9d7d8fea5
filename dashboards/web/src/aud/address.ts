// The filter of the audit log as the query of its address (screens.md 3): keys in one order, what is
// empty or no value left out. Knows nothing of Vue.
import type { AuditQuery } from '../api/sign'

const ALLOWED: Record<keyof AuditQuery, RegExp> = {
  who: /^[A-Za-z0-9._-]{1,32}$/,
  action: /^[A-Za-z0-9 ./{}_-]{1,100}$/,
  object: /^.{1,200}$/,
  from: /^\d{4}-\d{2}-\d{2}$/,
  to: /^\d{4}-\d{2}-\d{2}$/,
}
const KEYS = Object.keys(ALLOWED) as (keyof AuditQuery)[]

export const EVERYTHING: AuditQuery = { who: '', action: '', object: '', from: '', to: '' }

export function read(search: string): AuditQuery {
  const query = new URLSearchParams(search)
  const named = (key: keyof AuditQuery) => {
    const value = (query.get(key) ?? '').trim()
    return ALLOWED[key].test(value) ? value : ''
  }
  return { who: named('who'), action: named('action'), object: named('object'), from: named('from'), to: named('to') }
}

/** The query with `?` in front; empty if everything is wanted. */
export function write(query: AuditQuery): string {
  const parts = KEYS.filter((key) => query[key].trim()).map((key) => `${key}=${encodeURIComponent(query[key].trim())}`)
  return parts.length > 0 ? `?${parts.join('&')}` : ''
}
