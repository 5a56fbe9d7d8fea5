// Draws the map on a canvas: parcels that look alike in one stroke of the brush, dots and labels
// over them, then what is marked. Knows neither OpenLayers nor the page.
import { pattern } from './pattern'
import { Ground } from './ground'
import type { Box, Relief, Shape, Thing } from './outlines'
import type { Painted } from './scene'

/** Smaller parcels carry no text, in CSS px. */
const LEAST_LABEL = 18
/** Chinese in a label waits for the shipped font where a machine has no other (`Picture`). */
const LABEL_FONT = '12px "PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC","Noto Sans SC shipped",Arial,sans-serif'
const LINE = '#5f6b77'
const BESIDE = '#e4e7ea'
const BESIDE_LINE = '#b3bac1'
/** How much of what lies over a base map is opaque. */
const VEIL = 0.6
const UNKNOWN: Painted = { fill: '#f3f5f7', pattern: null, dots: false, ink: '#17212b', text: '' }

/** What is seen: the middle in map metres, metres per CSS px, size in CSS px, canvas px per CSS px. */
export interface Sight {
  centre: readonly [number, number]
  resolution: number
  size: readonly [number, number]
  ratio: number
}

export class Brush {
  private readonly west: number
  private readonly north: number

  constructor(
    private readonly pen: CanvasRenderingContext2D,
    private readonly sight: Sight,
    /** A base map lies under it and shines through. */
    private readonly veils = false,
  ) {
    const { centre, resolution, size, ratio } = sight
    this.west = centre[0] - (size[0] / 2) * resolution
    this.north = centre[1] + (size[1] / 2) * resolution
    pen.setTransform(ratio, 0, 0, ratio, 0, 0)
    pen.clearRect(0, 0, size[0], size[1])
    pen.lineJoin = 'round'
  }

  private sees([west, south, east, north]: Box): boolean {
    const { resolution, size } = this.sight
    return east >= this.west && west <= this.west + size[0] * resolution && south <= this.north && north >= this.north - size[1] * resolution
  }

  private trace(rings: readonly Float64Array[], open = false): void {
    const { pen, west, north } = this
    const scale = 1 / this.sight.resolution
    for (const ring of rings) {
      pen.moveTo(((ring[0] ?? 0) - west) * scale, (north - (ring[1] ?? 0)) * scale)
      for (let at = 2; at + 1 < ring.length; at += 2) pen.lineTo(((ring[at] ?? 0) - west) * scale, (north - (ring[at + 1] ?? 0)) * scale)
      if (!open) pen.closePath()
    }
  }

  /** The backdrop, then parcels, dots and labels (screens.md 6, "Order of drawing"), names last. */
  all(things: readonly Thing[], beside: readonly Shape[], shapes: readonly Shape[], painted: ReadonlyMap<string, Painted>, relief: Relief | null): void {
    const { resolution, size } = this.sight
    const ground = new Ground(this.pen, things, (x, y) => [(x - this.west) / resolution, (this.north - y) / resolution], size, resolution)
    if (!this.veils) ground.draw()
    this.faint(beside)
    if (relief) this.relief(relief, shapes)
    else this.parcels(shapes, painted)
    if (!this.veils) ground.name()
  }

  /** Fills what was traced; over a base map so that it is seen through. */
  private fill(): void {
    this.pen.globalAlpha = this.veils ? VEIL : 1
    this.pen.fill('evenodd')
    this.pen.globalAlpha = 1
  }

  /** Other parks' parcels: where they are, and nothing of what they are. */
  private faint(shapes: readonly Shape[]): void {
    const { pen } = this
    pen.beginPath()
    for (const shape of shapes) if (this.sees(shape.box)) this.trace(shape.rings)
    pen.fillStyle = BESIDE
    this.fill()
    pen.strokeStyle = BESIDE_LINE
    pen.lineWidth = 1
    pen.stroke()
  }

  /** A surface: each band lies on the one before; over them the parcels' outlines, on top where the
   * amounts are. */
  private relief({ bands, spots }: Relief, shapes: readonly Shape[]): void {
    const { pen, west, north } = this
    for (const { colour, rings } of bands) {
      pen.beginPath()
      this.trace(rings)
      pen.fillStyle = colour
      pen.fill('evenodd')
    }
    pen.beginPath()
    for (const shape of shapes) if (this.sees(shape.box)) this.trace(shape.rings)
    pen.strokeStyle = LINE
    pen.lineWidth = 0.7
    pen.stroke()
    pen.strokeStyle = '#ffffff'
    pen.fillStyle = '#17212b'
    pen.lineWidth = 1.5
    pen.beginPath()
    for (const [x, y] of spots) {
      const [left, top] = [(x - west) / this.sight.resolution, (north - y) / this.sight.resolution]
      pen.moveTo(left + 2.2, top)
      pen.arc(left, top, 2.2, 0, 2 * Math.PI)
    }
    pen.stroke()
    pen.fill()
  }

  private parcels(shapes: readonly Shape[], painted: ReadonlyMap<string, Painted>): void {
    const seen = shapes.filter((shape) => this.sees(shape.box))
    const alike = new Map<string, { look: Painted; shapes: Shape[] }>()
    for (const shape of seen) {
      const look = painted.get(shape.parcel) ?? UNKNOWN
      const key = look.pattern ?? (look.dots ? `${look.fill} ${look.ink}` : look.fill)
      const group = alike.get(key)
      if (group) group.shapes.push(shape)
      else alike.set(key, { look, shapes: [shape] })
    }
    for (const group of alike.values()) this.surface(group.look, group.shapes)
    this.labels(seen, painted)
  }

  private surface(look: Painted, shapes: readonly Shape[]): void {
    const { pen } = this
    pen.beginPath()
    for (const shape of shapes) this.trace(shape.rings)
    pen.fillStyle = look.pattern ? this.tile(look.pattern) : look.fill
    this.fill()
    if (look.dots) {
      pen.fillStyle = this.tile('dots', look.ink)
      pen.fill('evenodd')
    }
    pen.strokeStyle = LINE
    pen.lineWidth = 1
    pen.stroke()
  }

  /** A pattern keeps the canvas's own pixels, whatever the scale. */
  private tile(kind: 'hatch' | 'cross' | 'dots', ink?: string): CanvasPattern | string {
    const made = pattern(kind, this.sight.ratio, ink)
    if (typeof made !== 'string') made.setTransform(new DOMMatrix().scale(1 / this.sight.ratio))
    return made
  }

  private labels(shapes: readonly Shape[], painted: ReadonlyMap<string, Painted>): void {
    const { pen } = this
    const { resolution } = this.sight
    pen.font = LABEL_FONT
    pen.textAlign = 'center'
    pen.textBaseline = 'middle'
    for (const { parcel, box } of shapes) {
      const look = painted.get(parcel)
      if (!look?.text) continue
      const [width, height] = [(box[2] - box[0]) / resolution, (box[3] - box[1]) / resolution]
      if (Math.min(width, height) < LEAST_LABEL || width < 8 + 7 * look.text.length) continue
      const [x, y] = [((box[0] + box[2]) / 2 - this.west) / resolution, (this.north - (box[1] + box[3]) / 2) / resolution]
      if (look.dots || look.pattern || this.veils) {
        pen.strokeStyle = look.pattern ? '#ffffff' : look.fill
        pen.lineWidth = 4
        pen.strokeText(look.text, x, y)
      }
      pen.fillStyle = look.ink
      pen.fillText(look.text, x, y)
    }
  }

  /** An outline over everything. */
  mark(shape: Shape, colour: string, width: number): void {
    const { pen } = this
    pen.beginPath()
    this.trace(shape.rings)
    pen.strokeStyle = colour
    pen.lineWidth = width
    pen.stroke()
  }
}
