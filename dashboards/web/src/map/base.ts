// The customer's base map on the page: whether there is one, whether it is switched on, what of it came.
import { computed, shallowRef, watch } from 'vue'
import { overlaysOf } from '../view/address'
import { view } from '../view/history'
import type { Arrived } from './base-map'
import { shown } from './data'
import type { Picture } from './picture'

/** What the installation names; mostly nothing. */
export const offered = computed(() => shown.backdrop?.base ?? null)
export const isOn = computed(() => offered.value !== null && overlaysOf(view.g).base)
/** Pieces that came and that did not since it was switched on. */
export const arrived = shallowRef<Arrived>({ came: 0, missing: 0 })

/** Lays it under pictures while it is switched on; the answer stops it. Its code, and with it the first
 * question to anybody outside, waits until then. */
export function layUnder(pictures: () => readonly Picture[]): () => void {
  let turn = 0
  return watch(
    [isOn, offered],
    async ([on, base]) => {
      turn += 1
      const own = turn
      arrived.value = { came: 0, missing: 0 }
      if (!on || !base) {
        pictures().forEach((one) => one.setBase(null))
        return
      }
      const { baseLayer } = await import('./base-map')
      if (own === turn) pictures().forEach((one) => one.setBase(baseLayer(base, (news) => (arrived.value = news))))
    },
    { immediate: true },
  )
}
