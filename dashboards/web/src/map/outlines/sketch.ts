// Drawing on the map: a hand's outline or line with corners that are dragged, snapping to corners and
// edges of the parcels around. Tells of degrees; knows no page and no server.
import Feature from 'ol/Feature'
import type OlMap from 'ol/Map'
import LineString from 'ol/geom/LineString'
import MultiPoint from 'ol/geom/MultiPoint'
import MultiPolygon from 'ol/geom/MultiPolygon'
import Polygon from 'ol/geom/Polygon'
import Draw from 'ol/interaction/Draw'
import Modify from 'ol/interaction/Modify'
import Snap from 'ol/interaction/Snap'
import VectorLayer from 'ol/layer/Vector'
import { fromLonLat, toLonLat } from 'ol/proj'
import VectorSource from 'ol/source/Vector'
import CircleStyle from 'ol/style/Circle'
import Fill from 'ol/style/Fill'
import Stroke from 'ol/style/Stroke'
import Style from 'ol/style/Style'
import Text from 'ol/style/Text'
import { allFine, isClosed, type Corner, type Rings } from './draft'

const SNAP_PX = 12
const INK = '#0b2f6b'
const corner = new CircleStyle({ radius: 6, fill: new Fill({ color: '#ffffff' }), stroke: new Stroke({ color: INK, width: 2 }) })
const line = new Style({ stroke: new Stroke({ color: INK, width: 3 }), fill: new Fill({ color: 'rgba(11, 47, 107, 0.18)' }), image: corner })
/** Every corner is something to take hold of. */
const handles = new Style({
  image: corner,
  geometry: (feature) => {
    const geometry = feature.getGeometry()
    if (geometry instanceof Polygon) return new MultiPoint(geometry.getCoordinates().flat())
    if (geometry instanceof MultiPolygon) return new MultiPoint(geometry.getCoordinates().flat(2))
    return geometry instanceof LineString ? new MultiPoint(geometry.getCoordinates()) : undefined
  },
})
const own = [line, handles]
const marked = new Style({ stroke: new Stroke({ color: '#ffffff', width: 6 }) })
const over = new Style({ stroke: new Stroke({ color: INK, width: 3, lineDash: [8, 5] }) })

const projected = (rings: Rings): Corner[][][] => rings.map((polygon) => polygon.map((ring) => ring.map((one) => fromLonLat(one) as Corner)))
const degrees = (polygons: number[][][][]): Rings => allFine(polygons.map((polygon) => polygon.map((ring) => ring.map((one) => toLonLat(one) as Corner))))

export class Sketch {
  private readonly drawn = new VectorSource()
  private readonly around = new VectorSource()
  private readonly beside = new VectorSource()
  private readonly layers: VectorLayer[]
  private readonly modify: Modify
  private readonly snap: Snap
  private draw: Draw | null = null

  constructor(
    private readonly map: OlMap,
    private readonly changed: (rings: Rings) => void,
  ) {
    this.layers = [
      new VectorLayer({ source: this.beside, style: (feature) => [marked, over, new Style({ text: new Text({ text: String(feature.get('label') ?? ''), font: 'bold 16px Arial', fill: new Fill({ color: INK }), stroke: new Stroke({ color: '#ffffff', width: 4 }), overflow: true }) })] }),
      new VectorLayer({ source: this.drawn, style: own }),
    ]
    this.modify = new Modify({ source: this.drawn, style: line, pixelTolerance: SNAP_PX })
    this.modify.on('modifyend', () => this.tell())
    this.snap = new Snap({ source: this.around, pixelTolerance: SNAP_PX })
    for (const layer of this.layers) map.addLayer(layer)
    map.addInteraction(this.modify)
    map.addInteraction(this.snap)
  }

  /** What one snaps to. */
  setAround(outlines: readonly Rings[]): void {
    this.around.clear()
    this.around.addFeatures(outlines.map((rings) => new Feature(new MultiPolygon(projected(rings)))))
  }

  /** Outlines that are pointed out, each with a label. */
  pointOut(outlines: readonly { rings: Rings; label: string }[]): void {
    this.beside.clear()
    this.beside.addFeatures(outlines.map(({ rings, label }) => new Feature({ geometry: new MultiPolygon(projected(rings)), label })))
  }

  /** Shows what is drawn so far; nothing clears it. */
  show(rings: Rings): void {
    this.drawn.clear()
    const line = rings[0]?.[0]
    if (!line) return
    const all = projected(rings)
    this.drawn.addFeature(new Feature(isClosed(line) ? (all.length === 1 ? new Polygon(all[0] ?? []) : new MultiPolygon(all)) : new LineString(all[0]?.[0] ?? [])))
  }

  /** The next clicks draw: a surface or a line; a double click ends it. */
  begin(what: 'Polygon' | 'LineString'): void {
    this.stop()
    this.draw = new Draw({ source: this.drawn, type: what, style: line, snapTolerance: SNAP_PX })
    this.draw.on('drawstart', () => this.drawn.clear())
    this.draw.on('drawend', () => {
      // The feature comes into the source after this.
      setTimeout(() => {
        this.stop()
        this.tell()
      })
    })
    this.map.addInteraction(this.draw)
    // Whoever snaps hears of the pointer before whoever draws: the one that was added last.
    this.map.removeInteraction(this.snap)
    this.map.addInteraction(this.snap)
  }

  /** Drawing ends; what there is can be moved. */
  stop(): void {
    if (this.draw) this.map.removeInteraction(this.draw)
    this.draw = null
  }

  get isDrawing(): boolean {
    return this.draw !== null
  }

  private tell(): void {
    const geometry = this.drawn.getFeatures()[0]?.getGeometry()
    if (geometry instanceof Polygon) this.changed(degrees([geometry.getCoordinates()]))
    else if (geometry instanceof MultiPolygon) this.changed(degrees(geometry.getCoordinates()))
    else if (geometry instanceof LineString) this.changed(degrees([[geometry.getCoordinates()]]))
  }

  dispose(): void {
    this.stop()
    this.map.removeInteraction(this.modify)
    this.map.removeInteraction(this.snap)
    for (const layer of this.layers) this.map.removeLayer(layer)
  }
}
