// What a person has to do, out of what arrived and what did not: one card a cause, worst first.
import type { Arrival, ArrivalMeter, Ledger } from '../api/wire'
import { say } from '../words'
import { dayMinute, lasting } from '../words/numbers'
import { calledMeter, causeIn, itemsIn, mediumOf, reasonIn } from './causes'

export interface Todo {
  key: string
  /** `fault`: data are missing or set aside; `plain`: somebody waits for a word. */
  kind: 'fault' | 'plain'
  title: string
  why: string
  button: string
  href: string
}

/** The cards, worst first. */
export function todosOf(arrival: Arrival, ledger: Ledger | null, now: number): Todo[] {
  return [...silences(arrival, now), ...check(ledger, now), ...heaps(arrival)]
}

/** The ledger of the newest closed month, while its rows are not all checked. */
function check(ledger: Ledger | null, now: number): Todo[] {
  const checks = ledger?.checks
  if (!ledger || !checks?.may || checks.done >= checks.of) return []
  const values = { month: Number(ledger.period.slice(5)), due: dayMinute(checks.due_at) }
  return [
    {
      key: `check ${ledger.period}`,
      kind: 'plain',
      title: say(Date.parse(checks.due_at) < now ? 'check.todo_late' : 'check.todo', values),
      why: say('check.todo_why', { done: checks.done, of: checks.of }),
      button: say('check.go'),
      href: `/my/ledger/${ledger.period}`,
    },
  ]
}

/** Meters that are silent or late, those of one gateway with one cause together. */
function silences(arrival: Arrival, now: number): Todo[] {
  const groups = new Map<string, ArrivalMeter[]>()
  for (const meter of arrival.meters) {
    if (meter.state !== 'silent' && meter.state !== 'late') continue
    const key = [meter.state, meter.gateway, meter.cause?.cause, meter.cause?.code].join(' ')
    groups.set(key, [...(groups.get(key) ?? []), meter])
  }
  return [...groups].map(([key, meters]) => ({
    key,
    kind: 'fault' as const,
    title: titleOf(meters, now),
    why: meters[0]?.cause ? say('my.cause', { cause: causeIn(meters[0].cause, now) }) : '',
    button: say('my.how'),
    href: meters[0]?.cause?.cause === 'quarantined' ? '/my/quarantine' : '/my/arrival',
  }))
}

function titleOf(meters: ArrivalMeter[], now: number): string {
  const one = meters[0]
  if (!one) return ''
  const many = meters.length > 1
  if (many) return say(one.state === 'late' ? 'my.late_many' : 'my.silent_many', { gateway: one.gateway ?? '—', count: meters.length })
  // A name says already what is measured; an id does not.
  const values = { meter: calledMeter(one), medium: mediumOf(one) }
  if (!one.latest_at) return say(one.name ? 'my.never_named' : 'my.silent_never', values)
  const since = lasting(now - Date.parse(one.latest_at))
  if (one.state === 'late') return say(one.name ? 'my.late_named' : 'my.late_one', { ...values, since })
  return say(one.name ? 'my.silent_named' : 'my.silent_one', { ...values, since })
}

/** What lies in quarantine and is not told with a silent meter already. */
function heaps(arrival: Arrival): Todo[] {
  const told = new Set(arrival.meters.filter((one) => one.cause?.cause === 'quarantined').map((one) => `${one.gateway} ${one.cause?.code}`))
  return arrival.quarantine
    .filter((heap) => !told.has(`${heap.gateway} ${heap.code}`))
    .map((heap) => {
      const unknown = heap.code === 'unknown_meter'
      const why = heap.meter ? say('my.unknown_why', { meter: heap.meter }) : say('my.unknown_why_none')
      return {
        key: `heap ${heap.number}`,
        kind: 'fault' as const,
        title: say(unknown ? 'my.unknown_one' : 'my.aside_todo', { count: itemsIn([heap]) }),
        why: unknown ? why : say('my.cause', { cause: reasonIn(heap) }),
        button: say('my.see'),
        href: '/my/quarantine',
      }
    })
}
