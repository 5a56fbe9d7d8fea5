// What concerns whoever looks, and what is on its way by mail and webhook.
import { get, post } from './ask'
import type { Schemas } from './wire'

export type Notification = Schemas['Notification']
export type Delivery = Schemas['Delivery']
export type NotificationPage = Schemas['NotificationPage']
export type DeliveryPage = Schemas['DeliveryPage']

export const readNotifications = (query: { unread?: boolean; cursor?: string | undefined; limit?: number }, cancel?: AbortSignal) =>
  get('/api/v1/notifications', { query: { limit: query.limit ?? 50, unread: query.unread || undefined, cursor: query.cursor } }, cancel)
/** Notes that these were read, and all up to `upTo`. */
export const markRead = (numbers: number[], upTo?: number) => post('/api/v1/notifications/read', { body: { numbers, up_to: upTo ?? null } })
export const readDeliveries = (state: Delivery['state'], cursor?: string) => get('/api/v1/deliveries', { query: { state, limit: 50, cursor } })
export const sendAgain = (number: number) => post('/api/v1/deliveries/{number}/again', { path: { number } })
