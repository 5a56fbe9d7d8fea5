// What for the bureau looks at tax and scores: asked once a session, before the first look, and said
// with every question (`X-Purpose`); the server keeps it beside what was looked at (contract.md 6).
// Kept for this tab alone, and gone when one becomes somebody else.
import { computed, ref } from 'vue'
import { asking } from '../api/client'
import { me } from './me'

/** Purposes to choose from, as keys of words; the last one is written by hand. */
export const PURPOSES = ['rating', 'visit', 'audit', 'policy', 'other'] as const
/** The longest that the server takes. */
export const LONGEST = 200

const KEPT = 'purpose'
/** Questions whose answers hold tax, or scores made of it. */
const LOGGED = /^\/api\/v1\/(ratings\/\d|rollups|sources\/\w*(tax|score|grade|rated)|(map|parcels|periods)[^?]*\?(.*&)?k=tax_)/

function kept(): string {
  try {
    return sessionStorage.getItem(KEPT) ?? ''
  } catch {
    return ''
  }
}

export const purpose = ref(kept())
/** Whether the dialog is open. */
export const isAsked = ref(false)
/** Whoever has to say it. */
export const saysPurpose = computed(() => me.value?.role === 'bureau')

let waiting: (() => void)[] = []

/** Says it from now on. */
export function choosePurpose(text: string): void {
  purpose.value = text.trim().slice(0, LONGEST)
  try {
    sessionStorage.setItem(KEPT, purpose.value)
  } catch {
    // Then it is asked for again on the next page.
  }
  isAsked.value = false
  for (const go of waiting) go()
  waiting = []
}

/** Whether it is said with this question, and asked for first if it was not chosen yet. */
export const isLogged = (path: string): boolean => LOGGED.test(path)

/** Asks for it because the server wants one: whether it was said. */
export async function purposeAgain(): Promise<boolean> {
  if (!saysPurpose.value || purpose.value) return false
  isAsked.value = true
  await new Promise<void>((resolve) => waiting.push(resolve))
  return true
}

asking.headers = async (path): Promise<Record<string, string>> => {
  if (!saysPurpose.value) return {}
  if (!purpose.value && isLogged(path)) {
    isAsked.value = true
    await new Promise<void>((resolve) => waiting.push(resolve))
  }
  return purpose.value ? { 'X-Purpose': encodeURIComponent(purpose.value) } : {}
}
