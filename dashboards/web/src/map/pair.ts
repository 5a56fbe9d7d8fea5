// The two maps that stand side by side: read one after the other, for both have the breaks of the
// first, so that one legend holds for both.
import { shallowReactive, watch } from 'vue'
import { Refused } from '../api/client'
import { readMap } from '../api/reading'
import type { MapAnswer } from '../api/wire'
import { view } from '../view/history'
import { park } from '../view/scope'
import { shown } from './data'

export const pair = shallowReactive({
  left: null as MapAnswer | null,
  right: null as MapAnswer | null,
  /** The breaks of both, as an address writes them. */
  m: '',
})

let reading: AbortController | null = null

async function refresh(): Promise<void> {
  reading?.abort()
  if (!view.d) {
    Object.assign(pair, { left: null, right: null, m: '' })
    return
  }
  const own = new AbortController()
  reading = own
  const read = (period: string | undefined, v: string | undefined, m: string) => readMap({ park: park.value, p: period, v, k: view.k, m, r: view.r }, own.signal)
  const [p, v] = [view.p || shown.map?.period, view.v || undefined]
  try {
    const first = await read(p, v, view.m)
    const m = first.breaks.length > 0 ? `f:${first.breaks.join(',')}` : view.m
    // Natural breaks close their classes above, fixed ones below: then both are asked for as fixed.
    const left = first.legend.closed === 'above' ? await read(p, v, m) : first
    const right = await read(view.c, undefined, m)
    Object.assign(pair, { left, right, m })
  } catch (reason) {
    if (own.signal.aborted) return
    Object.assign(pair, { left: null, right: null, m: '' })
    shown.refused = reason instanceof Refused ? reason : new Refused(0, 'page', '—')
  }
}

/** Starts reading; the answer stops it. A new answer of the map is news for both. */
export const watchPair = (): (() => void) => watch(() => [park.value, view.k, view.p, view.c, view.d, view.v, view.m, view.r, shown.map?.as_of], () => void refresh(), { immediate: true })
