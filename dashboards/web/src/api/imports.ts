// Files that are handed over: asked as src/http/imports answers.
import { queryOf, read } from './client'

export interface ImportKind {
  kind: string
  allowed: boolean
  columns: { name: string; needed: boolean; note: string }[]
}

export interface ImportDone {
  number: number
  at: string
  kind: string
  result: string
  request_id: string
}

export interface ImportKinds {
  kinds: ImportKind[]
  file_bytes_max: number
  recent: ImportDone[]
}

export interface ImportFault {
  row: number | null
  column: string | null
  what: string
  advice: string
}

export interface ImportOutcome {
  kind: string
  taken: boolean
  good: boolean
  digest: string
  rows: number
  added: number
  changed: number
  ended: number
  unchanged: number
  notes: ImportFault[]
  errors: ImportFault[]
  errors_more: number
}

export const CRS = ['EPSG:4490', 'EPSG:4549', 'EPSG:4528', 'EPSG:4326', 'GCJ-02']

export const readImports = (cancel?: AbortSignal) => read<ImportKinds>('/api/v1/imports', cancel)
export const templateOf = (kind: string) => `/api/v1/imports/${kind}/template`

/** Tries a file; with the digest of one that was tried, has it taken. */
export function handOver(kind: string, file: Blob, crs: string, confirm?: string): Promise<ImportOutcome> {
  const query = queryOf({ crs: kind === 'parcels' ? crs : undefined, confirm })
  const media = kind === 'parcels' ? 'application/geo+json' : 'text/csv'
  return read<ImportOutcome>(`/api/v1/imports/${kind}${query ? `?${query}` : ''}`, undefined, new Blob([file], { type: media }))
}
