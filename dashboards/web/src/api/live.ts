// What a page knows of the live line: whether it stands, and who wants to hear its events.
import { reactive } from 'vue'
import { listen, type Heard } from './line'
import type { LiveGateways, LiveReadings, LiveState } from './wire'

export const line = reactive({
  /** Whether the line stands; null before the first word. */
  live: null as boolean | null,
  /** Since when it is lost, browser clock. */
  lostSince: 0,
  attempt: 0,
  /** The newest event, browser clock. */
  heardAt: 0,
  /** Server time minus browser time in milliseconds. */
  ahead: 0,
})

interface Ears {
  readings(readings: LiveReadings): void
  state(state: LiveState): void
  /** Gateways of which something was set aside, or that sent a test message. */
  gateways?(heard: LiveGateways): void
  /** Events are missing: what is shown must be read again. */
  gap(): void
}

/** The time of the server, in milliseconds. */
export const serverNow = (): number => Date.now() + line.ahead

function take(heard: Heard, ears: Ears): void {
  if (heard.kind === 'lost') {
    Object.assign(line, { live: false, lostSince: heard.since, attempt: heard.attempt })
    return
  }
  if (heard.kind === 'live') {
    Object.assign(line, { live: true, attempt: 0, heardAt: Date.now() })
    return
  }
  line.heardAt = Date.now()
  const { event, data } = heard.event
  if (event === 'readings') ears.readings(JSON.parse(data) as LiveReadings)
  else if (event === 'gateways') ears.gateways?.(JSON.parse(data) as LiveGateways)
  else if (event === 'gap') ears.gap()
  else if (event === 'state') {
    const state = JSON.parse(data) as LiveState
    line.ahead = Date.parse(state.now) - Date.now()
    ears.state(state)
  }
}

let leaveAndOpen = () => {}

/** The browser is somebody else now: what comes over the line must be theirs. */
export function rejoin(): void {
  leaveAndOpen()
}

/** Joins the browser's one line; the answer leaves it again. */
export function join(ears: Ears): () => void {
  if (typeof SharedWorker === 'undefined') {
    let own = new AbortController()
    const open = () => void listen((heard) => take(heard, ears), own.signal)
    leaveAndOpen = () => {
      own.abort()
      own = new AbortController()
      open()
    }
    open()
    return () => own.abort()
  }
  const worker = new SharedWorker(new URL('./live.worker.ts', import.meta.url), { type: 'module', name: 'live' })
  worker.port.onmessage = (message: MessageEvent<Heard>) => take(message.data, ears)
  const leave = () => worker.port.postMessage('leave')
  leaveAndOpen = () => worker.port.postMessage('again')
  addEventListener('pagehide', leave)
  return () => {
    removeEventListener('pagehide', leave)
    leave()
  }
}
