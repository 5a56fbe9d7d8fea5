// How many notifications are unread: asked when a page opens, and once a minute while it is looked at.
import { ref } from 'vue'
import { readNotifications } from '../api/notifications'

const EVERY_MS = 60_000

export const unread = ref(0)

/** Asks anew; where there is no answer the last one stays. */
export async function countUnread(): Promise<void> {
  try {
    unread.value = (await readNotifications({ unread: true, limit: 1 })).unread
  } catch {
    // The page itself says what is wrong; a number in a corner need not.
  }
}

/** Keeps the number up to date; the answer stops it. */
export function keepCounting(): () => void {
  void countUnread()
  const tick = setInterval(() => {
    if (document.visibilityState === 'visible') void countUnread()
  }, EVERY_MS)
  return () => clearInterval(tick)
}
