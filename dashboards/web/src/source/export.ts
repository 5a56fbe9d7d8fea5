// The five lines of a figure as a CSV file, in the order of the page (screens.md 5).
import type { SourceAnswer } from '../api/wire'
import { csvText, saveText, type Cell } from '../frame/csv'
import { say } from '../words'
import { formulaOf, kindIn, stepsOf, takenIn } from './words'

/** The text of the file: line, what, value, unit, how, figure. */
export function csvOf(source: SourceAnswer): string {
  const { version } = source
  const rows: Cell[][] = [
    ['line', 'what', 'value', 'unit', 'how', 'figure'],
    [say('source.value'), kindIn(source.kind), source.value, source.unit, `${source.key} ${source.period}`, source.id],
    [say('source.formula'), formulaOf(source)],
    ...source.inputs.map((one) => [say('source.inputs'), kindIn(one.what), one.value, one.unit, `${one.sign}${stepsOf(one)}`, one.figure]),
    ...(source.rating?.indicators ?? []).map((one): Cell[] => [say('source.inputs'), kindIn(one.code), one.value, one.unit, `÷ ${one.baseline ?? '—'} × ${one.weight ?? '—'} = ${one.score ?? '—'}`, one.id]),
    ...source.added.map((one): Cell[] => [say('source.inputs'), one.enterprise, one.amount, source.inputs[0]?.unit, `÷ ${one.below} ${source.inputs[1]?.unit ?? ''}`, one.figure]),
    ...source.taken_from.map((one) => [say('source.taken'), takenIn(one)]),
    [say('source.version'), say('source.revision', { revision: version.revision }), '', '', source.as_of, version.digest],
    ...version.revisions.map((one) => [say('source.version'), say('source.revision', { revision: one.revision }), one.value, source.unit, one.closed_at]),
    ...version.factors.map((one) => [say('source.version'), say('src.factor', { source: one })]),
  ]
  return csvText(rows)
}

/** Hands the file to the browser, under a name that every system takes. */
export const saveCsv = (source: SourceAnswer): void => saveText(`source-${source.id.replace(/[^\w.-]/g, '-')}.csv`, csvOf(source))
