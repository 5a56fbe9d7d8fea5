// The words of the pages: config/text/*.toml, filled in. No sentence is put together here.
import { ref } from 'vue'
import all from 'virtual:words'

export type Language = 'zh-CN' | 'en'

const KEPT = 'language'

function kept(): Language {
  try {
    return localStorage.getItem(KEPT) === 'en' ? 'en' : 'zh-CN'
  } catch {
    return 'zh-CN'
  }
}

/** The language shown; zh-CN until somebody chooses otherwise. */
export const language = ref<Language>(kept())

/** Shows the pages in `chosen` and keeps the choice in this browser. */
export function speak(chosen: Language): void {
  language.value = chosen
  document.documentElement.lang = chosen
  try {
    localStorage.setItem(KEPT, chosen)
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

/** Whether there is a word for `key`. */
export const has = (key: string): boolean => all[language.value]?.[key] !== undefined

/** The sentence `key` with its `{names}` filled in; the key itself shows a missing one. */
export function say(key: string, values: Record<string, string | number> = {}): string {
  const sentence = all[language.value]?.[key] ?? key
  return sentence.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole))
}
