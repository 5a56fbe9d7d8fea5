// Outlines as the server writes them for drawing, laid out in map metres (web Mercator): numbers in
// a row, no object a corner. Pure.
import type { Backdrop, Outlines, Surface } from '../api/wire'

/** [west, south, east, north] in map metres. */
export type Box = [number, number, number, number]

export interface Shape {
  parcel: string
  /** Corners of each ring, x and y in turn; the last is joined to the first. */
  rings: Float64Array[]
  box: Box
}

/** Half the girth of the projection's earth, metres. */
const HALF_EARTH = 20_037_508.342789244

const eastOf = (longitude: number): number => (longitude * HALF_EARTH) / 180
const northOf = (latitude: number): number => (Math.log(Math.tan(((90 + latitude) * Math.PI) / 360)) / Math.PI) * HALF_EARTH

/** The shapes, in the order of the answer. */
export function shapesOf({ degree, parcels }: Outlines): Shape[] {
  let [longitude, latitude] = [0, 0]
  return parcels.map(([parcel, lines]) => {
    const box: Box = [Infinity, Infinity, -Infinity, -Infinity]
    const rings = lines.map((line) => {
      const ring = new Float64Array(line.length)
      let [x, y] = [longitude, latitude]
      for (let at = 0; at + 1 < line.length; at += 2) {
        x += line[at] ?? 0
        y += line[at + 1] ?? 0
        if (at === 0) [longitude, latitude] = [x, y]
        const [east, north] = [eastOf(x / degree), northOf(y / degree)]
        ring[at] = east
        ring[at + 1] = north
        box[0] = Math.min(box[0], east)
        box[1] = Math.min(box[1], north)
        box[2] = Math.max(box[2], east)
        box[3] = Math.max(box[3], north)
      }
      return ring
    })
    return { parcel, rings, box }
  })
}

/** A thing of the backdrop in map metres. */
export interface Thing {
  kind: Backdrop['things'][number]['kind']
  name: string | null
  /** Of a road, in map metres. */
  width: number
  lines: Float64Array[]
}

/** River, roads and limits; `width_m` is stretched as the projection stretches the ground there. */
export function thingsOf({ things }: Backdrop): Thing[] {
  return things.map(({ kind, name, width_m: width, lines }) => {
    const latitude = lines[0]?.[0]?.[1] ?? 0
    return { kind, name, width: width / Math.cos((latitude * Math.PI) / 180), lines: lines.map((line) => Float64Array.from(line.flatMap(([x, y]) => [eastOf(x), northOf(y)]))) }
  })
}

/** A surface in map metres: bands in the order of drawing, and where the amounts are. */
export interface Relief {
  bands: { colour: string; rings: Float64Array[] }[]
  spots: [number, number][]
}

export function reliefOf({ bands, spots }: Surface): Relief {
  const ring = (line: number[][]) => Float64Array.from(line.flatMap(([x = 0, y = 0]) => [eastOf(x), northOf(y)]))
  return {
    bands: bands.map(({ colour, polygons }) => ({ colour, rings: polygons.flat().map(ring) })),
    spots: spots.map(({ longitude, latitude }) => [eastOf(longitude), northOf(latitude)]),
  }
}

/** The box around all of them; null around none. */
export function around(shapes: readonly Shape[]): Box | null {
  if (shapes.length === 0) return null
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { box: one } of shapes) {
    box[0] = Math.min(box[0], one[0])
    box[1] = Math.min(box[1], one[1])
    box[2] = Math.max(box[2], one[2])
    box[3] = Math.max(box[3], one[3])
  }
  return box
}

export const middleOf = ([west, south, east, north]: Box): [number, number] => [(west + east) / 2, (south + north) / 2]

/** Whether an odd number of the shape's rings surrounds a place. */
function surrounds(rings: readonly Float64Array[], x: number, y: number): boolean {
  let inside = false
  for (const ring of rings) {
    let [beforeX = 0, beforeY = 0] = ring.subarray(-2)
    for (let at = 0; at + 1 < ring.length; at += 2) {
      const [hereX = 0, hereY = 0] = [ring[at], ring[at + 1]]
      // Half-open, so that a corner on the level counts once.
      if (hereY > y !== beforeY > y && x < beforeX + ((hereX - beforeX) * (y - beforeY)) / (hereY - beforeY)) inside = !inside
      ;[beforeX, beforeY] = [hereX, hereY]
    }
  }
  return inside
}

/** The shape at a place in map metres. */
export function shapeAt(shapes: readonly Shape[], x: number, y: number): Shape | undefined {
  return shapes.find(({ box, rings }) => x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3] && surrounds(rings, x, y))
}
