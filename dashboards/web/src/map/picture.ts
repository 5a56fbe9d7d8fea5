// The map as a picture: OpenLayers moves it, our own brush draws it on a canvas (no tiles, no
// WebGL). Paints what it is handed and tells what the hand did; knows neither the address nor the
// server. Ten thousand parcels as features of OpenLayers took a second more than as paths.
import 'ol/ol.css'
import OlMap, { type FrameState } from 'ol/Map'
import OlView from 'ol/View'
import { defaults as interactions } from 'ol/interaction/defaults'
import Layer from 'ol/layer/Layer'
import { fromLonLat, getPointResolution, toLonLat } from 'ol/proj'
import ViewHint from 'ol/ViewHint'
import type BaseLayer from 'ol/layer/Base'
import type { Backdrop, Outlines, Surface } from '../api/wire'
import { Brush, type Sight } from './brush'
import type { Place } from './neighbour'
import { around, middleOf, reliefOf, shapeAt, shapesOf, thingsOf, type Relief, type Shape, type Thing } from './outlines'
import type { Painted } from './scene'

const MARGIN = [24, 64, 56, 24]
/** So many are drawn anew at every step of a drag; more are shifted, and drawn when it ends. */
const DRAWN_WHILE_MOVING = 2_000

export interface Hand {
  over(parcel: string | null, x: number, y: number): void
  chosen(parcel: string): void
  moved(): void
}

/** A canvas of the map, and what it shows. */
interface Sheet {
  canvas: HTMLCanvasElement
  /** None: to be drawn. */
  sight: Sight | null
}

const sheet = (): Sheet => {
  const canvas = document.createElement('canvas')
  Object.assign(canvas.style, { position: 'absolute', left: '0', top: '0', transformOrigin: 'top left' })
  return { canvas, sight: null }
}

const isSame = (one: Sight | null, other: Sight): boolean => one !== null && String([one.centre, one.resolution, one.size, one.ratio]) === String([other.centre, other.resolution, other.size, other.ratio])

export class Picture {
  private readonly parcels = sheet()
  private readonly marks = sheet()
  private readonly map: OlMap
  private hushed = false
  private readonly layers: Layer[]
  private shapes: Shape[] = []
  private things: Thing[] = []
  private beside: Shape[] = []
  private byParcel: Map<string, Shape> = new Map()
  private relief: Relief | null = null
  private base: BaseLayer | null = null
  private painted: ReadonlyMap<string, Painted> = new Map()
  private selected = ''
  private pointed = ''
  private stood = false

  constructor(target: HTMLElement, hand: Hand) {
    this.layers = [
      new Layer({ render: (frame) => this.show(this.parcels, frame, (brush) => brush.all(this.things, this.beside, this.shapes, this.painted, this.relief)) }),
      new Layer({ render: (frame) => this.show(this.marks, frame, (brush) => this.drawMarks(brush)) }),
    ]
    this.map = new OlMap({
      target,
      controls: [],
      interactions: interactions({ keyboard: false, altShiftDragRotate: false, pinchRotate: false, doubleClickZoom: false, zoomDuration: 0 }),
      layers: this.layers,
      view: new OlView({ center: [0, 0], zoom: 2, enableRotation: false, multiWorld: true }),
    })
    this.map.on('click', (event) => {
      const parcel = this.hushed ? null : this.at(event.coordinate)
      if (parcel) hand.chosen(parcel)
    })
    this.map.on('dblclick', (event) => {
      const parcel = this.hushed ? null : this.at(event.coordinate)
      if (parcel) this.approach(parcel)
    })
    this.map.on('pointermove', (event) => {
      if (!event.dragging) hand.over(this.at(event.coordinate), event.pixel[0] ?? 0, event.pixel[1] ?? 0)
    })
    this.map.on('moveend', () => hand.moved())
    // A machine without a Chinese font of its own gets ours a moment later: labels are drawn again.
    document.fonts.addEventListener('loadingdone', this.drawAnew)
  }

  private readonly drawAnew = (): void => this.changed(this.parcels)

  private changed(...sheets: Sheet[]): void {
    for (const one of sheets) one.sight = null
    this.map.render()
  }

  /** Draws what is not drawn yet, or shifts it while the hand still moves a large map. */
  private show(own: Sheet, frame: FrameState, draw: (brush: Brush) => void): HTMLElement {
    const { center, resolution } = frame.viewState
    const sight: Sight = { centre: [center[0] ?? 0, center[1] ?? 0], resolution, size: [frame.size[0] ?? 0, frame.size[1] ?? 0], ratio: frame.pixelRatio }
    const moves = frame.viewHints[ViewHint.INTERACTING] || frame.viewHints[ViewHint.ANIMATING]
    if (own.sight && moves && this.shapes.length > DRAWN_WHILE_MOVING) shift(own.canvas, own.sight, sight)
    else if (!isSame(own.sight, sight)) {
      const [width, height] = [Math.round(sight.size[0] * sight.ratio), Math.round(sight.size[1] * sight.ratio)]
      if (own.canvas.width !== width || own.canvas.height !== height) {
        Object.assign(own.canvas, { width, height })
        Object.assign(own.canvas.style, { width: `${sight.size[0]}px`, height: `${sight.size[1]}px` })
      }
      own.canvas.style.transform = ''
      // Bands lie on each other: as a whole they are seen through, not one by one.
      own.canvas.style.opacity = this.base && this.relief && own === this.parcels ? '0.65' : ''
      const pen = own.canvas.getContext('2d')
      if (pen) draw(new Brush(pen, sight, this.base !== null && own === this.parcels))
      own.sight = sight
      if (own === this.parcels) this.tellFirst()
    }
    return own.canvas
  }

  /** When the first map stood: measured by a test, and by whoever asks the browser. */
  private tellFirst(): void {
    if (this.stood || this.shapes.length === 0 || this.painted.size === 0) return
    this.stood = true
    // After the frame that it is part of, so that its pixels count.
    requestAnimationFrame(() => setTimeout(() => performance.mark('first-map')))
  }

  /** Shows these outlines; says how many there are. */
  setOutlines(outlines: Outlines): number {
    this.shapes = shapesOf(outlines)
    this.byParcel = new Map(this.shapes.map((shape) => [shape.parcel, shape]))
    this.changed(this.parcels, this.marks)
    return this.shapes.length
  }

  /** Draws river and roads under the parcels. */
  setBackdrop(backdrop: Backdrop | null): void {
    this.things = backdrop ? thingsOf(backdrop) : []
    this.changed(this.parcels)
  }

  /** Draws the parcels of other parks faint, at the edges. */
  setBeside(outlines: Outlines | null): void {
    this.beside = outlines ? shapesOf(outlines) : []
    this.changed(this.parcels)
  }

  /** Draws a surface instead of coloured parcels. */
  setSurface(surface: Surface | null): void {
    this.relief = surface ? reliefOf(surface) : null
    this.changed(this.parcels)
  }

  /** Lays a map under everything, which then shines through; null: none. */
  setBase(layer: BaseLayer | null): void {
    if (layer === this.base) return
    if (this.base) this.map.removeLayer(this.base)
    if (layer) this.map.addLayer(layer)
    this.base = layer
    this.changed(this.parcels)
  }

  /** Paints the parcels anew. */
  paint(painted: ReadonlyMap<string, Painted>): void {
    this.painted = painted
    this.changed(this.parcels)
  }

  /** Outlines the selected parcel (white and navy) and the one under hand or keyboard (ink). */
  mark(selected: string, pointed: string): void {
    if (selected === this.selected && pointed === this.pointed) return
    this.selected = selected
    this.pointed = pointed
    this.changed(this.marks)
  }

  private drawMarks(brush: Brush): void {
    const [selected, pointed] = [this.byParcel.get(this.selected), this.byParcel.get(this.pointed)]
    if (pointed && pointed !== selected) brush.mark(pointed, '#17212b', 2.5)
    if (!selected) return
    brush.mark(selected, '#ffffff', 6)
    brush.mark(selected, '#0b2f6b', 4)
  }

  /** The middle of every parcel, in map coordinates. */
  places(): Place[] {
    return this.shapes.map(({ parcel, box }) => {
      const [x, y] = middleOf(box)
      return { parcel, x, y }
    })
  }

  /** Where a parcel stands on the canvas, in CSS px. */
  pixelOf(parcel: string): [number, number] | null {
    const shape = this.byParcel.get(parcel)
    const pixel = shape && this.map.getPixelFromCoordinate(middleOf(shape.box))
    return pixel ? [pixel[0] ?? 0, pixel[1] ?? 0] : null
  }

  /** The whole park. */
  fit(): void {
    const box = around(this.shapes)
    this.map.updateSize()
    if (box) this.map.getView().fit(box, { padding: MARGIN })
  }

  /** One parcel, with its surroundings. */
  approach(parcel: string): void {
    const shape = this.byParcel.get(parcel)
    if (!shape) return
    const [west, south, east, north] = shape.box
    const view = this.map.getView()
    view.setCenter(middleOf(shape.box))
    view.setResolution(Math.min(view.getResolution() ?? 1, Math.max(east - west, north - south) / 160))
  }

  /** In by 1, out by -1. */
  zoom(steps: number): void {
    const view = this.map.getView()
    view.setZoom((view.getZoom() ?? 15) + steps * 0.5)
  }

  /** `lon,lat,metres per pixel` of what is seen. */
  place(): string {
    const view = this.map.getView()
    const centre = view.getCenter() ?? [0, 0]
    const [lon = 0, lat = 0] = toLonLat(centre)
    return `${lon.toFixed(5)},${lat.toFixed(5)},${this.metres().toFixed(2)}`
  }

  /** Shows what `place` said. */
  go(place: string): void {
    const [lon = 0, lat = 0, metres = 1] = place.split(',').map(Number)
    const centre = fromLonLat([lon, lat])
    const view = this.map.getView()
    view.setCenter(centre)
    view.setResolution(metres / getPointResolution('EPSG:3857', 1, centre))
  }

  /** Metres on the ground per CSS pixel at the middle. */
  metres(): number {
    const view = this.map.getView()
    return getPointResolution('EPSG:3857', view.getResolution() ?? 1, view.getCenter() ?? [0, 0])
  }

  /** Looks where another one looks, for good: pan and zoom are one. */
  lockTo(other: Picture): void {
    this.map.setView(other.map.getView())
  }

  /** A hand that draws chooses no parcel. */
  hush(hushed: boolean): void {
    this.hushed = hushed
  }

  /** What whoever draws on the map adds a layer to. */
  get olMap(): OlMap {
    return this.map
  }

  resize(): void {
    this.map.updateSize()
  }

  dispose(): void {
    document.fonts.removeEventListener('loadingdone', this.drawAnew)
    this.map.setTarget(undefined)
  }

  private at(coordinate: readonly number[]): string | null {
    return shapeAt(this.shapes, coordinate[0] ?? 0, coordinate[1] ?? 0)?.parcel ?? null
  }
}

/** Moves and scales what is drawn for one sight to where it lies in another. */
function shift(canvas: HTMLCanvasElement, drawn: Sight, now: Sight): void {
  const scale = drawn.resolution / now.resolution
  const x = (drawn.centre[0] - now.centre[0]) / now.resolution + (now.size[0] - drawn.size[0] * scale) / 2
  const y = (now.centre[1] - drawn.centre[1]) / now.resolution + (now.size[1] - drawn.size[1] * scale) / 2
  canvas.style.transform = `translate(${x}px, ${y}px) scale(${scale})`
}
