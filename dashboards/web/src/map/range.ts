// The range of a class that is closed below, in words; the outer ones name no end of theirs.
import { say } from '../words'
import { number } from '../words/numbers'

export function range({ low, high }: { low: string | null; high: string | null }): string {
  const values = { low: number(low), high: number(high) }
  if (low === null) return high === null ? say('legend.all') : say('legend.below', values)
  return high === null ? say('legend.above', values) : say('legend.between', values)
}
