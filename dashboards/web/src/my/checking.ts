// Saying of a ledger's rows that they are right, or that they are not: sent once, kept by the server,
// and never over what somebody else said meanwhile (screens.md 4, "save conflict").
import { shallowReactive } from 'vue'
import { Refused } from '../api/client'
import { checkLedger, type Said } from '../api/reading'
import type { Ledger } from '../api/wire'

/** What was not kept, since when, and over which ledger it was said: that one is read anew. */
export interface Conflict {
  said: Said
  at: string
  over: Ledger
}

export interface Checking {
  busy: boolean
  /** Why it was not kept, if the server failed. */
  refused: Refused | null
  /** What was not kept because of what somebody else did at that time. */
  conflict: Conflict | null
}

export interface Checker {
  state: Checking
  /** Sends it; true when it is kept. */
  send(said: Said): Promise<boolean>
  /** Gives up what was not kept. */
  drop(): void
}

/** Of the ledger that is shown; `changed` takes the new one, `again` reads it anew. */
export function checker(shown: () => Ledger | null, changed: (ledger: Ledger) => void, again: () => void): Checker {
  const state = shallowReactive<Checking>({ busy: false, refused: null, conflict: null })
  return {
    state,
    async send(said) {
      const ledger = shown()
      if (!ledger || state.busy) return false
      Object.assign(state, { busy: true, refused: null })
      try {
        changed(await checkLedger(ledger, said))
        state.conflict = null
        return true
      } catch (reason) {
        const refused = reason instanceof Refused ? reason : new Refused(0, 'page', '—')
        if (refused.status !== 409) state.refused = refused
        else {
          state.conflict = { said, at: refused.params.at ?? '', over: ledger }
          again()
        }
        return false
      } finally {
        state.busy = false
      }
    },
    drop: () => void Object.assign(state, { conflict: null, refused: null }),
  }
}
