// What accounts come to by where or what enterprises are.
import { address, get } from './ask'
import type { Schemas } from './wire'

export type RollupRow = Schemas['Rollup']

export const readRollups = (by: string, period: string | undefined, kinds: readonly string[], cancel?: AbortSignal) => get('/api/v1/rollups', { query: { by, period, k: kinds.join(',') } }, cancel)
/** All its figures as a file. */
export const rollupsAs = (by: string, period: string | undefined, form: 'csv' | 'xlsx') => address('/api/v1/rollups', { query: { by, period, form } })
