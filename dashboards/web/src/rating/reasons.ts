// What a rating says of one unit, in words: its terms with their division, and why its grade is
// what it is. Knows nothing of the page.
import type { RatedUnit, Rating, RatingTerm, TermFigures } from '../api/wire'
import { say } from '../words'
import { number } from '../words/numbers'

export interface Term {
  code: string
  value: string | null
  /** What the value is divided by; null where the scheme has none, or it is not theirs to see. */
  baseline: string | null
  /** The middle value of the group. */
  median: string | null
  score: string
  /** The most that can be had: weight times the cap; null without a cap. */
  most: string | null
  imputed: boolean
  weight: string
  /** `16.32 ÷ 20 × 40 = 32.64`; empty where the scheme does not divide. */
  division: string
  capped: boolean
  /** What each number opens to. */
  figures: TermFigures
}

const NO_FIGURES: TermFigures = { value: null, baseline: null, score: null }

const trim = (decimal: string): string => (decimal.includes('.') ? decimal.replace(/0+$/, '').replace(/\.$/, '') : decimal)

/** At most three places, as a person reads a ratio. */
const short = (decimal: string): string => trim(Number(decimal).toFixed(Math.abs(Number(decimal)) < 100 ? 3 : 2))

function termOf(term: RatingTerm, unit: RatedUnit, rating: Rating): Term {
  const score = unit.sub_scores[term.code] ?? '0'
  const value = unit.indicators[term.code] ?? null
  const cap = rating.scheme.cap_ratio
  const most = cap === null ? null : trim((Number(term.weight) * Number(cap)).toFixed(2))
  const divides = value !== null && term.baseline !== null
  const capped = most !== null && Number(score) >= Number(most)
  return {
    code: term.code,
    value: value === null ? null : short(value),
    baseline: term.baseline === null ? null : short(term.baseline),
    median: term.median == null ? null : short(term.median),
    weight: trim(term.weight),
    score,
    most,
    imputed: unit.imputed.includes(term.code),
    capped,
    figures: unit.figures[term.code] ?? NO_FIGURES,
    division: divides ? `${number(short(value))} ÷ ${number(short(term.baseline ?? '1'))} × ${trim(term.weight)} = ${number(score)}${capped ? ` ${say('rating.capped', { times: trim(cap ?? '') })}` : ''}` : '',
  }
}

/** The terms of the group that `unit` is in, in the scheme's order. */
export function termsOf(rating: Rating, unit: RatedUnit): Term[] {
  const group = rating.groups.find((one) => one.group === unit.group)
  if (!group || unit.total === null) return []
  return group.terms.map((term) => termOf(term, unit, rating))
}

/** The next better grade than the one its points gave, and from which total; `line` null where that is
 * not shown. Null in the best grade, and of what is not ranked. */
export function nextLine(rating: Rating, unit: RatedUnit): { grade: string; line: string | null; gap: string | null } | null {
  const thresholds = rating.groups.find((one) => one.group === unit.group)?.thresholds ?? []
  const bands = rating.bands.filter((band) => band.group === unit.group)
  const steps = thresholds.length > 0 ? thresholds.map(({ grade, from_total }) => ({ grade, line: from_total as string | null })) : bands
  const above = steps[steps.findIndex((one) => one.grade === unit.base_grade) - 1]
  if (!above || unit.total === null) return null
  const gap = above.line === null ? null : Math.max(0, Number(above.line) - Number(unit.total)).toFixed(2)
  return { grade: above.grade, line: above.line, gap }
}

/** What a term alone would have to be to fill a gap: the value and how much more that is; `most`: the cap
 * gives no more than so many points, which is not enough. Null where the scheme does not divide. */
export function filling(term: Term, gap: string): { value: string; more: string } | { most: string } | null {
  if (term.value === null || term.baseline === null || term.imputed || !(Number(term.weight) > 0)) return null
  const room = term.most === null ? Infinity : Number(term.most) - Number(term.score)
  if (room < Number(gap)) return { most: room.toFixed(2) }
  // Rounded up, so that what is shown is enough.
  const places = Math.abs(Number(term.value)) < 1 ? 3 : 2
  const up = (number: number): number => Math.ceil(Number((number * 10 ** places).toFixed(4))) / 10 ** places
  const more = up((Number(gap) * Number(term.baseline)) / Number(term.weight))
  return { value: (up(Number(term.value)) + more).toFixed(places), more: more.toFixed(places) }
}

/** A reason code in words: `veto:fatal_accident`, `threshold:tax_per_mu`, `exempt:no_land`. */
export function why(reason: string): string {
  const [kind = '', what = ''] = reason.split(':')
  if (kind === 'threshold') return say('rating.threshold', { term: say(`term.${what}`) })
  if (kind === 'veto') return say('rating.veto', { event: say(`event.${what}`) })
  if (kind === 'event') return say('rating.event_cap', { event: say(`event.${what}`) })
  return kind === 'exempt' ? say(`exempt.${what}`) : reason
}

/** Everything that moved the grade, in words. */
export const reasonsOf = (unit: RatedUnit): string[] => unit.reasons.map(why)

/** What honours add or events cost, each by name: `专精特新小巨人 5、智能工厂 3`; empty where none is known. */
export function creditsOf(points: Record<string, string>, unit: RatedUnit): string {
  return Object.entries(points)
    .flatMap(([code, each]) => {
      const times = unit.conduct[code] ?? 0
      return times > 0 ? [`${say(`event.${code}`)} ${number(trim(each))}${times > 1 ? ` × ${times}` : ''}`] : []
    })
    .join('、')
}
