// Arrival, quarantine and the readings of a day, by hand, as src/http/*/wire.rs writes it.
import type { NamedEnterprise } from './people'

/** Readings expected and received. */
export interface Count {
  expected: number
  received: number
}

export type ArrivalState = 'on_time' | 'late' | 'silent' | 'stopped'

export interface ArrivalCause {
  cause: 'quarantined' | 'gateway_offline' | 'not_read' | 'never_sent'
  since: string | null
  code: string | null
  /** How far the clock of the gateway runs ahead, in seconds; below 0 behind. */
  ahead_s: number | null
  items: number | null
}

export interface ArrivalMeter {
  meter: string
  enterprise: string
  gateway: string | null
  /** What people call it, and where it hangs. */
  name: string | null
  place: string | null
  indicator: string
  unit: string
  interval_s: number
  latest_at: string | null
  received_at: string | null
  state: ArrivalState
  cause: ArrivalCause | null
  /** A count for each of the answer's days. */
  strip: Count[]
  /** Whole percent, 100 only if nothing is missing. */
  today_percent: number | null
}

/** Items in quarantine of one gateway with one cause. */
export interface AsideHeap {
  gateway: string
  enterprise: string
  code: string
  ahead_s: number | null
  items: number
  latest_at: string
  number: number
  meter: string | null
  detail: string
}

export interface ArrivalGateway {
  gateway: string
  enterprise: string
  connections: number
  status: 'online' | 'offline' | null
  status_at: string | null
  test_topic: string
  trial: { received_at: string; readings: number; code: string | null } | null
}

export interface ArrivalEnterprise extends NamedEnterprise {
  industry: string
  scale: string
}

/** `GET /api/v1/arrival`. */
export interface Arrival {
  as_of: string
  source: string
  /** Oldest first, today last. */
  days: string[]
  enterprises: ArrivalEnterprise[]
  /** The worst first. */
  meters: ArrivalMeter[]
  today: Count
  quarantine: AsideHeap[]
  gateways: ArrivalGateway[]
  mqtt_port: number | null
}

/** `GET /api/v1/meters/{meter}/readings`: of one day, oldest first. */
export interface MeterDay {
  meter: string
  indicator: string
  unit: string
  day: string
  as_of: string
  interval_s: number
  readings: { at: string; value: string; flags: string[] }[]
}

/** `GET /api/v1/quarantine/{number}`: what was sent, as far as it is kept. */
export interface Quarantined {
  number: number
  gateway: string | null
  received_at: string
  code: string
  detail: string
  kept: boolean
  raw: string | null
  raw_is_damaged: boolean
}
