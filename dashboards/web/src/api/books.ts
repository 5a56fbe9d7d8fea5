// What was stated of an enterprise, and its land line by line.
import { address, get, post } from './ask'
import type { Schemas } from './wire'

export type Statements = Schemas['Statements']
export type StatementItem = Schemas['StatementItem']
export type StatementOrigin = Schemas['StatementOrigin']
export type LandOfYear = Schemas['LandOfYear']

/** What an enterprise states of itself. */
export type NewDeclaration = Schemas['NewDeclaration']

export const readStatements = (enterprise: string, year: string, cancel?: AbortSignal) => get('/api/v1/statements/{enterprise}', { path: { enterprise }, query: { year } }, cancel)
export const readLand = (enterprise: string, year: string, cancel?: AbortSignal) => get('/api/v1/land/{enterprise}', { path: { enterprise }, query: { year } }, cancel)
export const declare = (enterprise: string, body: NewDeclaration) => post('/api/v1/statements/{enterprise}', { path: { enterprise }, body })

/** Where the tables stand. */
export const statementsTable = (enterprise: string, year: string, form: 'csv' | 'xlsx') =>
  form === 'csv' ? address('/api/v1/statements/{enterprise}/table.csv', { path: { enterprise }, query: { year } }) : address('/api/v1/statements/{enterprise}/table.xlsx', { path: { enterprise }, query: { year } })
export const landTable = (enterprise: string, year: string, form: 'csv' | 'xlsx') =>
  form === 'csv' ? address('/api/v1/land/{enterprise}/table.csv', { path: { enterprise }, query: { year } }) : address('/api/v1/land/{enterprise}/table.xlsx', { path: { enterprise }, query: { year } })
