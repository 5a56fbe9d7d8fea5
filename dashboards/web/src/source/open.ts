// The open source panel: the figure that is explained, and those it was reached through.
import { ref } from 'vue'
import { lastOf } from '../view/last'

/** One click deeper at each underline, at most so deep (screens.md 5). */
export const DEEPEST = 4

/** The figures from the first to the one that is shown; empty = closed. */
export const path = ref<string[]>([])

/** Opens the panel at `figure`, or goes one deeper in it. */
export function openSource(figure: string): void {
  if (lastOf(path.value) === figure) return
  const open = document.querySelector('dialog[data-source-panel][open]') !== null
  path.value = open && path.value.length < DEEPEST ? [...path.value, figure] : [figure]
}

/** One figure back; closed after the first. */
export function backOne(): void {
  path.value = path.value.slice(0, -1)
}

export function closeSource(): void {
  path.value = []
}
