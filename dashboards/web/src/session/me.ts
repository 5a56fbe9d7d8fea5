// Who looks at the pages, and being somebody else by one click in a demo.
import { computed, ref } from 'vue'
import { onRefused, Refused } from '../api/client'
import { chooseRole, readMe } from '../api/reading'
import type { Me, RoleChoice } from '../api/wire'
import { rejoin } from '../api/live'
import { say } from '../words'

export const me = ref<Me | null>(null)

/** Another tab of this browser became somebody else: what is shown here is no longer theirs. */
const CHANGED = 'role-changed'

/** Where one was before one had to sign in; not in the address, and gone with the tab. */
const RETURN = 'return-to'

/** Goes to the sign-in page and comes back here afterwards. */
export function askToSignIn(): void {
  forgetPurpose()
  try {
    sessionStorage.setItem(RETURN, location.pathname + location.search)
  } catch {
    // Then one begins at home.
  }
  location.replace('/login')
}

/** Where one goes once signed in. */
export function goOn(role: string | undefined): void {
  forgetPurpose()
  let to: string | null = null
  try {
    to = sessionStorage.getItem(RETURN)
    sessionStorage.removeItem(RETURN)
    localStorage.setItem(CHANGED, String(Date.now()))
  } catch {
    // Home is right, too.
  }
  rejoin()
  // A path of ours and nothing else: never another site.
  location.assign(to !== null && /^\/[^/\\]/.test(to) ? to : homeOf(role))
}

/** Why one is signed out, while the page still stands at its address; empty while one is not. */
export const signedOut = ref<'' | 'idle' | 'ended'>('')
/** Whether something that was typed is kept for the next time (`draft.ts`). */
export const drafted = ref(false)
/** Told before what is typed goes away. */
export const SIGNED_OUT = 'signed-out'

/** How long nothing was done before the last thing that was, and when that was. */
let [pause, last] = [0, Date.now()]
const act = (): void => {
  pause = Date.now() - last
  last = Date.now()
}
for (const done of ['pointerdown', 'keydown']) addEventListener(done, act, { capture: true, passive: true })
/** A click after a long pause tells of the pause; a page that nobody touches, of now. */
const rested = (): number => Math.max(Date.now() - last, Date.now() - last < 60_000 ? pause : 0)

function tell(): void {
  const idle = (me.value?.idle_minutes ?? 0) * 60_000
  dispatchEvent(new Event(SIGNED_OUT))
  signedOut.value = idle > 0 && rested() >= idle ? 'idle' : 'ended'
}

/** Whoever was signed in and is told 401 or 404 may be signed out: idle, or by a change of rights. */
let asking = false
let again = false
onRefused.hear = (status, path) => {
  const before = me.value
  if (signedOut.value || !before?.person || (status !== 401 && status !== 404) || path.startsWith('/api/v1/sign-')) return
  // An answer that is under way may be from before.
  if (asking) return void (again = true)
  asking = true
  void readMe()
    .then((now) => {
      if (!now.person) tell()
    })
    .catch(() => {})
    .finally(() => {
      asking = false
      if (again) {
        again = false
        onRefused.hear(status, path)
      }
    })
}

/** What one looks for is another's business once one is somebody else (`purpose.ts`). */
const PURPOSE = 'purpose'
function forgetPurpose(): void {
  try {
    sessionStorage.removeItem(PURPOSE)
  } catch {
    // Nothing was kept.
  }
}

/** Asks the server once; a page that cannot know shows what the address says and nothing more. */
export async function meet(): Promise<void> {
  window.addEventListener('storage', (event) => {
    if (event.key !== CHANGED) return
    forgetPurpose()
    location.reload()
  })
  try {
    me.value = await readMe()
  } catch {
    me.value = null
  }
}

/** Whether what is shown may be taken away as a file: not by a duty screen (contract.md 6). */
export const mayExport = computed(() => me.value?.role !== 'kiosk')

/** The first page of a role. */
export function homeOf(role: string | undefined): string {
  if (role === 'enterprise') return '/my'
  if (role === 'sec') return '/sec/users'
  if (role === 'aud') return '/aud/log'
  if (role === 'sys') return '/sys'
  if (role === 'kiosk') return '/duty'
  return role === 'public' ? `/rating/${new Date().getFullYear() - 1}` : '/map'
}

/** Becomes somebody else and opens their first page; hands back why not. */
export async function become(choice: RoleChoice): Promise<Refused | null> {
  try {
    const chosen = await chooseRole(choice)
    forgetPurpose()
    rejoin()
    try {
      localStorage.setItem(CHANGED, String(Date.now()))
    } catch {
      // Other tabs hear of it with their next question.
    }
    location.assign(homeOf(chosen.role))
    return null
  } catch (reason) {
    return reason instanceof Refused ? reason : new Refused(0, 'page', '—')
  }
}

/** What one is called in the top bar. */
export const calledMe = computed(() => {
  const one = me.value
  if (!one) return ''
  if (one.person) return one.person
  if (one.name === 'local') return say('role.local')
  if (one.role === 'operator') return say('role.operator_of', { park: one.parks[0]?.name ?? '' })
  if (one.role === 'enterprise') return say('role.enterprise_of', { name: one.enterprise?.name ?? '' })
  return say(`role.${one.role}`)
})
