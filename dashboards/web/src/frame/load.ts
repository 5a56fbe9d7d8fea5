// One answer of the server on a page: waited for, refused, or shown; the last good one stays.
import { shallowReactive } from 'vue'
import { Refused } from '../api/client'

export interface Load<T> {
  answer: T | null
  /** Whether an answer came; one of `null` says that there is none. */
  answered: boolean
  /** Whether somebody stopped waiting for it. */
  cancelled: boolean
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

/** The answer, or null where there is none: not there, or not theirs. */
export async function orNone<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading
  } catch (reason) {
    if (reason instanceof Refused && reason.status === 404) return null
    throw reason
  }
}

/** Whether it is known that there is nothing to show. */
export const isNone = (load: Load<unknown>): boolean => load.answered && !load.answer && !load.refused && !load.waitingSince

/** What `read` answers, asked for by `ask`; a newer question ends the one before. */
export function loading<T>(read: (cancel: AbortSignal) => Promise<T>): Loading<T> {
  const load = shallowReactive({ answer: null, answered: false, cancelled: false, waitingSince: 0, refused: null }) as Load<T>
  let reading: AbortController | null = null
  return {
    load,
    async ask(quietly = false) {
      reading?.abort()
      const own = new AbortController()
      reading = own
      load.cancelled = false
      if (!quietly) load.waitingSince = Date.now()
      try {
        const answer = await read(own.signal)
        if (own.signal.aborted) return
        Object.assign(load, { answer, answered: true, refused: null })
      } catch (reason) {
        if (own.signal.aborted) return
        load.refused = reason instanceof Refused ? reason : new Refused(0, 'page', '—')
      }
      if (reading === own) load.waitingSince = 0
    },
    cancel() {
      reading?.abort()
      Object.assign(load, { waitingSince: 0, cancelled: true })
    },
  }
}
