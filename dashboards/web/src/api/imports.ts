// Files that are handed over.
import { address, get, post } from './ask'
import type { Schemas } from './wire'

export type ImportFault = Schemas['ImportFault']
export type ImportOutcome = Schemas['ImportOutcome']

export const CRS = ['EPSG:4490', 'EPSG:4549', 'EPSG:4528', 'EPSG:4326', 'GCJ-02']

export const readImports = (cancel?: AbortSignal) => get('/api/v1/imports', {}, cancel)
export const templateOf = (kind: string) => address('/api/v1/imports/{kind}/template', { path: { kind } })

/** Tries a file; with the digest of one that was tried, has it taken. */
export function handOver(kind: string, file: Blob, crs: string, confirm?: string): Promise<ImportOutcome> {
  const query = { crs: kind === 'parcels' ? crs : undefined, confirm }
  const media = kind === 'parcels' ? 'application/geo+json' : 'text/csv'
  return post('/api/v1/imports/{kind}', { path: { kind }, query, body: new Blob([file], { type: media }) })
}
