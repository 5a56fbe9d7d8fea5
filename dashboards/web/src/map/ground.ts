// Draws what lies under the parcels: green, water, roads, the park's limit; and what they are called,
// where there is room. Knows no parcel and no figure.
import type { Thing } from './outlines'

const GREEN = '#d8e4d2'
const WATER = '#b4cfe7'
const ROAD = '#ffffff'
const KERB = '#d5dade'
const LIMIT = '#7f8a83'
const NAME = '#47535f'
const WATER_NAME = '#2b5a86'
const FONT = '12px "PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC","Noto Sans SC shipped",Arial,sans-serif'
/** A road narrower than this carries no name, CSS px. */
const NAMED_FROM = 5
/** One narrower than this, as a name is high, carries it at its ends alone, where no parcels are. */
const NAMED_AMONG = 12
/** Names nearer to each other than this are one too many, CSS px. */
const APART = 70
/** Between the levels at which a surface is measured for its name. */
const LEVEL = 14

/** From map metres to CSS px. */
export type Projected = (x: number, y: number) => [number, number]

type Corner = [number, number]
interface Placed {
  text: string
  x: number
  y: number
  turn: number
  ink: string
}

export class Ground {
  private readonly lines: Map<Thing, Corner[][]>

  constructor(
    private readonly pen: CanvasRenderingContext2D,
    private readonly things: readonly Thing[],
    project: Projected,
    private readonly size: readonly [number, number],
    private readonly resolution: number,
  ) {
    const projected = (line: Float64Array): Corner[] => Array.from({ length: line.length / 2 }, (_, at) => project(line[2 * at] ?? 0, line[2 * at + 1] ?? 0))
    this.lines = new Map(things.map((thing) => [thing, thing.lines.map(projected)]))
  }

  private of(kind: Thing['kind']): Thing[] {
    return this.things.filter((thing) => thing.kind === kind)
  }

  private trace(thing: Thing): void {
    this.pen.beginPath()
    for (const line of this.lines.get(thing) ?? []) line.forEach(([x, y], at) => (at === 0 ? this.pen.moveTo(x, y) : this.pen.lineTo(x, y)))
  }

  /** Surfaces, then roads with their kerbs, so that crossings are open. */
  draw(): void {
    const { pen } = this
    for (const [kind, colour] of [['green', GREEN], ['water', WATER]] as const) {
      pen.fillStyle = colour
      for (const thing of this.of(kind)) {
        this.trace(thing)
        pen.fill('evenodd')
      }
    }
    for (const [colour, more] of [[KERB, 2], [ROAD, 0]] as const) {
      pen.strokeStyle = colour
      for (const thing of this.of('road')) {
        this.trace(thing)
        pen.lineWidth = Math.max(1, thing.width / this.resolution) + more
        pen.stroke()
      }
    }
    pen.strokeStyle = LIMIT
    pen.lineWidth = 2
    pen.setLineDash([8, 5])
    for (const thing of this.of('limit')) {
      this.trace(thing)
      pen.stroke()
    }
    pen.setLineDash([])
  }

  /** Names over the parcels' edges, on a halo; none upon another. */
  name(): void {
    const { pen } = this
    pen.font = FONT
    pen.textAlign = 'center'
    pen.textBaseline = 'middle'
    pen.lineWidth = 3
    const placed: Placed[] = []
    for (const thing of [...this.of('water'), ...this.of('road')]) {
      const here = thing.kind === 'road' ? this.onRoad(thing) : this.onWater(thing)
      if (!here || placed.some((one) => Math.hypot(one.x - here.x, one.y - here.y) < APART)) continue
      placed.push(here)
      pen.save()
      pen.translate(here.x, here.y)
      pen.rotate(here.turn)
      pen.strokeStyle = thing.kind === 'road' ? ROAD : WATER
      pen.strokeText(here.text, 0, 0)
      pen.fillStyle = here.ink
      pen.fillText(here.text, 0, 0)
      pen.restore()
    }
  }

  /** In the middle of the longest piece that is seen, along it. */
  private onRoad(thing: Thing): Placed | null {
    const width = thing.width / this.resolution
    if (!thing.name || width < NAMED_FROM) return null
    let best: Placed | null = null
    let most = this.pen.measureText(thing.name).width + 16
    for (const line of this.lines.get(thing) ?? []) {
      for (let at = 1; at < line.length; at += 1) {
        if (width < NAMED_AMONG && at > 1 && at < line.length - 1) continue
        const seen = within(line[at - 1] ?? [0, 0], line[at] ?? [0, 0], this.size)
        if (!seen) continue
        const [[fromX, fromY], [toX, toY]] = seen
        const length = Math.hypot(toX - fromX, toY - fromY)
        if (length <= most) continue
        most = length
        const turn = Math.atan2(toY - fromY, toX - fromX)
        // Never upside down.
        best = { text: thing.name, x: (fromX + toX) / 2, y: (fromY + toY) / 2, turn: Math.abs(turn) > Math.PI / 2 ? turn + Math.PI : turn, ink: NAME }
      }
    }
    return best
  }

  /** Where the surface is widest from left to right. */
  private onWater(thing: Thing): Placed | null {
    if (!thing.name) return null
    let best: Placed | null = null
    let most = this.pen.measureText(thing.name).width + 8
    for (let y = LEVEL; y < this.size[1] - LEVEL; y += LEVEL) {
      const cuts = cutsAt(this.lines.get(thing) ?? [], y)
      for (let at = 0; at + 1 < cuts.length; at += 2) {
        const [from, to] = [Math.max(0, cuts[at] ?? 0), Math.min(this.size[0], cuts[at + 1] ?? 0)]
        if (to - from <= most) continue
        most = to - from
        best = { text: thing.name, x: (from + to) / 2, y, turn: 0, ink: WATER_NAME }
      }
    }
    return best
  }
}

/** Where rings cross a level, from left to right. */
function cutsAt(rings: readonly Corner[][], y: number): number[] {
  const cuts: number[] = []
  for (const ring of rings) {
    for (let at = 1; at < ring.length; at += 1) {
      const [[fromX, fromY], [toX, toY]] = [ring[at - 1] ?? [0, 0], ring[at] ?? [0, 0]]
      if (fromY > y !== toY > y) cuts.push(fromX + ((toX - fromX) * (y - fromY)) / (toY - fromY))
    }
  }
  return cuts.sort((a, b) => a - b)
}

/** The part of a piece of line that lies on the canvas (Liang and Barsky). */
function within([x0, y0]: Corner, [x1, y1]: Corner, [width, height]: readonly [number, number]): [Corner, Corner] | null {
  let [first, last] = [0, 1]
  for (const [step, room] of [[x0 - x1, x0], [x1 - x0, width - x0], [y0 - y1, y0], [y1 - y0, height - y0]] as const) {
    if (step === 0 && room < 0) return null
    if (step < 0) first = Math.max(first, room / step)
    else if (step > 0) last = Math.min(last, room / step)
  }
  if (first >= last) return null
  const at = (share: number): Corner => [x0 + share * (x1 - x0), y0 + share * (y1 - y0)]
  return [at(first), at(last)]
}
