// The operations of the API document as the page shows them. Knows the document, no page.

export interface Parameter {
  name: string
  place: 'path' | 'query' | 'header'
  needed: boolean
  type: string
  /** As the document says it; the page may have better words. */
  text: string
}

export interface Field {
  name: string
  type: string
  needed: boolean
  text: string
}

export interface Shape {
  media: string
  name: string
  fields: Field[]
}

export interface Answer {
  status: string
  text: string
  shape: Shape | null
}

export interface Example {
  order: number
  as: string
  address: string
  body: string | null
  status: number
}

export interface Operation {
  id: string
  group: string
  verb: string
  path: string
  text: string
  /** Matter and action, or everybody, gateway, own account. */
  right: string[]
  parameters: Parameter[]
  body: Shape | null
  answers: Answer[]
  example: Example | null
}

interface Schema {
  $ref?: string
  type?: string | string[]
  enum?: (string | null)[]
  items?: Schema | false
  prefixItems?: Schema[]
  properties?: Record<string, Schema>
  additionalProperties?: Schema
  required?: string[]
  allOf?: Schema[]
  oneOf?: Schema[]
  description?: string
}
type Content = Record<string, { schema?: Schema }>
interface Described {
  tags?: string[]
  summary?: string
  operationId: string
  parameters?: { name: string; in: Parameter['place']; required?: boolean; description?: string; schema: Schema }[]
  requestBody?: { content: Content }
  responses: Record<string, { description?: string; content?: Content }>
  'x-right'?: string
  'x-example'?: Example
}
export interface Document {
  paths: Record<string, Record<string, Described>>
  components: { schemas: Record<string, Schema> }
}

/** The groups in the order of the page, with the resources that belong to them. */
const GROUPS: [string, string[]][] = [
  ['send', ['readings', 'gateway_line']],
  ['arrival', ['arrival', 'quarantine', 'reconcile', 'gateways', 'today', 'notifications', 'conflicts', 'suspects', 'quality']],
  ['map', ['map', 'parcels', 'periods', 'backdrop', 'meters', 'replacements', 'live']],
  ['ledger', ['ledgers', 'accounts', 'sources', 'balances']],
  ['rating', ['ratings']],
  ['registry', ['imports', 'credentials']],
  ['person', ['session', 'sign_in', 'own']],
  ['admin', ['people', 'open_sessions', 'rights', 'proposals', 'audit', 'deliveries']],
]
/** What belongs to none of them. */
const REST = 'system'
export const ORDER = [...GROUPS.map(([group]) => group), REST]

const groupOf = ({ tags }: Described): string => {
  const resource = (tags?.[0] ?? '').split('::')[0] ?? ''
  return GROUPS.find(([, resources]) => resources.includes(resource))?.[0] ?? REST
}

const nameOf = (reference: string): string => reference.split('/').pop() ?? ''

/** A type in the words of JSON. */
function typeOf(schema: Schema | undefined): string {
  if (!schema) return 'JSON'
  if (schema.$ref) return nameOf(schema.$ref)
  if (schema.enum) return schema.enum.map((word) => word ?? 'null').join(' | ')
  if (schema.oneOf) return schema.oneOf.map(typeOf).join(' | ')
  const kinds = [schema.type ?? 'object'].flat()
  const whole = kinds.map((kind) => (kind === 'array' ? arrayOf(schema) : kind === 'object' && schema.additionalProperties ? `{…: ${typeOf(schema.additionalProperties)}}` : kind))
  return whole.join(' | ')
}
const arrayOf = ({ items, prefixItems }: Schema): string => (prefixItems ? `[${prefixItems.map(typeOf).join(', ')}]` : `${typeOf(items || undefined)}[]`)

/** All fields of a shape, those of the shapes that it is made of too. */
function fieldsOf(schema: Schema | undefined, all: Document['components']['schemas']): Field[] {
  if (!schema) return []
  if (schema.$ref) return fieldsOf(all[nameOf(schema.$ref)], all)
  const parts = [...(schema.allOf ?? []), ...(schema.items ? [schema.items] : [])].flatMap((part) => fieldsOf(part, all))
  const own = Object.entries(schema.properties ?? {}).map(([name, field]) => ({ name, type: typeOf(field), needed: schema.required?.includes(name) ?? false, text: field.description ?? '' }))
  return [...parts, ...own]
}

function shapeOf(content: Content | undefined, all: Document['components']['schemas']): Shape | null {
  const [media, of] = Object.entries(content ?? {})[0] ?? []
  if (media === undefined) return null
  const schema = of?.schema
  return { media, name: typeOf(schema), fields: media.endsWith('json') ? fieldsOf(schema, all) : [] }
}

/** Every operation, by group and then in the order of the examples. */
export function operationsOf({ paths, components: { schemas } }: Document): Operation[] {
  const found = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(
      ([verb, one]): Operation => ({
        id: one.operationId,
        group: groupOf(one),
        verb: verb.toUpperCase(),
        path,
        text: one.summary ?? '',
        right: (one['x-right'] ?? '').split(' '),
        parameters: (one.parameters ?? []).map(({ name, in: place, required, description, schema }) => ({ name, place, needed: required ?? false, type: typeOf(schema), text: description ?? '' })),
        body: shapeOf(one.requestBody?.content, schemas),
        answers: Object.entries(one.responses).map(([status, { description, content }]) => ({ status, text: description ?? '', shape: shapeOf(content, schemas) })),
        example: one['x-example'] ?? null,
      }),
    ),
  )
  const place = (one: Operation) => ORDER.indexOf(one.group) * 1000 + (one.example?.order ?? 999)
  return found.sort((a, b) => place(a) - place(b))
}

/** The times that an example is written with, filled in for `now`. */
export function filled(text: string, now: number): string {
  const day = new Date(now + 8 * 3600_000).toISOString().slice(0, 10)
  const words: Record<string, string> = { day, month: day.slice(0, 7), year: String(Number(day.slice(0, 4)) - 1) }
  return text.replace(/\{(day|month|year)\}/g, (_, word: string) => words[word] ?? '')
}

const quoted = (text: string): string => `'${text.replace(/'/g, `'\\''`)}'`

/** The example as a line of a shell. */
export function lineOf({ example, verb, body }: Operation, origin: string, now: number): string {
  if (!example) return ''
  const parts = ['curl']
  if (example.as !== 'public') parts.push('-H "Authorization: Bearer $TOKEN"')
  if (example.address === '/mqtt') parts.push("-i -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' -H 'Sec-WebSocket-Protocol: mqtt'")
  if (example.address === '/api/v1/live') parts.push('-N')
  if (verb === 'POST') parts.push('-X POST')
  if (example.body !== null) parts.push(`-H 'Content-Type: ${body?.media ?? 'application/json'}' --data-binary ${quoted(filled(example.body, now))}`)
  parts.push(quoted(origin + filled(example.address, now)))
  return parts.join(' \\\n  ')
}
