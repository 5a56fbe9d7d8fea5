// The address as the state of the rating list: `f` group and part, `o` order, `s` the open row.
// What one types to search is not written there (screens.md 3: no free text in addresses).
import { reactive } from 'vue'

export type Group = 'above' | 'below'
export const PARTS = ['t', 'reason', 'veto', 'imputed'] as const
export type Part = '' | (typeof PARTS)[number] | `g${string}`

export interface RatingView {
  group: Group
  part: Part
  /** A column, `-` in front = falling; `rank` is the usual. */
  o: string
  /** The credit code of the open row. */
  s: string
}

const PART = /^(t|reason|veto|imputed|g[A-D])$/
const ORDER = /^-?(rank|name|bonus|deduct|total|grade|[a-z_]{3,32})$/
const CODE = /^[0-9A-Z]{18}$/

/** The view that `search` names; what it does not name, or names wrongly, is the default. */
export function read(search: string): RatingView {
  const query = new URLSearchParams(search)
  const f = (query.get('f') ?? '').split(',')
  const [o, s] = [query.get('o') ?? '', query.get('s') ?? '']
  return {
    group: f.includes('below') ? 'below' : 'above',
    part: (f.find((one) => PART.test(one)) ?? '') as Part,
    o: ORDER.test(o) ? o : 'rank',
    s: CODE.test(s) ? s : '',
  }
}

/** The query of `view`, with `?` in front, empty if all is default. */
export function write({ group, part, o, s }: RatingView): string {
  const f = [group === 'below' ? 'below' : '', part].filter(Boolean).join(',')
  const keys = [s && `s=${s}`, f && `f=${f}`, o !== 'rank' && `o=${o}`].filter(Boolean)
  return keys.length > 0 ? `?${keys.join('&')}` : ''
}

export const view = reactive<RatingView>(read(location.search))

/** A deliberate act: one step back undoes it. */
export function act(change: Partial<RatingView>): void {
  Object.assign(view, change)
  const address = location.pathname + write(view)
  if (address !== location.pathname + location.search) history.pushState(null, '', address)
}

/** Back and Forward show what the address says; the answer stops that. */
export function watchHistory(): () => void {
  const back = () => Object.assign(view, read(location.search))
  addEventListener('popstate', back)
  history.replaceState(null, '', location.pathname + write(view))
  return () => removeEventListener('popstate', back)
}
