// Questions as the API document writes them: `get('/api/v1/map', { query })` is checked against
// openapi.json, which a test holds to the server: address, parameters, body and answer.
import type { paths } from '../../generated/api'
import { queryOf, read } from './client'

type Good = 200 | 201 | 202 | 204

/** The addresses that know the verb. */
type Asking<V extends 'get' | 'post'> = { [P in keyof paths]: paths[P][V] extends { responses: unknown } ? P : never }[keyof paths]

type Json<R> = R extends { content: { 'application/json': infer A } } ? A : void
type Answers<R> = { [S in keyof R & Good]: Json<R[S]> }[keyof R & Good]

/** What an operation answers where it goes well. */
export type Answer<O> = O extends { responses: infer R } ? Answers<R> : never

/** A value of a query may be not known yet; all are written as text. */
type Loose<Q> = { [K in keyof Q]?: Exclude<Q[K], undefined> extends number ? Q[K] | string | undefined : Q[K] | undefined }

type InPath<O> = O extends { parameters: { path: infer P } } ? { path: P } : { path?: never }
type InQuery<O> = O extends { parameters: { query?: infer Q } } ? ([Exclude<Q, undefined>] extends [never] ? { query?: never } : { query?: Loose<Exclude<Q, undefined>> }) : { query?: never }
type InBody<O> = O extends { requestBody: { content: infer C } } ? { body: C extends { 'application/json': infer B } ? B : Blob } : { body?: never }

/** What is said with an operation. */
export type Asked<O> = InPath<O> & InQuery<O> & InBody<O>

interface Told {
  path?: unknown
  query?: unknown
  body?: unknown
}

/** The address with its names and its query filled in. */
export function addressOf(path: string, { path: names, query }: Told): string {
  const known = (names ?? {}) as Record<string, string | number>
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(known[name] ?? ''))
  const asked = queryOf((query ?? {}) as Record<string, string | undefined>)
  return asked ? `${filled}?${asked}` : filled
}

/** Where something is that is taken as a file. */
export const address = <P extends Asking<'get'>>(path: P, asked: Asked<paths[P]['get']>): string => addressOf(path, asked)

/** Asks. */
export const get = <P extends Asking<'get'>>(path: P, asked: Asked<paths[P]['get']>, cancel?: AbortSignal): Promise<Answer<paths[P]['get']>> =>
  read(addressOf(path, asked), cancel)

/** Has something done. */
export const post = <P extends Asking<'post'>>(path: P, asked: Asked<paths[P]['post']>): Promise<Answer<paths[P]['post']>> =>
  read(addressOf(path, asked), undefined, (asked as Told).body ?? {})
