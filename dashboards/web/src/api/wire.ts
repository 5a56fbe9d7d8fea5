// The shapes of /api/v1, each trade in a file of its own below wire/. Decimals are strings, times
// RFC 3339, periods `2026-10` or `now`.
export type * from './wire/arrival'
export type * from './wire/ledger'
export type * from './wire/map'
export type * from './wire/people'
export type * from './wire/rating'
export type * from './wire/source'
