// The pages there are for each role: what the navigation shows, and what an address opens.
import type { Me } from '../api/wire'

export interface Place {
  /** Its word in `nav`. */
  word: string
  path: string
  /** Addresses under which it is lit. */
  lit: RegExp
}

/** The year that is rated now: the one before the running one. */
export const ratedYear = (now: number): number => new Date(now + 8 * 3600 * 1000).getUTCFullYear() - 1

/** The pages of `role`, in the order of the navigation; none that does not exist yet. */
export function placesOf(role: Me['role'] | undefined, now: number): Place[] {
  const map = { word: 'map', path: '/map', lit: /^\/(map)?$/ }
  const rating = { word: 'rating', path: `/rating/${ratedYear(now)}`, lit: /^\/rating\// }
  const own = { word: 'me', path: '/me', lit: /^\/me$/ }
  const today = { word: 'today', path: '/today', lit: /^\/today$/ }
  const duty = { word: 'duty', path: '/duty', lit: /^\/duty$/ }
  const gateways = { word: 'gateways', path: '/gateways', lit: /^\/gateways/ }
  const arrival = { word: 'arrival_all', path: '/arrival', lit: /^\/arrival$/ }
  const alarms = { word: 'alarms', path: '/alarms', lit: /^\/alarms$/ }
  const quality = { word: 'quality', path: '/quality', lit: /^\/quality$/ }
  const sys = { word: 'sys', path: '/sys', lit: /^\/sys$/ }
  const decisions = { word: 'decisions', path: '/decisions', lit: /^\/decisions$/ }
  switch (role) {
    case 'enterprise':
      return [
        { word: 'home', path: '/my', lit: /^\/my$/ },
        { word: 'arrival', path: '/my/arrival', lit: /^\/my\/(arrival|quarantine|meters\/.*)$/ },
        { word: 'ledger', path: '/my/ledger', lit: /^\/my\/(ledger|statements|land)/ },
        { word: 'grade', path: '/my/grade', lit: /^\/my\/grade/ },
        { word: 'gateways', path: '/my/gateways', lit: /^\/my\/gateways/ },
        { word: 'alarms', path: '/my/alarms', lit: /^\/my\/alarms$/ },
        { word: 'quality', path: '/my/quality', lit: /^\/my\/quality$/ },
        decisions,
        map,
        rating,
      ]
    case 'public':
      return [rating]
    case 'sec':
      return [{ word: 'users', path: '/sec/users', lit: /^\/sec\/users/ }, { word: 'credentials', path: '/sec/credentials', lit: /^\/sec\/credentials/ }, { word: 'logins', path: '/sec/logins', lit: /^\/sec\/logins/ }, { word: 'roles', path: '/sec/roles', lit: /^\/sec\/roles/ }, own]
    case 'aud':
      return [{ word: 'log', path: '/aud/log', lit: /^\/aud\// }, own]
    case 'kiosk':
      return [duty, today, map, arrival, quality, alarms]
    case 'bureau':
      return [map, arrival, quality, today, alarms, { word: 'rollups', path: '/rollups', lit: /^\/rollups$/ }, rating, { word: 'import', path: '/import', lit: /^\/import$/ }, gateways, duty]
    case 'sys':
      return [sys, own]
    default:
      return [today, alarms, map, arrival, quality, decisions, gateways, rating, duty]
  }
}
