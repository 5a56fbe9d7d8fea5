// Server-sent events out of a byte stream: the part of the format that our server writes.
// Knows nothing of sockets, so that a test can feed it byte by byte.

export interface ServerEvent {
  id: string | null
  event: string
  data: string
}

/** Takes text as it comes and hands back the events that are whole. */
export class EventReader {
  private rest = ''

  /** The events completed by `text`. */
  push(text: string): ServerEvent[] {
    this.rest += text
    const found: ServerEvent[] = []
    for (;;) {
      const end = /\r?\n\r?\n/.exec(this.rest)
      if (!end) return found
      const block = this.rest.slice(0, end.index)
      this.rest = this.rest.slice(end.index + end[0].length)
      const event = readBlock(block)
      if (event) found.push(event)
    }
  }
}

/** One event; null for a comment (heartbeat). */
function readBlock(block: string): ServerEvent | null {
  let id: string | null = null
  let event = 'message'
  const data: string[] = []
  for (const line of block.split(/\r?\n/)) {
    if (line.startsWith('id:')) id = line.slice(3).trim()
    else if (line.startsWith('event:')) event = line.slice(6).trim()
    else if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''))
  }
  return data.length > 0 ? { id, event, data: data.join('\n') } : null
}
