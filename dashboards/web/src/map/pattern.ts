// Canvas patterns of the map: hatch = no data, cross-hatch = hidden, dots = incomplete.
// Drawn at the canvas's own pixel ratio, so that they look alike on every screen.

export type Pattern = 'hatch' | 'cross' | 'dots'

const STEP = 7
const kept = new Map<string, CanvasPattern>()

/** The pattern, ready as a fill style; white under the hatches, nothing under the dots. */
export function pattern(kind: Pattern, ratio: number, ink = '#17212b'): CanvasPattern | string {
  const key = `${kind}:${ratio}:${ink}`
  const known = kept.get(key)
  if (known) return known
  const side = Math.round(STEP * ratio)
  const tile = document.createElement('canvas')
  tile.width = tile.height = side
  const pen = tile.getContext('2d')
  if (!pen) return '#ffffff'
  if (kind === 'dots') drawDot(pen, side, ratio, ink)
  else drawHatch(pen, side, ratio, kind === 'cross')
  const made = pen.createPattern(tile, 'repeat')
  if (!made) return '#ffffff'
  kept.set(key, made)
  return made
}

function drawDot(pen: CanvasRenderingContext2D, side: number, ratio: number, ink: string): void {
  pen.fillStyle = ink
  pen.beginPath()
  pen.arc(side / 2, side / 2, 0.9 * ratio, 0, 2 * Math.PI)
  pen.fill()
}

function drawHatch(pen: CanvasRenderingContext2D, side: number, ratio: number, crossed: boolean): void {
  pen.fillStyle = '#ffffff'
  pen.fillRect(0, 0, side, side)
  pen.strokeStyle = '#5f6b77'
  pen.lineWidth = ratio
  pen.beginPath()
  for (const shift of [-side, 0, side]) {
    pen.moveTo(shift, side)
    pen.lineTo(shift + side, 0)
    if (crossed) {
      pen.moveTo(shift, 0)
      pen.lineTo(shift + side, side)
    }
  }
  pen.stroke()
}
