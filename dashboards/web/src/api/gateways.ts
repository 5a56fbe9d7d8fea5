// Gateways, their tokens and what the server saw of them.
import { get, post } from './ask'
import type { Schemas } from './wire'

export type GatewayLog = Schemas['GatewayLog']
/** One thing that the server saw of a gateway. */
export type Heard = Schemas['GatewayHeard']
export type HeardFault = Schemas['GatewayHeardFault']
export type HeardReading = Schemas['GatewayHeardReading']
export type Credential = Schemas['Credential']
/** A token, shown this once. */
export type GivenToken = Schemas['GivenToken']

export const readGatewayLog = (gateway: string, cancel?: AbortSignal) => get('/api/v1/gateways/{gateway}/log', { path: { gateway } }, cancel)
export const addGateway = (gateway: string, enterprise: string) => post('/api/v1/credentials', { body: { gateway, enterprise } })
export const rotateGateway = (gateway: string) => post('/api/v1/credentials/{gateway}/rotate', { path: { gateway } })
export const testGateway = (gateway: string) => post('/api/v1/credentials/{gateway}/test', { path: { gateway } })
export const revokeGateway = (gateway: string) => post('/api/v1/credentials/{gateway}/revoke', { path: { gateway } })

/** All that one may see. */
export async function readCredentials(cancel?: AbortSignal): Promise<Credential[]> {
  const all: Credential[] = []
  let cursor: string | undefined
  do {
    const page: Schemas['CredentialPage'] = await get('/api/v1/credentials', { query: { limit: 1000, cursor } }, cancel)
    all.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return all
}
