// What arrived, kept up with while a page is open: asked once, patched in place when readings come,
// in the order that was shown first (screens.md 1.4: nothing moves under the hand).
import { computed, onMounted, onUnmounted, ref, watch, type ComputedRef, type Ref } from 'vue'
import { readArrival } from '../api/reading'
import { join, serverNow } from '../api/live'
import type { Arrival } from '../api/wire'
import { loading, type Loading } from '../frame/load'
import { dataTo } from '../map/data'
import { inOrderOf } from './order'

export interface Arriving extends Loading<Arrival> {
  arrival: ComputedRef<Arrival | null>
  /** The server's time, once a second. */
  now: Ref<number>
}

/** `next` with the meters in the order of `shown`. */
const inShownOrder = (next: Arrival, shown: Arrival | null): Arrival =>
  shown ? { ...next, meters: inOrderOf(next.meters, (one) => one.meter, shown.meters.map((one) => one.meter)) } : next

/** What `query` asks for, patched at most every `patchMs`; asked anew when the query changes. */
export function arriving(query: () => { park?: string; days?: string }, patchMs: number): Arriving {
  const now = ref(serverNow())
  let tick: ReturnType<typeof setInterval> | undefined
  /** What is on the screen under the query of the moment. */
  let shown: Arrival | null = null
  const { load, ask, cancel } = loading(async (stop) => (shown = inShownOrder(await readArrival(query(), stop), shown)))
  const anew = () => {
    shown = null
    return ask()
  }
  watch(
    () => load.answer,
    (answer) => {
      const newest = answer?.meters.flatMap((one) => one.latest_at ?? []) ?? []
      dataTo.value = newest.sort((a, b) => Date.parse(b) - Date.parse(a))[0] ?? dataTo.value
    },
  )
  watch(query, () => void anew())

  let patchDue: ReturnType<typeof setTimeout> | undefined
  function patchSoon(): void {
    patchDue ??= setTimeout(() => {
      patchDue = undefined
      void ask(true)
    }, patchMs)
  }
  let leave = () => {}
  onMounted(() => {
    void anew()
    tick = setInterval(() => (now.value = serverNow()), 1000)
    leave = join({ readings: patchSoon, gap: () => void ask(true), state: () => {} })
  })
  onUnmounted(() => {
    leave()
    clearInterval(tick)
    clearTimeout(patchDue)
  })
  return { load, ask: (quietly = false) => (quietly ? ask(true) : anew()), cancel, arrival: computed(() => load.answer), now }
}
