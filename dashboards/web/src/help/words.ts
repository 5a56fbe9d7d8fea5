// What operations, parameters and rights are called.
import { has, say } from '../words'
import type { Operation, Parameter } from './operations'

/** What it does; as the document says it where there is no word yet. */
export const titleOf = ({ id, text }: Operation): string => (has(`api_operation.${id}`) ? say(`api_operation.${id}`) : text)

export function meaningOf({ name, text }: Parameter): string {
  const key = name.toLowerCase().replace(/-/g, '_')
  return has(`api_parameter.${key}`) ? say(`api_parameter.${key}`) : text
}

/** Who may, in a sentence. */
export function rightOf({ right }: Operation): string {
  const [matter = '', action = ''] = right
  if (matter === 'own') return say('api_right.own_account')
  const who = has(`api_right.${matter}`) ? say(`api_right.${matter}`) : matter
  return has(`api.${action}`) ? `${who} · ${say(`api.${action}`)}` : who
}

export const roleOf = (role: string): string => {
  if (role === 'gateway') return say('api_right.gateway')
  return role === 'person' ? say('api.person') : say(`role.${role}`)
}

/** All that a search looks through. */
export const wordsOf = (one: Operation): string => [one.id, one.verb, one.path, one.text, titleOf(one), rightOf(one), ...one.parameters.flatMap((of) => [of.name, meaningOf(of)]), one.body?.name ?? ''].join(' ')
