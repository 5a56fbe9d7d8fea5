// A real identity server for tests/it/identity.rs: oidc-provider with one client, fresh keys at each
// start, everybody's word taken for who they are. Writes its address into the file TOLD.
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { renameSync, writeFileSync } from 'node:fs'

const { PORT, AHEAD_S, CLIENT, SECRET, REDIRECT, TOLD } = process.env

// Its clock: that of the machine, and a little more.
const now = Date.now
Date.now = () => now() + Number(AHEAD_S) * 1000

const { default: Provider } = await import('oidc-provider')
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })
const server = createServer()
await new Promise((ready) => server.listen(Number(PORT), '127.0.0.1', ready))
const issuer = `http://127.0.0.1:${server.address().port}`
const provider = new Provider(issuer, {
  clients: [{ client_id: CLIENT, client_secret: SECRET, redirect_uris: [REDIRECT] }],
  jwks: { keys: [{ ...key, kid: randomUUID(), use: 'sig', alg: 'RS256' }] },
  cookies: { keys: [randomUUID()] },
  claims: { openid: ['sub'], profile: ['preferred_username'] },
  // What it knows stands in the token itself.
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  // `42~clerk.one` is 42 for good and called clerk.one at present.
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, preferred_username: id.split('~').pop() }) }),
})
server.on('request', provider.callback())
writeFileSync(`${TOLD}.part`, issuer)
renameSync(`${TOLD}.part`, TOLD)
