// Which parcel lies in a direction: for the arrow keys. Pure, in map coordinates (y up).

export type Direction = 'up' | 'down' | 'left' | 'right'

export interface Place {
  parcel: string
  x: number
  y: number
}

/** How much a metre sideways counts against a metre straight ahead. */
const SIDEWAYS = 2

/** The nearest place in `direction`, none if nothing lies there. */
export function neighbour(from: Place, direction: Direction, places: readonly Place[]): Place | undefined {
  let best: Place | undefined
  let least = Infinity
  for (const place of places) {
    const [dx, dy] = [place.x - from.x, place.y - from.y]
    const ahead = { up: dy, down: -dy, left: -dx, right: dx }[direction]
    const beside = Math.abs(direction === 'up' || direction === 'down' ? dx : dy)
    if (ahead <= 0 || beside > ahead * SIDEWAYS) continue
    const cost = ahead + SIDEWAYS * beside
    if (cost < least) [least, best] = [cost, place]
  }
  return best
}
