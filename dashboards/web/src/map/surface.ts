// The surface that the page shows: read when the view asks for one, gone when it does not.
import { shallowReactive, watch } from 'vue'
import { Refused } from '../api/client'
import { readSurface } from '../api/reading'
import type { Surface } from '../api/wire'
import { view } from '../view/history'
import { park } from '../view/scope'
import { shown } from './data'
import { firmsOf } from './scene'

export const surface = shallowReactive({
  answer: null as Surface | null,
  refused: null as Refused | null,
  waiting: false,
})

let reading: AbortController | null = null
/** Breaks that hold while the time bar plays: the surface's own, those of parcels are none of its. */
let held = ''

async function refresh(): Promise<void> {
  reading?.abort()
  if (!view.w) {
    Object.assign(surface, { answer: null, refused: null, waiting: false })
    return
  }
  const own = new AbortController()
  reading = own
  surface.waiting = true
  if (!shown.frozen) held = ''
  else if (!held && surface.answer?.breaks.length) held = `f:${surface.answer.breaks.join(',')}`
  try {
    surface.answer = await readSurface({ park: park.value, k: view.k, p: view.p || undefined, v: view.v || undefined, w: view.w, h: view.h || undefined, m: held || view.m, r: view.r, f: firmsOf(view.f) }, own.signal)
    surface.refused = null
  } catch (reason) {
    if (own.signal.aborted) return
    surface.answer = null
    surface.refused = reason instanceof Refused ? reason : new Refused(0, 'page', '—')
  }
  surface.waiting = false
}

/** Starts reading; the answer stops it. A new answer of the map is news for the surface, too. */
export const watchSurface = (): (() => void) => watch(() => [park.value, view.k, view.p, view.v, view.w, view.h, view.m, view.r, firmsOf(view.f), shown.frozen, shown.map?.as_of], () => void refresh(), { immediate: true })
