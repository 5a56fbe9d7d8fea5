// What the map page shows: read when the view changes, patched by the live line, kept when an
// answer does not come. The only place of the page that asks the server.
import { computed, ref, shallowReactive, watch } from 'vue'
import { Refused } from '../api/client'
import { readBackdrop, readBeside, readCard, readMap, readOutlines, readPeriods } from '../api/reading'
import { join, serverNow } from '../api/live'
import type { Backdrop, Card, Cell, LiveReadings, MapAnswer, Outlines, Periods } from '../api/wire'
import { me } from '../session/me'
import { defaults, isDifference } from '../view/address'
import { view } from '../view/history'
import { park } from '../view/scope'
import { Cells } from './cells'

export const shown = shallowReactive({
  map: null as MapAnswer | null,
  periods: null as Periods | null,
  outlines: null as Outlines | null,
  /** Outlines of the other parks near this one: drawn faint, without a figure. */
  beside: null as Outlines | null,
  /** What is drawn under the parcels; none where the installation has no drawing. */
  backdrop: null as Backdrop | null,
  card: null as Card | null,
  /** Since when an answer is awaited, browser clock; 0 = none is. */
  waitingSince: 0,
  refused: null as Refused | null,
  /** Live events were lost and everything was read again. */
  gap: false,
  /** Breaks that hold while the time bar plays. */
  frozen: '',
})

/** The newest measured instant that was heard of. */
export const dataTo = ref<string | null>(null)

/** Cells by parcel; patched in place, so that order and selection stay. */
export const cells = new Cells()

/** The cell that is selected, if this map has it. */
export const selected = computed(() => (view.s ? cells.get(view.s) : undefined))

let reading: AbortController | null = null

/** Stops waiting; what was shown stays. */
export function cancel(): void {
  reading?.abort()
  shown.waitingSince = 0
}

function take(answer: MapAnswer): void {
  const settled = shown.map?.settling != null && answer.settling === null
  shown.map = answer
  // Months are being closed: they come one by one, and the list of periods with the last.
  if (answer.settling !== null) patchSoon()
  if (settled) void refreshPeriods()
  dataTo.value = later(dataTo.value, answer.data_to)
  cells.take(answer.cells)
}

/** Reads the map; `quietly` keeps the waiting sentence away (a patch, not a step). */
export async function refresh(quietly = false): Promise<void> {
  reading?.abort()
  const own = new AbortController()
  reading = own
  if (!quietly) shown.waitingSince = Date.now()
  try {
    take(await readMap({ park: park.value, p: view.p || undefined, c: view.c || undefined, v: view.v || undefined, k: view.k, ...classes() }, own.signal))
    shown.refused = null
  } catch (reason) {
    if (!own.signal.aborted) shown.refused = asRefused(reason)
  }
  if (reading === own) shown.waitingSince = 0
}

/** Side by side the table shows the difference all the same, by its own classes. */
function classes(): { m: string; r: string } {
  const { m, r } = view.d ? defaults(view.k, view.c) : { m: shown.frozen || view.m, r: view.r }
  return { m, r }
}

const asRefused = (reason: unknown) => (reason instanceof Refused ? reason : new Refused(0, 'page', '—'))

let readingCard: AbortController | null = null
/** What the live line said while a card was on its way: the answer may be older than that. */
let heardMeanwhile: LiveReadings['values'] = []

/** Reads the card of the selected parcel. */
export async function refreshCard(): Promise<void> {
  readingCard?.abort()
  if (!view.s || !cells.has(view.s)) {
    shown.card = null
    return
  }
  const own = new AbortController()
  readingCard = own
  heardMeanwhile = []
  try {
    const card = await readCard(view.s, { park: park.value, k: view.k, p: view.p || undefined, v: view.v || undefined }, own.signal)
    if (readingCard !== own) return
    shown.card = card
    patchCard(heardMeanwhile)
  } catch (reason) {
    if (own.signal.aborted) return
    const refused = asRefused(reason)
    if (refused.status === 404) shown.card = null
    else shown.refused = refused
  } finally {
    if (readingCard === own) readingCard = null
  }
}

async function refreshPeriods(): Promise<void> {
  try {
    // Bars are of values: the classes of a difference are none of theirs.
    shown.periods = await readPeriods(view.k, isDifference(view) ? defaults(view.k).m : view.m, park.value)
  } catch (reason) {
    shown.refused = asRefused(reason)
  }
}

/** Everything again, as after a refusal or a gap. */
export async function refreshAll(): Promise<void> {
  const outlines = shown.outlines ? Promise.resolve() : refreshOutlines()
  await Promise.all([outlines, refresh().then(refreshCard), refreshPeriods()])
}

/** The period whose outlines are asked for; empty = now. */
let outlinesOf = ''

/** Outlines are of the time of the figures: parcels were cut and put together since, or before. */
function followOutlines(): void {
  const { map, outlines } = shown
  if (!map || !outlines || map.outlines_as_of === outlines.as_of) return
  const wanted = map.period === 'now' ? '' : map.period
  const key = `${park.value ?? ''} ${wanted} ${map.outlines_as_of}`
  if (key === followed) return
  ;[outlinesOf, followed] = [wanted, key]
  void refreshOutlines()
}
let followed = ''

async function refreshOutlines(): Promise<void> {
  try {
    const asked = park.value
    shown.outlines = await readOutlines(asked, outlinesOf || undefined)
    // The figures do not wait for it, and go without it.
    const backdrop = await readBackdrop(asked).catch(() => null)
    if (park.value === asked) shown.backdrop = backdrop
    const own = asked ?? (me.value?.parks.length === 1 ? me.value.parks[0]?.park : undefined)
    const beside = own ? await readBeside(own).catch(() => null) : null
    if (park.value === asked) shown.beside = beside
  } catch (reason) {
    shown.refused = asRefused(reason)
  }
}

/** At most one quiet reading of the map per this many milliseconds. */
const PATCH_EVERY_MS = 5000
let patchDue: ReturnType<typeof setTimeout> | null = null

function patchSoon(): void {
  patchDue ??= setTimeout(() => {
    patchDue = null
    if (!shown.waitingSince) void refresh(true)
  }, PATCH_EVERY_MS)
}

/** The later of two instants, either of which may be missing. */
function later(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other
  return Date.parse(one) >= Date.parse(other) ? one : other
}

/** Live values change what they touch at once; what the server works out of them (shares,
 * classes, who is on time) follows with the next patch. */
function hearReadings({ values }: LiveReadings): void {
  const newest = new Map<string, string>()
  for (const { enterprise, at } of values) newest.set(enterprise, later(newest.get(enterprise) ?? null, at) ?? at)
  let stale = view.k === 'freshness' || view.k === 'beyond_limits' || shown.map?.closed === false
  const touched: Cell[] = []
  for (const cell of cells.values()) {
    let at = cell.latest_at
    for (const { enterprise } of cell.enterprises) at = later(at, newest.get(enterprise) ?? null)
    if (at === cell.latest_at) continue
    touched.push({ ...cell, latest_at: at })
    stale ||= cell.freshness !== 'on_time'
  }
  cells.patch(touched)
  for (const at of newest.values()) dataTo.value = later(dataTo.value, at)
  // Asked for already: what is heard now is laid over the answer when it comes.
  if (readingCard) heardMeanwhile.push(...values)
  patchCard(values)
  if (stale) patchSoon()
}

function patchCard(values: LiveReadings['values']): void {
  const card = shown.card
  if (!card) return
  let touched = false
  const meters = card.meters.map((meter) => {
    const news = values.filter((value) => value.meter === meter.meter)
    if (news.length === 0) return meter
    touched = true
    const latest = new Map(meter.latest.map((one) => [one.indicator, one]))
    for (const value of news) {
      const before = latest.get(value.indicator)
      if (!before || Date.parse(before.at) <= Date.parse(value.at)) latest.set(value.indicator, value)
    }
    return { ...meter, freshness: 'on_time' as const, latest: [...latest.values()] }
  })
  if (touched) shown.card = { ...card, meters }
}

let begun = false

/** Starts reading before the page is there that shows it: its code and its figures come at once. */
export function begin(): void {
  begun = true
  void refreshAll()
}

/** Starts reading and listening; the answer stops both. */
export function watchData(): () => void {
  const stops = [
    watch(() => [park.value, view.p, view.c, view.d, view.v, view.k, view.m, view.r, shown.frozen], () => void refresh()),
    watch(() => [park.value, view.k, view.m], () => void refreshPeriods()),
    watch(park, () => void refreshOutlines()),
    watch(() => [shown.map?.outlines_as_of, shown.outlines], followOutlines),
    watch(() => [park.value, view.s, view.k, view.p, view.v, selected.value?.parcel], () => void refreshCard()),
    join({
      readings: hearReadings,
      state: (state) => {
        dataTo.value = later(dataTo.value, state.data_to)
      },
      gap: () => {
        shown.gap = true
        void refreshAll()
      },
    }),
  ]
  if (!begun) void refreshAll()
  begun = false
  return () => stops.forEach((stop) => stop())
}

export { serverNow }
