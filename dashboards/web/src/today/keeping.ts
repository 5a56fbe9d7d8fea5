// What an operator's pages ask for and keep up with: what arrived, and what needs somebody besides.
import { computed, onMounted, onUnmounted, watch, type ComputedRef, type Ref } from 'vue'
import { readToday, type Today } from '../api/today'
import { join } from '../api/live'
import type { Arrival } from '../api/wire'
import { loading, type Loading } from '../frame/load'
import { arriving } from '../my/arriving'

export interface Keeping {
  arrived: Loading<Arrival>
  needed: Loading<Today>
  arrival: ComputedRef<Arrival | null>
  today: ComputedRef<Today | null>
  /** The server's time, once a second. */
  now: Ref<number>
  again(): void
}

/** Patched at most every `patchMs`; what is set aside is asked for as soon as the line tells of it. */
export function keeping(query: () => { park?: string }, patchMs: number): Keeping {
  const { load, ask, cancel, arrival, now } = arriving(query, patchMs)
  const needed = loading((stop) => readToday(query(), stop))
  let due: ReturnType<typeof setTimeout> | undefined
  function soon(): void {
    due ??= setTimeout(() => {
      due = undefined
      void needed.ask(true)
      void ask(true)
    }, patchMs)
  }
  let leave = () => {}
  onMounted(() => {
    void needed.ask()
    leave = join({ readings: () => {}, state: () => {}, gateways: soon, gap: () => void needed.ask(true) })
  })
  onUnmounted(() => {
    leave()
    clearTimeout(due)
  })
  watch(query, () => void needed.ask())
  return {
    arrived: { load, ask, cancel },
    needed,
    arrival,
    today: computed(() => needed.load.answer),
    now,
    again: () => {
      void ask()
      void needed.ask()
    },
  }
}
