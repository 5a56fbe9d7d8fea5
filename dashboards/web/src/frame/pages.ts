// Which page an address is, for whom. What is not theirs is not there: the same page for both.
import type { Me } from '../api/wire'

export type Page = 'map' | 'my' | 'arrival' | 'rating' | 'src' | 'login' | 'me' | 'users' | 'log' | 'ownLog' | 'gateways' | 'credentials' | 'today' | 'duty' | 'import' | 'api' | 'notifications' | 'decisions' | 'sys' | 'roles' | 'logins' | 'alarms' | 'meter' | 'rollups' | 'books' | 'quality'

const ADDRESSES: [RegExp, Page][] = [
  [/^\/(map)?$/, 'map'],
  [/^\/my(\/arrival|\/quarantine|\/ledger(\/\d{4}-(0[1-9]|1[0-2]))?|\/grade(\/\d{4})?)?$/, 'my'],
  [/^\/my\/(statements|land)$/, 'books'],
  [/^\/ent\/[^/]+\/(statements|land)$/, 'books'],
  [/^\/arrival$/, 'arrival'],
  [/^\/rating\/\d{4}$/, 'rating'],
  [/^\/src\/[^/]+$/, 'src'],
  [/^\/login$/, 'login'],
  [/^\/me$/, 'me'],
  [/^\/sec\/users$/, 'users'],
  [/^\/aud\/log$/, 'log'],
  [/^\/me\/log$/, 'ownLog'],
  [/^(\/my)?\/gateways(\/[^/]+\/test)?$/, 'gateways'],
  [/^\/sec\/credentials$/, 'credentials'],
  [/^\/today$/, 'today'],
  [/^\/import$/, 'import'],
  [/^\/duty$/, 'duty'],
  [/^\/help\/api$/, 'api'],
  [/^\/notifications$/, 'notifications'],
  [/^\/decisions$/, 'decisions'],
  [/^\/sys$/, 'sys'],
  [/^\/sec\/roles$/, 'roles'],
  [/^\/sec\/logins$/, 'logins'],
  [/^(\/my)?\/alarms$/, 'alarms'],
  [/^\/my\/meters\/[^/]+$/, 'meter'],
  [/^\/rollups$/, 'rollups'],
  [/^(\/my)?\/quality$/, 'quality'],
]

/** Who may open a page; the server says so too, with its status. */
const FOR: Record<Page, (role: Me['role']) => boolean> = {
  map: (role) => ['enterprise', 'operator', 'kiosk', 'bureau', 'machine'].includes(role),
  my: (role) => role === 'enterprise',
  rating: (role) => !['sys', 'sec', 'aud'].includes(role),
  books: (role) => ['operator', 'kiosk', 'bureau', 'machine'].includes(role),
  login: () => true,
  sys: (role) => role === 'sys',
  roles: (role) => role === 'sec',
  logins: (role) => role === 'sec',
  alarms: (role) => ['operator', 'kiosk', 'bureau', 'machine'].includes(role),
  meter: (role) => role === 'enterprise',
  quality: (role) => ['operator', 'kiosk', 'bureau', 'machine'].includes(role),
  api: () => true,
  decisions: (role) => ['enterprise', 'operator', 'kiosk', 'bureau', 'machine'].includes(role),
  notifications: (role) => role !== 'public',
  me: (role) => role !== 'public',
  users: (role) => role === 'sec',
  log: (role) => role === 'aud',
  ownLog: (role) => ['enterprise', 'operator', 'kiosk', 'bureau'].includes(role),
  today: (role) => ['operator', 'kiosk', 'bureau', 'machine'].includes(role),
  import: (role) => role === 'bureau',
  rollups: (role) => role === 'bureau',
  duty: (role) => ['operator', 'kiosk', 'bureau', 'machine'].includes(role),
  credentials: (role) => role === 'sec',
  gateways: (role) => ['operator', 'kiosk', 'bureau', 'machine'].includes(role),
  src: (role) => ['enterprise', 'operator', 'kiosk', 'bureau', 'machine'].includes(role),
  arrival: (role) => ['operator', 'kiosk', 'bureau', 'machine'].includes(role),
}

/** The page at `path` for `role`; null if there is none. A role that is not known may try. */
export function pageOf(path: string, role: Me['role'] | undefined): Page | null {
  const page = ADDRESSES.find(([address]) => address.test(path))?.[1] ?? null
  if ((page === 'gateways' || page === 'alarms' || page === 'books' || page === 'quality') && path.startsWith('/my/')) return role === undefined || role === 'enterprise' ? page : null
  return page !== null && (role === undefined || FOR[page](role)) ? page : null
}
