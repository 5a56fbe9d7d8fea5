// The customer's base map as a layer of OpenLayers: tiles or one picture, in web Mercator or in GCJ-02.
// Fetched when somebody switches it on; until then nothing is asked for outside. What is ours stays in
// WGS 84: a shifted map is put right at the edge where its tiles come in.
import ImageLayer from 'ol/layer/Image'
import TileLayer from 'ol/layer/Tile'
import type BaseLayer from 'ol/layer/Base'
import { addCoordinateTransforms, addProjection, fromLonLat, get, toLonLat } from 'ol/proj'
import Projection from 'ol/proj/Projection'
import ImageStatic from 'ol/source/ImageStatic'
import XYZ from 'ol/source/XYZ'
import type { Base } from '../api/wire'
import { fromGcj02, toGcj02 } from './gcj02'

const OWN = 'EPSG:3857'
const SHIFTED = 'GCJ-02'

/** How many of its pieces came, and how many did not. */
export interface Arrived {
  came: number
  missing: number
}

/** Mercator metres whose degrees are those of GCJ-02. */
function knowShifted(): void {
  if (get(SHIFTED)) return
  addProjection(new Projection({ code: SHIFTED, units: 'm', global: true, extent: get(OWN)?.getExtent() }))
  const through = (shift: (place: [number, number]) => [number, number]) => (at: number[]) => {
    const [longitude = 0, latitude = 0] = toLonLat(at)
    return fromLonLat(shift([longitude, latitude]))
  }
  addCoordinateTransforms(OWN, SHIFTED, through(toGcj02), through(fromGcj02))
}

/** The layer; tells `tell` of each piece that came or did not. */
export function baseLayer(base: Base, tell: (arrived: Arrived) => void): BaseLayer {
  if (base.system === SHIFTED) knowShifted()
  const arrived: Arrived = { came: 0, missing: 0 }
  const heard = (what: keyof Arrived) => () => {
    arrived[what] += 1
    tell({ ...arrived })
  }
  if (base.kind === 'image') {
    const [west, south, east, north] = base.corners ?? [0, 0, 0, 0]
    const [low, high] = [fromLonLat([west, south]), fromLonLat([east, north])]
    const source = new ImageStatic({ url: base.url, projection: base.system, imageExtent: [...low, ...high] })
    source.on('imageloadend', heard('came'))
    source.on('imageloaderror', heard('missing'))
    return new ImageLayer({ source, zIndex: -1 })
  }
  const source = new XYZ({ url: base.url, projection: base.system, minZoom: base.zoom_min, maxZoom: base.zoom_max, transition: 0 })
  source.on('tileloadend', heard('came'))
  source.on('tileloaderror', heard('missing'))
  // Farther out than it has tiles, one would ask for thousands of the first zoom.
  return new TileLayer({ source, zIndex: -1, minZoom: base.zoom_min - 1 })
}

