// Who asks, what is refused, and what the live line says, by hand, as src/http/*/wire.rs writes it.

/** RFC 9457, as the server answers every refusal. */
export interface Problem {
  status: number
  code: string
  params: Record<string, string>
  title: string
  detail: string
  request_id: string
}

/** One stored value, as `readings` events bring it. */
export interface LiveValue {
  enterprise: string
  meter: string
  indicator: string
  unit: string
  at: string
  received_at: string
  value: string
}

export interface LiveReadings {
  batch: number
  values: LiveValue[]
}

export interface LiveGateways {
  batch: number
  gateways: string[]
}

export interface LiveState {
  now: string
  data_to: string | null
}

/** `GET /api/v1/me`. */
export interface Me {
  role: 'public' | 'enterprise' | 'operator' | 'kiosk' | 'bureau' | 'sys' | 'sec' | 'aud' | 'machine'
  name: string
  /** Whether one may be somebody else by one click. */
  demo: boolean
  /** What one is called, if one signed in with this browser. */
  person: string | null
  /** The parks whose map one may see. */
  parks: NamedPark[]
  enterprise: NamedEnterprise | null
}

export interface NamedPark {
  park: string
  name: string
}

export interface NamedEnterprise {
  enterprise: string
  name: string
  park: string
}

export type RoleChoice = { role: 'public' } | { role: 'bureau' } | { role: 'operator'; park: string } | { role: 'enterprise'; enterprise: string }

export interface RoleChoices {
  parks: NamedPark[]
  enterprises: NamedEnterprise[]
}
