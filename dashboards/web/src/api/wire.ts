// The shapes of /api/v1 by the names that the pages call them; made from openapi.json, which a test
// holds to the server. Decimals are strings, times RFC 3339, periods `2026-10` or `now`.
import type { components } from '../../generated/api'

export type * from './rated'

export type Schemas = components['schemas']

/** RFC 9457, as the server answers every refusal. */
export type Problem = Schemas['Problem']

export type Me = Schemas['Me']
export type NamedPark = Schemas['NamedPark']
export type NamedEnterprise = Schemas['NamedEnterprise']
export type RoleChoice = Schemas['Choice']
export type RoleChoices = Schemas['Choices']

/** What the live line says. */
export type LiveReadings = Schemas['LiveReadings']
export type LiveGateways = Schemas['LiveGateways']
export type LiveState = Schemas['LiveState']

/** What a cell is: coloured, or why not. */
export type CellState = Cell['state']
/** How a meter or parcel stands with its newest reading. */
export type Freshness = Cell['freshness']
export type Holder = Schemas['MapHolder']
/** `/api/v1/parcels?form=compact`. */
export type Outlines = Schemas['Outlines']
export type Cell = Schemas['MapCell']
export type Backdrop = Schemas['Backdrop']
/** The customer's base map. */
export type Base = Schemas['BackdropBase']
export type Surface = Schemas['Surface']
export type LegendClass = Schemas['MapLegendClass']
export type Legend = Schemas['MapLegend']
export type Total = Schemas['MapTotal']
export type MapAnswer = Schemas['Map']
export type PeriodBar = Schemas['PeriodBar']
export type Periods = Schemas['Periods']
export type CardMeter = Schemas['CardMeter']
export type CardEnterprise = Schemas['CardEnterprise']
export type Card = Schemas['Card']

/** Readings expected and received. */
export type Count = Schemas['ArrivalCount']
export type ArrivalState = ArrivalMeter['state']
export type ArrivalCause = Schemas['ArrivalCause']
export type ArrivalMeter = Schemas['ArrivalMeter']
/** Items in quarantine of one gateway with one cause. */
export type AsideHeap = Schemas['ArrivalHeap']
export type ArrivalGateway = Schemas['ArrivalGateway']
export type ArrivalEnterprise = Schemas['ArrivalEnterprise']
export type Arrival = Schemas['Arrival']
export type MeterDay = Schemas['MeterReadings']
/** What was sent, as far as it is kept. */
export type Quarantined = Schemas['QuarantinedWhole']
/** What became of a heap that was taken in again. */
export type Replayed = Schemas['ReplayAnswer']

/** Meters that count only since a day inside the month, with that day: the month is not whole. */
export type Begun = LedgerRow['begun']
export type LedgerCompared = Schemas['LedgerCompared']
/** A carrier, or coal or carbon; its id opens its source. */
export type LedgerRow = Schemas['LedgerRow']
/** What the enterprise said of a row; `holds`: of the value that stands there now. */
export type LedgerCheck = Schemas['LedgerCheck']
export type Ledger = Schemas['Ledger']
/** A month of electricity by slots. */
export type TimeOfUse = Schemas['TimeOfUse']

/** The newest rating of each year, the newest year first. */
export type RatedYears = Schemas['RatedYears']
export type RatingTerm = Schemas['RatingTerm']

export type SourceStep = Schemas['SourceStep']
export type SourceInput = Schemas['SourceInput']
export type SourceBorder = Schemas['SourceBorder']
export type TakenFrom = Schemas['SourceTakenFrom']
/** An indicator of a grade: its figure opens to the accounts it was made of. */
export type SourceIndicator = Schemas['SourceIndicator']
/** What is behind a grade, as far as it is the asker's to see. */
export type SourceRating = Schemas['SourceRating']
/** Where a figure comes from, in five lines. */
export type SourceAnswer = Schemas['Source']
