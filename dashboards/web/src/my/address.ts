// The address as the state of 数据到达: `f` the cause, `s` the open firm, `park` the scope. What one
// types to search is not written there (screens.md 3: no free text in addresses).
import { reactive } from 'vue'
import { CAUSES, type CauseFilter } from './firms'

export interface ArrivalView {
  f: '' | CauseFilter
  /** The credit code of the open firm. */
  s: string
  /** What is searched for. */
  text: string
}

const CODE = /^[0-9A-Z]{18}$/

/** The view that `search` names; what it does not name, or names wrongly, is the default. */
export function read(search: string): Omit<ArrivalView, 'text'> {
  const query = new URLSearchParams(search)
  const [f, s] = [query.get('f') ?? '', query.get('s') ?? '']
  return { f: CAUSES.find((cause) => f === `cause:${cause}`) ?? '', s: CODE.test(s) ? s : '' }
}

/** The query of `view` in the scope `park`, with `?` in front, empty if all is default. */
export function write({ f, s }: Pick<ArrivalView, 'f' | 's'>, park: string): string {
  const keys = [park && `park=${park}`, s && `s=${s}`, f && `f=cause:${f}`].filter(Boolean)
  return keys.length > 0 ? `?${keys.join('&')}` : ''
}

export const view = reactive<ArrivalView>({ ...read(location.search), text: '' })

/** A deliberate act: one step back undoes it. */
export function act(change: Partial<ArrivalView>): void {
  Object.assign(view, change)
  const park = new URLSearchParams(location.search).get('park') ?? ''
  const address = location.pathname + write(view, park)
  if (address !== location.pathname + location.search) history.pushState(null, '', address)
}

/** Back and Forward show what the address says; the answer stops that. */
export function watchHistory(): () => void {
  const back = () => Object.assign(view, read(location.search))
  addEventListener('popstate', back)
  return () => removeEventListener('popstate', back)
}
