// Industries in the words of the language: the division's short name, else the code as it is.
import { has, say } from '../words'

export function industryName(code: string): string {
  const key = `industry.${code.slice(0, 3)}`
  return has(key) ? say(key) : code
}
