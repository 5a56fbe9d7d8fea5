// The one live connection of a browser: reads /api/v1/live, resumes where it stopped, waits
// longer after each try. Runs in the shared worker (or in the page where there is none).
import { AUTOMATIC } from './hands'
import { EventReader, type ServerEvent } from './events'

/** What the pages hear. */
export type Heard =
  | { kind: 'live'; since: number }
  | { kind: 'lost'; since: number; attempt: number }
  | { kind: 'event'; event: ServerEvent }

/** The server speaks at least every 5 s; silence for longer means that the line is dead. */
const SILENCE_MS = 12_000
const WAIT_MS = [500, 1000, 2000, 4000, 8000, 15_000]

/** Keeps the line open until `stopped` aborts; tells `hear` everything. */
export async function listen(hear: (heard: Heard) => void, stopped: AbortSignal): Promise<void> {
  let last: string | null = null
  let attempt = 0
  let lostAt = 0
  while (!stopped.aborted) {
    const failed = await once(last, stopped, (event) => {
      if (event === null) {
        attempt = 0
        lostAt = 0
        hear({ kind: 'live', since: Date.now() })
      } else {
        if (event.id !== null) last = event.id
        hear({ kind: 'event', event })
      }
    })
    if (stopped.aborted || !failed) return
    lostAt ||= Date.now()
    attempt += 1
    hear({ kind: 'lost', since: lostAt, attempt })
    await pause(WAIT_MS[Math.min(attempt - 1, WAIT_MS.length - 1)] ?? 15_000, stopped)
  }
}

/** One connection; `hear(null)` when it stands. True when it ended and should be tried again. */
async function once(
  last: string | null,
  stopped: AbortSignal,
  hear: (event: ServerEvent | null) => void,
): Promise<boolean> {
  const cut = new AbortController()
  const stop = () => cut.abort()
  stopped.addEventListener('abort', stop)
  let timer = setTimeout(stop, SILENCE_MS)
  try {
    const headers: Record<string, string> = { Accept: 'text/event-stream', ...AUTOMATIC }
    if (last !== null) headers['Last-Event-ID'] = last
    const answer = await fetch('/api/v1/live', { headers, signal: cut.signal, cache: 'no-store' })
    if (!answer.ok || !answer.body) return true
    hear(null)
    const reader = answer.body.getReader()
    const text = new TextDecoder()
    const events = new EventReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return true
      clearTimeout(timer)
      timer = setTimeout(stop, SILENCE_MS)
      for (const event of events.push(text.decode(value, { stream: true }))) hear(event)
    }
  } catch {
    return true
  } finally {
    clearTimeout(timer)
    stopped.removeEventListener('abort', stop)
  }
}

function pause(length: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, length)
    stopped.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
