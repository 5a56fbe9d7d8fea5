// A source in words: what an input is, what is done with it, where it was taken from.
import type { SourceAnswer, SourceInput, TakenFrom } from '../api/wire'
import { has, say } from '../words'
import { minute, number } from '../words/numbers'

/** What a code of a figure, an indicator or a term is called; a meter or parcel is its own name. */
export function kindIn(code: string): string {
  const plain = code.replace(/^rated_/, '').replace(/^total_/, '')
  const key = [`kind.${plain}`, `term.${plain}`, `statement.${plain}`, `part.${plain}`, `indicator.${plain}`, `event.${plain}`, `layer.${plain}`].find(has)
  return key === undefined ? code : say(key)
}

/** The formula in words, as `综合能耗 ÷ 用地`. */
export function formulaOf({ formula, inputs }: SourceAnswer): string {
  const names = formula.of.map(kindIn)
  if (formula.code === 'grade') return say('src.grade')
  if (formula.code === 'register_difference') return say('src.register_difference')
  if (formula.code === 'ratio') return names.join(' ÷ ') + (formula.times !== null && formula.times !== 1 ? ` × ${number(String(formula.times))}` : '')
  const signs = inputs.length === names.length ? inputs.map((one) => one.sign) : []
  return names.map((name, index) => (signs[index] === '-' ? (index === 0 ? '− ' : ' − ') : index === 0 ? '' : ' + ') + name).join('')
}

/** What is done with an input, with the numbers: ` × 0.3000 kgce/kWh ÷ 1000`. */
export const stepsOf = (one: SourceInput): string => one.steps.map((step) => ` ${step.operation === 'over' ? '÷' : '×'} ${number(step.by)}${step.unit ? ` ${step.unit}` : ''}`).join('')

const percent = (share: string): string => String(Math.round(Number(share) * 1000) / 10)

/** Where an input was taken from. */
export function takenIn(from: TakenFrom): string {
  if (from.kind === 'statement') return say('taken.statement', { what: kindIn(from.indicator), period: from.period, source: from.source, time: minute(from.recorded_at) })
  if (from.kind === 'holding') return say('taken.holding', { parcel: from.parcel, held: say(`held.${from.held}`), amount: `${number(from.value)} ${from.unit}`, since: minute(from.valid_from).slice(0, 10) })
  if (from.kind === 'conduct') return say('taken.conduct', { what: kindIn(from.code), source: from.source, since: minute(from.valid_from).slice(0, 10), document: from.document ?? say('taken.conduct_none') })
  const values = { meter: from.meter, share: percent(from.known_share), multiplier: number(from.multiplier) }
  if (!from.start || !from.end) return say('taken.readings_none', values)
  return say('taken.readings', { ...values, start: number(from.start.register), end: number(from.end.register), from: minute(from.start.at).slice(5), to: minute(from.end.at).slice(5) })
}
