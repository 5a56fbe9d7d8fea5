// The shared worker: one line to the server for all tabs of this browser (contract.md 3).
import { listen, type Heard } from './line'

const scope = self as unknown as SharedWorkerGlobalScope
const tabs = new Set<MessagePort>()
let state: Heard | null = null
let line: AbortController | null = null

function hear(heard: Heard): void {
  if (heard.kind !== 'event') state = heard
  for (const tab of tabs) tab.postMessage(heard)
}

function open(): void {
  if (line) return
  line = new AbortController()
  void listen(hear, line.signal)
}

scope.onconnect = (event) => {
  const tab = event.ports[0]
  if (!tab) return
  tabs.add(tab)
  tab.onmessage = (message: MessageEvent<'leave' | 'again'>) => {
    if (message.data === 'again') {
      line?.abort()
      line = null
      state = null
      open()
      return
    }
    tabs.delete(tab)
    if (tabs.size > 0) return
    line?.abort()
    line = null
    state = null
  }
  if (state) tab.postMessage(state)
  open()
}
