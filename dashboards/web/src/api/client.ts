// Asking the server: one timeout, one error shape, nothing retried behind the reader's back.
import { language } from '../words'
import { bySelf } from './hands'
import type { Problem } from './wire'

const TIMEOUT_MS = 30_000

/** What was asked for did not come. `id` is what an administrator can look up. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly id: string,
    /** Which rule, and what it names. */
    readonly params: Record<string, string> = {},
    /** Seconds to wait. */
    readonly wait: number | null = null,
  ) {
    super(`${status} ${code}`)
  }
}

/** Told of every answer that may mean that one is signed out. */
export const onRefused: { hear: (status: number, path: string) => void } = { hear: () => {} }

/** What is said with every question besides; it may wait for the person who asks. */
export const asking: {
  headers: (path: string) => Promise<Record<string, string>>
  /** Asks the person for what the server wants besides, by its code; whether it was given. */
  supply: (code: string) => Promise<boolean>
} = { headers: async () => ({}), supply: async () => false }

/** The language of the page, which need not be that of the browser. */
const spoken = () => ({ 'Accept-Language': language.value })

export function queryOf(values: Record<string, string | undefined>): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(values)) if (value !== undefined) query.set(key, value)
  return query.toString()
}

export async function read<T>(path: string, cancel?: AbortSignal, body?: object): Promise<T> {
  try {
    return await readOnce(path, cancel, body)
  } catch (reason) {
    // Nothing was done: once the person has given what was missing it is asked again, this once.
    if (!(reason instanceof Refused) || !(await asking.supply(reason.code))) throw reason
    return readOnce(path, cancel, body)
  }
}

async function readOnce<T>(path: string, cancel?: AbortSignal, body?: object): Promise<T> {
  // Before the clock runs: a person may have to be asked.
  const said = await asking.headers(path)
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS)
  const stop = () => timeout.abort()
  cancel?.addEventListener('abort', stop)
  try {
    const sent: RequestInit = body ? { method: 'POST', body: body instanceof Blob ? body : JSON.stringify(body) } : {}
    const headers: Record<string, string> = { Accept: 'application/json', ...spoken(), ...(body ? {} : bySelf()), ...said }
    if (body) headers['Content-Type'] = body instanceof Blob ? body.type : 'application/json'
    const answer = await fetch(path, { ...sent, signal: timeout.signal, headers })
    if (!answer.ok) {
      onRefused.hear(answer.status, path)
      throw await refusal(answer)
    }
    if (answer.status === 204) return undefined as T
    return (await answer.json()) as T
  } catch (reason) {
    if (reason instanceof Refused || cancel?.aborted) throw reason
    throw new Refused(0, timeout.signal.aborted ? 'timeout' : 'unreachable', '—')
  } finally {
    clearTimeout(timer)
    cancel?.removeEventListener('abort', stop)
  }
}

/** Fetches a file of the server as a question of ours, with all that is said with one, and hands it
 * to the browser: a bare link says nothing of what for. */
export async function take(path: string, name: string): Promise<void> {
  const headers = { ...spoken(), ...(await asking.headers(path)) }
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS)
  try {
    const answer = await fetch(path, { headers, signal: timeout.signal })
    if (!answer.ok) throw await refusal(answer)
    const address = URL.createObjectURL(await answer.blob())
    const link = document.createElement('a')
    Object.assign(link, { href: address, download: name })
    link.click()
    setTimeout(() => URL.revokeObjectURL(address), 1000)
  } finally {
    clearTimeout(timer)
  }
}

async function refusal(answer: Response): Promise<Refused> {
  const problem = (await answer.json().catch(() => ({}))) as Partial<Problem>
  const id = problem.request_id ?? answer.headers.get('x-request-id') ?? '—'
  const wait = Number(answer.headers.get('retry-after') ?? NaN)
  return new Refused(answer.status, problem.code ?? String(answer.status), id, problem.params ?? {}, Number.isFinite(wait) ? wait : null)
}
