// What was typed into a form and not sent when one was signed out: kept in this tab for the same person
// at the same address, and there again once they are back (screens.md 4, "signed out").
import { onMounted, onUnmounted } from 'vue'
import { drafted, me, SIGNED_OUT } from './me'

const placeOf = (name: string): string => `draft ${me.value?.name ?? ''} ${location.pathname} ${name}`

/** Keeps what `read` hands out (empty: nothing was typed) under `name`, and hands it back to `write`. */
export function keepDraft(name: string, read: () => string, write: (kept: string) => void): void {
  const keep = (): void => {
    const text = read()
    if (text === '') return
    try {
      sessionStorage.setItem(placeOf(name), text)
      drafted.value = true
    } catch {
      // A browser that keeps nothing: nothing is said to be kept.
    }
  }
  onMounted(() => {
    addEventListener(SIGNED_OUT, keep)
    try {
      const kept = sessionStorage.getItem(placeOf(name))
      if (kept !== null) write(kept)
      sessionStorage.removeItem(placeOf(name))
    } catch {
      // Then the form is empty.
    }
  })
  onUnmounted(() => removeEventListener(SIGNED_OUT, keep))
}
