// What the map page shows: read when the view changes, patched by the live line, kept when an
// answer does not come. The only place of the page that asks the server.
import { computed, reactive, ref, shallowReactive, watch } from 'vue'
import { readCard, readMap, readOutlines, readPeriods, Refused, type Outlines } from '../api/client'
import { join, serverNow } from '../api/live'
import type { Card, Cell, LiveReadings, MapAnswer, Periods } from '../api/wire'
import { view } from '../view/history'

export const shown = shallowReactive({
  map: null as MapAnswer | null,
  periods: null as Periods | null,
  outlines: null as Outlines | null,
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
export const cells = reactive(new Map<string, Cell>())

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
  const there = new Set(answer.cells.map((cell) => cell.parcel))
  for (const parcel of [...cells.keys()]) if (!there.has(parcel)) cells.delete(parcel)
  for (const cell of answer.cells) cells.set(cell.parcel, cell)
}

/** Reads the map; `quietly` keeps the waiting sentence away (a patch, not a step). */
export async function refresh(quietly = false): Promise<void> {
  reading?.abort()
  const own = new AbortController()
  reading = own
  if (!quietly) shown.waitingSince = Date.now()
  try {
    take(await readMap({ park: view.park || undefined, p: view.p || undefined, k: view.k, m: shown.frozen || view.m, r: view.r }, own.signal))
    shown.refused = null
  } catch (reason) {
    if (!own.signal.aborted) shown.refused = asRefused(reason)
  }
  if (reading === own) shown.waitingSince = 0
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
    const card = await readCard(view.s, { park: view.park || undefined, k: view.k, p: view.p || undefined }, own.signal)
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
    shown.periods = await readPeriods(view.k, view.m, view.park || undefined)
  } catch (reason) {
    shown.refused = asRefused(reason)
  }
}

/** Everything again, as after a refusal or a gap. */
export async function refreshAll(): Promise<void> {
  const outlines = shown.outlines ? Promise.resolve() : refreshOutlines()
  await Promise.all([outlines, refresh().then(refreshCard), refreshPeriods()])
}

async function refreshOutlines(): Promise<void> {
  try {
    shown.outlines = await readOutlines(view.park || undefined)
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
  let stale = view.k === 'freshness' || shown.map?.closed === false
  for (const cell of cells.values()) {
    let at = cell.latest_at
    for (const { enterprise } of cell.enterprises) at = later(at, newest.get(enterprise) ?? null)
    if (at === cell.latest_at) continue
    cells.set(cell.parcel, { ...cell, latest_at: at })
    stale ||= cell.freshness !== 'on_time'
  }
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

/** Starts reading and listening; the answer stops both. */
export function watchData(): () => void {
  const stops = [
    watch(() => [view.park, view.p, view.k, view.m, view.r, shown.frozen], () => void refresh()),
    watch(() => [view.park, view.k, view.m], () => void refreshPeriods()),
    watch(() => view.park, () => void refreshOutlines()),
    watch(() => [view.park, view.s, view.k, view.p, selected.value?.parcel], () => void refreshCard()),
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
  void refreshAll()
  return () => stops.forEach((stop) => stop())
}

export { serverNow }
