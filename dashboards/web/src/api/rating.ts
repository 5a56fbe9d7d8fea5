// A rated year as the server writes it, made into what the pages show. What the asker may not see
// came as null and stays away.
import type { RatedUnit, Rating, Schemas } from './wire'

type Head = Schemas['RatingHead']
type WireRow = Schemas['RatingRow']

/** What is read of the result of a row. */
type WireUnit = Pick<Schemas['RatedUnit'], 'scale' | 'indicators' | 'sub_scores' | 'imputed' | 'bonus' | 'deduct' | 'total' | 'rank' | 'base_grade' | 'reasons' | 'score_id' | 'sources' | 'conduct'>

const NOTHING: WireUnit = { scale: 'above', indicators: {}, sub_scores: {}, imputed: [], bonus: null, deduct: null, total: null, rank: null, base_grade: null, reasons: [], score_id: '', sources: {}, conduct: {} }

/** The value opens to the accounts it was made of, the points to the total, the baseline to the grade, whose source tells the scheme. */
function figuresOf(row: WireRow, { sub_scores, sources, score_id }: WireUnit): RatedUnit['figures'] {
  const codes = Object.keys(sub_scores)
  return Object.fromEntries(codes.map((code) => [code, { value: sources?.[code] ?? null, baseline: row.id, score: score_id || null }]))
}

function unitOf(row: WireRow): RatedUnit {
  const seen = row.result ?? NOTHING
  const grade = row.grade === 'T' ? null : row.grade
  return {
    enterprise: row.enterprise,
    name: row.name ?? row.enterprise,
    park: row.park,
    group: row.result?.scale ?? null,
    indicators: seen.indicators,
    sub_scores: seen.sub_scores,
    imputed: seen.imputed,
    bonus: seen.bonus,
    deduct: seen.deduct,
    total: seen.total,
    rank: seen.rank,
    base_grade: seen.base_grade,
    grade,
    reasons: seen.reasons,
    conduct: seen.conduct ?? {},
    reason: seen.reasons[0] ?? null,
    figure: seen.total === null ? null : seen.score_id,
    grade_figure: row.id,
    figures: figuresOf(row, seen),
  }
}

export function ratingOf(answer: Head & { items: WireRow[] }): Rating {
  return {
    year: answer.year,
    scheme: { id: answer.scheme, cap_ratio: answer.groups[0]?.cap_ratio ?? null, bonus: answer.groups[0]?.bonus ?? {}, deduct: answer.groups[0]?.deduct ?? {} },
    revision: answer.revision,
    as_of: answer.as_of,
    digest: answer.digest,
    scores: answer.items.length > 0 && answer.items.every((row) => row.result !== null),
    groups: answer.groups.map(({ scale, n, terms, basis, thresholds, median_total }) => ({ group: scale, ranked: n, terms, median: median_total ?? null, thresholds: basis === 'thresholds' ? thresholds : [] })),
    bands: answer.groups.flatMap(({ scale, bands }) =>
      bands.map(({ grade, share, last_rank, last_total }) => ({ group: scale, grade, limit: share, last_rank, line: last_total })),
    ),
    units: answer.items.map(unitOf),
  }
}
