// Which park is looked at. Whoever sees several begins with the first of them: parks that lie far
// apart are specks on one map. All of them together is a choice, and stands in the address.
import { computed } from 'vue'
import { me } from '../session/me'
import { view } from './history'

/** In the address: all of one's own. */
export const ALL = 'all'

/** The park to ask the server for; undefined: all that one may see, or the only one. */
export const park = computed(() => (view.park === ALL ? undefined : view.park || undefined))

/** Once it is known who looks: where the address names no park and there are several, the first
 * one. It then stands in the address, so that a link shows everybody the same. */
export function settleScope(): void {
  const parks = me.value?.parks ?? []
  if (!view.park && parks.length > 1) view.park = parks[0]?.park ?? ''
}
