// What a stretch of time cost: CPU of this process and everything that it started (the browser is
// one of those), and how much of the machine others took meanwhile. Linux: reads /proc.
import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'

/** /proc counts in hundredths of a second. */
const TICK_MS = 10

function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // A name may hold blanks and brackets: fields are counted behind the last one.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { pid, parent: Number(fields[1]), ms: TICK_MS * (Number(fields[11]) + Number(fields[12])) }
  } catch {
    return null // It has ended meanwhile.
  }
}

/** CPU milliseconds of each process of ours, by its id. */
function ours() {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((name) => statOf(Number(name))).filter(Boolean)
  const own = new Map([[process.pid, 0]])
  for (let grown = true; grown; ) {
    grown = false
    for (const { pid, parent } of all) if (!own.has(pid) && own.has(parent)) grown = own.set(pid, 0) !== null
  }
  for (const { pid, ms } of all) if (own.has(pid)) own.set(pid, ms)
  return own
}

/** CPU milliseconds of everybody on this machine. */
function everybodyMs() {
  const [user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/).slice(1).map(Number)
  return TICK_MS * (user + nice + system + irq + softirq)
}

/** Waits until nothing of ours works any more, as after a browser has opened its window. */
export async function quiet(within = 20_000) {
  const end = performance.now() + within
  for (let idle = 0; idle < 3; ) {
    if (performance.now() > end) throw new Error('the browser did not come to rest')
    const stop = counting()
    await new Promise((resolve) => setTimeout(resolve, 100))
    idle = stop().cpu <= 2 * TICK_MS ? idle + 1 : 0
  }
}

/** Begins to count; the answer ends it: `cpu` milliseconds of ours, and the share of all CPUs that others took. */
export function counting() {
  const [before, all, since] = [ours(), everybodyMs(), performance.now()]
  return () => {
    const elapsed = performance.now() - since
    let cpu = 0
    for (const [pid, ms] of ours()) cpu += ms - (before.get(pid) ?? 0)
    const others = Math.max(0, everybodyMs() - all - cpu)
    return { cpu, elapsed, others: others / (elapsed * cpus().length) }
  }
}
