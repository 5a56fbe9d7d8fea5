// Why something was refused, in words: what happened, what it means, what to do.
import { Refused } from '../api/client'
import { has, say } from '../words'

export function why(reason: unknown): string {
  if (!(reason instanceof Refused)) return say('sign_in.unreachable')
  if (reason.code === 'weak_password') return say(`weak.${reason.params.why ?? 'common'}`, { least: reason.params.least ?? '' })
  if (reason.code === 'too_many_attempts') return say('sign_in.locked', { minutes: Math.max(1, Math.ceil((reason.wait ?? 60) / 60)) })
  if (reason.status === 0) return say('sign_in.unreachable')
  return has(`advice.${reason.code}`) ? say(`advice.${reason.code}`) : say('sign_in.failed', { id: reason.id })
}
