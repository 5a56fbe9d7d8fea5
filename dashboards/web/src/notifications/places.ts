// Where what a notification is about is seen and dealt with, as whoever looks.
import type { Me } from '../api/wire'
import type { Notification } from '../api/notifications'

/** The address; null: there is nothing more to see. */
export function placeOf({ kind, about, told, enterprise, park }: Notification, role: Me['role'] | undefined): string | null {
  const own = role === 'enterprise'
  switch (kind) {
    case 'gateway_silent':
      return `${own ? '/my' : ''}/gateways/${encodeURIComponent(about)}/test`
    case 'aside':
    case 'overflow':
      return own ? '/my/quarantine' : `/arrival?park=${encodeURIComponent(park)}`
    case 'beyond':
      return own ? '/my/quarantine' : `/today?park=${encodeURIComponent(park)}`
    case 'conflict':
      return own ? '/decisions' : `/decisions?park=${encodeURIComponent(park)}`
    case 'ledger_revised':
      return own ? `/my/ledger/${encodeURIComponent(about)}` : `/src/${encodeURIComponent(`electricity_kwh:${enterprise}:${about}:${told.revision ?? ''}`)}`
    case 'proposal':
      return role === 'sec' ? '/sec/users' : role === 'aud' ? '/aud/log' : '/me'
    case 'delivery_dead':
      return '/notifications#deliveries'
    default:
      return null
  }
}
