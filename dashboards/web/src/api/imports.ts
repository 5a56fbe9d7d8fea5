// Files that are handed over, and those that were taken.
import { address, get, post } from './ask'
import type { Schemas } from './wire'

export type ImportFault = Schemas['ImportFault']
export type ImportOutcome = Schemas['ImportOutcome']
export type ImportUndo = Schemas['ImportUndo']
export type Imported = Schemas['Imported']

export const CRS = ['EPSG:4490', 'EPSG:4549', 'EPSG:4528', 'EPSG:4326', 'GCJ-02']
export const UNITS = ['元', '万元', '亿元']
const WORKBOOK = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** What is said of a file besides the file. */
export interface Said {
  crs: string
  /** Texts of the header and their columns; an empty one is left out. */
  columns: Record<string, string>
  /** The unit of all money in it; empty: as the file says. */
  unit: string
  /** The sheet of a workbook; empty: the first. */
  sheet: string
  /** Why statements correct what was stated before; empty: not said. */
  reason: string
}

export const readImports = (cancel?: AbortSignal) => get('/api/v1/imports', {}, cancel)
export const readImported = (cancel?: AbortSignal) => get('/api/v1/imported', { query: { limit: 20 } }, cancel)
export const templateOf = (kind: string, form: 'csv' | 'xlsx') => address('/api/v1/imports/{kind}/template', { path: { kind }, query: { form: form === 'xlsx' ? form : undefined } })
export const reportOf = (number: number) => address('/api/v1/imported/{number}/report', { path: { number } })
export const lookAtUndo = (number: number) => get('/api/v1/imported/{number}/undo', { path: { number } })
export const undoImport = (number: number): Promise<ImportUndo> => post('/api/v1/imported/{number}/undo', { path: { number } })

/** Tries a file; with the digest of one that was tried, has it taken. */
export function handOver(kind: string, file: File, said: Said, confirm?: string): Promise<ImportOutcome> {
  const picked = Object.keys(said.columns).length > 0 ? JSON.stringify(said.columns) : undefined
  const query = {
    crs: kind === 'parcels' ? said.crs : undefined,
    confirm,
    name: file.name,
    sheet: said.sheet || undefined,
    columns: picked,
    unit: said.unit || undefined,
    reason: said.reason || undefined,
  }
  const isBook = /\.xlsx$/i.test(file.name)
  const media = kind === 'parcels' ? 'application/geo+json' : kind === 'readings' ? 'application/x-ndjson' : isBook ? WORKBOOK : 'text/csv'
  return post('/api/v1/imports/{kind}', { path: { kind }, query, body: new Blob([file], { type: media }) })
}
