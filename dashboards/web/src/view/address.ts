// The address as the state of the map (screens.md 3): keys in one order, defaults left out,
// unknown keys dropped. Knows nothing of Vue and nothing of the browser's history.

/** How the map is looked at. `park` empty = the only one there is, `all` = all of one's own; `p`
 * empty = the period that the server chooses. `park` is ours: screens.md 3 names no key for the
 * scope. */
export interface View {
  park: string
  p: string
  /** The period that is compared with: its values are taken away; empty = none. */
  c: string
  /** How the two are compared: `side` = two maps, empty = the difference. */
  d: string
  /** The revision that is fixed; empty = the newest. */
  v: string
  k: string
  m: string
  r: string
  s: string
  /** `class:3`, `grade:A`, `category:vacant` or `state:no_data`, then `ind:C39`, then `size:big`, each at most once,
   * with commas between; empty = everything. */
  f: string
  /** Sort of the table: a column, `-` in front = falling. */
  o: string
  /** `lon,lat,metres per pixel`; empty = the whole park. */
  z: string
  /** What is written into the parcels; `,base` after it = over the customer's base map. */
  g: string
  /** A surface instead of coloured parcels: how it is made; empty = none. */
  w: string
  /** Its bandwidth or reach, metres; empty = the usual one. */
  h: string
  /** The open panel. */
  x: string
}

export const LAYERS = ['tax_per_mu', 'output_per_mu', 'energy_per_mu', 'energy_per_output', 'grade', 'kwh_per_mu', 'load_per_mu', 'freshness', 'land_state', 'beyond_limits'] as const
export const LABELS = ['class', 'value', 'grade', 'parcel', 'none'] as const
export const RAMPS = ['ylorbr', 'ylgnbu', 'viridis', 'rdylbu'] as const

/** The layer of an address that names none; the server says which (`first_layer` of `/api/v1/me`). */
export const first = { k: 'kwh_per_mu' }

const ALLOWED: Record<keyof View, RegExp> = {
  park: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  p: /^\d{4}(-(0[1-9]|1[0-2]))?$/,
  c: /^\d{4}(-(0[1-9]|1[0-2]))?$/,
  d: /^side$/,
  v: /^[1-9]\d{0,5}$/,
  k: new RegExp(`^(${LAYERS.join('|')})$`),
  m: /^([qje][2-7]|d[357]|f:-?\d+(\.\d+)?(,-?\d+(\.\d+)?){0,7})$/,
  r: new RegExp(`^(${RAMPS.join('|')})$`),
  s: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  f: /^(?=[cgsi])(class:[0-9]|grade:[A-DT]|category:[a-z_]{1,20}|state:(incomplete|no_data|not_counted|hidden))?((^|,)ind:[A-Z]\d{0,4})?((^|,)size:(big|small))?$/,
  o: /^-?(rank|parcel|enterprise|value|base|difference|grade|change|completeness)$/,
  z: /^-?\d{1,3}(\.\d+)?,-?\d{1,2}(\.\d+)?,\d+(\.\d+)?$/,
  g: new RegExp(`^(${LABELS.join('|')})(,base)?$`),
  w: /^(kernel|inverse)$/,
  h: /^[1-9]\d{1,3}$/,
  x: /^src$/,
}

const KEYS = Object.keys(ALLOWED) as (keyof View)[]

/** What differs from quantiles in brown, as the server has it, too (src/http/figures/layer.rs). */
const USUAL: Record<string, { m?: string; r?: string }> = {
  tax_per_mu: { r: 'ylgnbu' },
  output_per_mu: { m: 'f:100,200,400,600', r: 'ylgnbu' },
  energy_per_output: { m: 'f:20,50,100,200' },
  grade: { r: 'ylgnbu' },
  freshness: { m: 'f:90,98', r: 'ylgnbu' },
}

/** Of a surface what is high is looked for. */
const SURFACE = { m: 'e5', r: 'viridis' }

/** What is written into the parcels, and whether the base map lies under them. */
export function overlaysOf(g: string): { label: string; base: boolean } {
  const [label = '', base] = g.split(',')
  return { label, base: base === 'base' }
}

/** The overlays of the address with another part. */
export function withOverlay(g: string, part: Partial<{ label: string; base: boolean }>): string {
  const { label, base } = { ...overlaysOf(g), ...part }
  return base ? `${label},base` : label
}

/** Layers without more or less: what a parcel is. */
export const isCategory = (k: string): boolean => k === 'land_state' || k === 'beyond_limits'

/** Layers of the moment: there is no period to choose. */
export const isOfNow = (k: string): boolean => k === 'freshness' || k === 'load_per_mu' || isCategory(k)

/** Whether a layer's amounts can be spread over the land; a ratio or a grade never is. */
export const hasSurface = (k: string): boolean => k === 'load_per_mu' || k === 'kwh_per_mu'

/** Whether the values of two periods of a layer can be taken from each other. */
export const isComparable = (k: string): boolean => !isOfNow(k) && k !== 'grade'

/** Whether the colours are those of a difference. */
export const isDifference = ({ c, d }: Pick<View, 'c' | 'd'>): boolean => c !== '' && d === ''

/** What stands where the address says nothing; classes and ramp depend on the layer, and on whether
 * it is a difference that is shown. */
export function defaults(k: string, c = '', w = ''): View {
  const { m = 'q5', r = 'ylorbr' } = w ? SURFACE : c ? { m: 'd5', r: 'rdylbu' } : (USUAL[k] ?? {})
  return { park: '', p: '', c: '', d: '', v: '', k, m, r, s: '', f: '', o: k === 'grade' ? 'grade' : k === 'land_state' ? 'parcel' : '-value', z: '', g: 'grade', w: '', h: '', x: '' }
}

/** The view that `search` names; what it does not name, or names wrongly, is the default. */
export function read(search: string): View {
  const query = new URLSearchParams(search)
  const named = (key: keyof View) => {
    const value = query.get(key) ?? ''
    return ALLOWED[key].test(value) ? value : ''
  }
  const k = named('k') || first.k
  const view = defaults(k, isComparable(k) && !named('d') ? named('c') : '', hasSurface(k) ? named('w') : '')
  for (const key of KEYS) view[key] = named(key) || view[key]
  // What is shown as of now has no revisions.
  if (isOfNow(view.k)) view.v = ''
  if (!hasSurface(view.k)) view.w = ''
  if (!view.w) view.h = ''
  if (!isComparable(view.k) || view.w) view.c = ''
  if (!view.c) view.d = ''
  return view
}

/** The query of `view`, with `?` in front, empty if all is default. */
export function write(view: View): string {
  const usual = defaults(view.k, isDifference(view) ? view.c : '', view.w)
  const parts = KEYS.filter((key) => view[key] !== (key === 'k' ? first.k : usual[key])).map(
    (key) => `${key}=${encodeURIComponent(view[key]).replace(/%3A/g, ':').replace(/%2C/g, ',')}`,
  )
  return parts.length > 0 ? `?${parts.join('&')}` : ''
}
