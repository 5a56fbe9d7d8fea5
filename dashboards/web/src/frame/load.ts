// One answer of the server on a page: waited for, refused, or shown; the last good one stays.
import { shallowReactive } from 'vue'
import { Refused } from '../api/client'

export interface Load<T> {
  answer: T | null
  /** Since when an answer is awaited, browser clock; 0 = none is. */
  waitingSince: number
  refused: Refused | null
}

export interface Loading<T> {
  load: Load<T>
  /** Asks; `quietly` keeps the waiting sentence away (a patch, not a step). */
  ask(quietly?: boolean): Promise<void>
  cancel(): void
}

/** What `read` answers, asked for by `ask`; a newer question ends the one before. */
export function loading<T>(read: (cancel: AbortSignal) => Promise<T>): Loading<T> {
  const load = shallowReactive({ answer: null, waitingSince: 0, refused: null }) as Load<T>
  let reading: AbortController | null = null
  return {
    load,
    async ask(quietly = false) {
      reading?.abort()
      const own = new AbortController()
      reading = own
      if (!quietly) load.waitingSince = Date.now()
      try {
        const answer = await read(own.signal)
        if (own.signal.aborted) return
        load.answer = answer
        load.refused = null
      } catch (reason) {
        if (own.signal.aborted) return
        load.refused = reason instanceof Refused ? reason : new Refused(0, 'page', '—')
      }
      if (reading === own) load.waitingSince = 0
    },
    cancel() {
      reading?.abort()
      load.waitingSince = 0
    },
  }
}
