// Whether somebody is at the page. What a page asks while nobody touched it for a minute is its own
// doing, and says so: it must not keep a session alive (screens.md 4, 30 分钟没有操作).

const RESTS_AFTER_MS = 60_000

/** Opening a page is touching it. */
let touchedAt = Date.now()
for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchstart']) {
  globalThis.addEventListener?.(kind, () => (touchedAt = Date.now()), { capture: true, passive: true })
}

/** For how long nobody touched the page, in milliseconds. */
export const untouchedFor = (): number => Date.now() - touchedAt

/** The header of what nobody asked for. */
export const AUTOMATIC = { 'X-Automatic': '1' } as const

/** What is said with a question about who asks it. */
export const bySelf = (): Record<string, string> => (untouchedFor() > RESTS_AFTER_MS ? AUTOMATIC : {})
