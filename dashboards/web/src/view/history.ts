// The view of this page, kept in the address: deliberate acts are pushed, pan and zoom replace,
// Back undoes the last act (screens.md 3).
import { reactive } from 'vue'
import { defaults, first, isDifference, LAYERS, overlaysOf, read, withOverlay, write, type View } from './address'

export const view = reactive<View>(read(location.search))

/** Whether the page keeps its view in the address by the keys of the map. */
const isMap = /^\/(map)?$/.test(location.pathname)

function show(next: View): void {
  Object.assign(view, next)
}

/** A deliberate act: one step back undoes it. */
export function act(change: Partial<View>): void {
  const next = { ...view, ...change }
  if (change.k !== undefined && change.k !== view.k) {
    const usual = defaults(change.k)
    Object.assign(next, { g: withOverlay(usual.g, { base: overlaysOf(view.g).base }), o: usual.o, f: '', x: '', p: '', c: '', v: '', w: change.w ?? '' })
  }
  // Classes of values are none of densities.
  if (next.k !== view.k || (next.w === '') !== (view.w === '')) {
    const { m, r } = defaults(next.k, '', next.w)
    Object.assign(next, { m, r, c: '', d: '', h: '', f: withoutClass(next.f) })
  }
  // Classes of values are none of differences.
  if (next.c === '') next.d = ''
  if (isDifference(next) !== isDifference(view)) {
    const { m, r } = defaults(next.k, isDifference(next) ? next.c : '', next.w)
    Object.assign(next, { m, r, f: withoutClass(next.f) })
  }
  // A revision is one of its period.
  if (change.p !== undefined && change.v === undefined) next.v = ''
  const address = location.pathname + (isMap ? write(next) : scoped(next))
  if (address !== location.pathname + location.search) history.pushState(null, '', address)
  show(next)
}

/** Other pages know of the scope alone. */
const scoped = ({ park }: View): string => (park ? `?park=${park}` : '')

const withoutClass = (f: string): string => f.split(',').filter((part) => !part.startsWith('class:')).join(',')

/** Pan, zoom, sort: the address follows without a step of its own. */
export function follow(change: Partial<View>): void {
  const next = { ...view, ...change }
  history.replaceState(null, '', location.pathname + write(next))
  show(next)
}

/** Once it is known with which layer maps begin. */
export function beginWith(layer: string | undefined): void {
  if (!LAYERS.some((one) => one === layer)) return
  first.k = layer ?? first.k
  show(read(location.search))
}

/** Back and Forward show what the address says. */
export function watchHistory(): void {
  addEventListener('popstate', () => show(read(location.search)))
  follow({})
}
