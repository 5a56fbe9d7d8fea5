// How good data are: each meter of a closed month against those below it.
import { address, get } from './ask'
import type { Schemas } from './wire'

export type Balance = Schemas['Balance']

/** Whose, and which month; the newest closed one if none is named. */
export interface BalanceQuery {
  enterprise?: string | undefined
  park?: string | undefined
  month?: string | undefined
}

/** Each meter of a closed month against those right below it. */
export const readBalances = (query: BalanceQuery, cancel?: AbortSignal) => get('/api/v1/balances', { query }, cancel)

/** Where the same stands as a table. */
export const balanceTable = (query: BalanceQuery) => address('/api/v1/balances.csv', { query })

export type RegisterQuality = Schemas['RegisterQuality']

/** Register by register, how good the data of a month are; of the running one if none is named. */
export const readQuality = (query: BalanceQuery, cancel?: AbortSignal) => get('/api/v1/quality', { query }, cancel)

/** Where the same stands as a table. */
export const qualityTable = (query: BalanceQuery) => address('/api/v1/quality.csv', { query })
