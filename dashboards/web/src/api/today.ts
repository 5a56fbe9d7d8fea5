// What needs an operator besides what arrived.
import { get } from './ask'
import type { Schemas } from './wire'

/** Values of one meter beyond the limits of one indicator: set aside, not counted. */
export type Beyond = Schemas['TodayBeyond']
/** Values of one gateway that contradict one that counts. */
export type Conflict = Schemas['TodayConflict']
export type Today = Schemas['Today']

export const readToday = (query: { park?: string }, cancel?: AbortSignal) => get('/api/v1/today', { query }, cancel)
