// The map as a picture: OpenLayers on a canvas, no tiles, no WebGL. Paints what it is handed
// and tells what the hand did; knows neither the address nor the server.
import OlMap from 'ol/Map'
import OlView from 'ol/View'
import Feature, { type FeatureLike } from 'ol/Feature'
import GeoJSON from 'ol/format/GeoJSON'
import { defaults as interactions } from 'ol/interaction/defaults'
import VectorLayer from 'ol/layer/Vector'
import { fromLonLat, getPointResolution, toLonLat } from 'ol/proj'
import VectorSource from 'ol/source/Vector'
import Fill from 'ol/style/Fill'
import Stroke from 'ol/style/Stroke'
import Style from 'ol/style/Style'
import Text from 'ol/style/Text'
import { getCenter, getHeight, getWidth } from 'ol/extent'
import type Geometry from 'ol/geom/Geometry'
import type { Outlines } from '../api/client'
import type { Place } from './neighbour'
import { pattern } from './pattern'
import type { Painted } from './scene'

/** Smaller parcels carry no text, in CSS px. */
const LEAST_LABEL = 18
const MARGIN = [24, 64, 56, 24]
const LABEL_FONT = '12px "PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC","Noto Sans SC shipped",sans-serif'

export interface Hand {
  over(parcel: string | null, x: number, y: number): void
  chosen(parcel: string): void
  moved(): void
}

const outline = new Stroke({ color: '#5f6b77', width: 1 })
const SELECTED = [new Style({ stroke: new Stroke({ color: '#ffffff', width: 6 }) }), new Style({ stroke: new Stroke({ color: '#0b2f6b', width: 4 }) })]
const UNDER_HAND = new Style({ stroke: new Stroke({ color: '#17212b', width: 2.5 }) })

export class Picture {
  private readonly parcels = new VectorSource()
  private readonly marks = new VectorSource()
  private readonly layer: VectorLayer
  private readonly map: OlMap
  private painted: ReadonlyMap<string, Painted> = new Map()
  private readonly grounds = new Map<string, Style[]>()
  private selected = ''
  private pointed = ''

  constructor(target: HTMLElement, hand: Hand) {
    this.layer = new VectorLayer({ source: this.parcels, style: (feature, resolution) => this.style(feature, resolution) })
    const marks = new VectorLayer({ source: this.marks, zIndex: 2 })
    this.map = new OlMap({
      target,
      controls: [],
      interactions: interactions({ keyboard: false, altShiftDragRotate: false, pinchRotate: false, doubleClickZoom: false, zoomDuration: 0 }),
      layers: [this.layer, marks],
      view: new OlView({ center: [0, 0], zoom: 2, enableRotation: false, multiWorld: true }),
    })
    this.map.on('click', (event) => {
      const parcel = this.at(event.pixel)
      if (parcel) hand.chosen(parcel)
    })
    this.map.on('dblclick', (event) => {
      const parcel = this.at(event.pixel)
      if (parcel) this.approach(parcel)
    })
    this.map.on('pointermove', (event) => {
      if (!event.dragging) hand.over(this.at(event.pixel), event.pixel[0] ?? 0, event.pixel[1] ?? 0)
    })
    this.map.on('moveend', () => hand.moved())
    this.map.on('rendercomplete', () => {
      // When the first map stood: measured by a test, and by whoever asks the browser.
      if (this.painted.size > 0 && this.parcels.getFeatures().length > 0 && performance.getEntriesByName('first-map').length === 0) performance.mark('first-map')
    })
  }

  /** Shows these outlines; says how many there are. */
  setOutlines(outlines: Outlines): number {
    const features = new GeoJSON().readFeatures(outlines, { dataProjection: 'EPSG:4326', featureProjection: 'EPSG:3857' })
    for (const feature of features) feature.setId(String(feature.get('parcel')))
    this.parcels.clear()
    this.parcels.addFeatures(features)
    return features.length
  }

  /** Paints the parcels anew. */
  paint(painted: ReadonlyMap<string, Painted>): void {
    this.painted = painted
    this.layer.changed()
  }

  /** Outlines the selected parcel (white and navy) and the one under hand or keyboard (ink). */
  mark(selected: string, pointed: string): void {
    if (selected === this.selected && pointed === this.pointed && this.marks.getFeatures().length > 0) return
    this.selected = selected
    this.pointed = pointed
    this.marks.clear()
    if (pointed && pointed !== selected) this.outline(pointed, UNDER_HAND)
    for (const style of selected ? SELECTED : []) this.outline(selected, style)
  }

  private outline(parcel: string, style: Style): void {
    const geometry = this.parcels.getFeatureById(parcel)?.getGeometry()
    if (!geometry) return
    const mark = new Feature(geometry)
    mark.setStyle(style)
    this.marks.addFeature(mark)
  }

  /** The middle of every parcel, in map coordinates. */
  places(): Place[] {
    return this.parcels.getFeatures().flatMap((feature) => {
      const extent = feature.getGeometry()?.getExtent()
      if (!extent) return []
      const [x = 0, y = 0] = getCenter(extent)
      return [{ parcel: String(feature.getId()), x, y }]
    })
  }

  /** Where a parcel stands on the canvas, in CSS px. */
  pixelOf(parcel: string): [number, number] | null {
    const extent = this.parcels.getFeatureById(parcel)?.getGeometry()?.getExtent()
    const pixel = extent && this.map.getPixelFromCoordinate(getCenter(extent))
    return pixel ? [pixel[0] ?? 0, pixel[1] ?? 0] : null
  }

  /** The whole park. */
  fit(): void {
    const extent = this.parcels.getExtent() ?? [0, 0, 1, 1]
    this.map.updateSize()
    if (this.parcels.getFeatures().length > 0) this.map.getView().fit(extent, { padding: MARGIN })
  }

  /** One parcel, with its surroundings. */
  approach(parcel: string): void {
    const extent = this.parcels.getFeatureById(parcel)?.getGeometry()?.getExtent()
    if (!extent) return
    const view = this.map.getView()
    view.setCenter(getCenter(extent))
    view.setResolution(Math.min(view.getResolution() ?? 1, Math.max(getWidth(extent), getHeight(extent)) / 160))
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

  resize(): void {
    this.map.updateSize()
  }

  dispose(): void {
    this.map.setTarget(undefined)
  }

  private at(pixel: number[]): string | null {
    const found = this.map.forEachFeatureAtPixel(pixel, (feature) => feature.getId(), { layerFilter: (layer) => layer === this.layer })
    return found === undefined ? null : String(found)
  }

  private style(feature: FeatureLike, resolution: number): Style[] {
    const cell = this.painted.get(String(feature.getId()))
    const ratio = window.devicePixelRatio || 1
    const styles = this.ground(cell, ratio)
    if (!cell?.text || !this.holds(feature.getGeometry() as Geometry, resolution, cell.text)) return styles
    return [...styles, this.label(cell)]
  }

  /** Fill and outline; the few there are serve all parcels that look alike. */
  private ground(cell: Painted | undefined, ratio: number): Style[] {
    const key = cell ? `${cell.pattern ?? cell.fill} ${cell.dots ? cell.ink : ''} ${ratio}` : ''
    const known = this.grounds.get(key)
    if (known) return known
    const fill = cell?.pattern ? pattern(cell.pattern, ratio) : (cell?.fill ?? '#f3f5f7')
    const styles = [new Style({ fill: new Fill({ color: fill }), stroke: outline })]
    if (cell?.dots) styles.push(new Style({ fill: new Fill({ color: pattern('dots', ratio, cell.ink) }) }))
    this.grounds.set(key, styles)
    return styles
  }

  /** Whether the parcel is large enough on the screen for its text. */
  private holds(geometry: Geometry, resolution: number, text: string): boolean {
    const extent = geometry.getExtent()
    const [width, height] = [getWidth(extent) / resolution, getHeight(extent) / resolution]
    return Math.min(width, height) >= LEAST_LABEL && width >= 8 + 7 * text.length
  }

  private label(cell: Painted): Style {
    const halo = cell.dots || cell.pattern ? { stroke: new Stroke({ color: cell.pattern ? '#ffffff' : cell.fill, width: 4 }) } : {}
    return new Style({ text: new Text({ text: cell.text, font: LABEL_FONT, fill: new Fill({ color: cell.ink }), overflow: true, ...halo }) })
  }
}
