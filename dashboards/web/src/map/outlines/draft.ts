// An outline or a line while it is drawn: corners that are moved, added and taken away, each step
// undone and done again. Degrees; knows no map and no page.
export type Corner = [number, number]
/** Polygons, their rings, corners; the last corner of a ring is its first. A line is one ring left open. */
export type Rings = Corner[][][]

/** As fine as outlines are kept: 0.1 mm. */
const rounded = (degrees: number): number => Math.round(degrees * 1e9) / 1e9
const fine = ([x, y]: Corner): Corner => [rounded(x), rounded(y)]

export const isClosed = (ring: readonly Corner[]): boolean => ring.length > 3 && String(ring[0]) === String(ring[ring.length - 1])

/** The corners that a hand can take: without the one that closes the ring. */
export const corners = (ring: readonly Corner[]): Corner[] => (isClosed(ring) ? ring.slice(0, -1) : [...ring])

function edited(rings: Rings, part: number, place: number, edit: (open: Corner[]) => Corner[]): Rings {
  return rings.map((polygon, at) =>
    polygon.map((ring, which) => {
      if (at !== part || which !== place) return ring
      const open = edit(corners(ring))
      return isClosed(ring) && open[0] ? [...open, open[0]] : open
    }),
  )
}

export const moved = (rings: Rings, part: number, ring: number, index: number, to: Corner): Rings => edited(rings, part, ring, (open) => open.map((one, at) => (at === index ? fine(to) : one)))

/** A corner in the middle between this one and the next; after the last one of a line, a step on. */
export const inserted = (rings: Rings, part: number, ring: number, index: number): Rings =>
  edited(rings, part, ring, (open) => {
    const here = open[index] ?? [0, 0]
    const next = open[(index + 1) % open.length] ?? here
    return [...open.slice(0, index + 1), fine([(here[0] + next[0]) / 2, (here[1] + next[1]) / 2]), ...open.slice(index + 1)]
  })

/** A ring keeps three corners, a line two. */
export const removed = (rings: Rings, part: number, ring: number, index: number): Rings =>
  edited(rings, part, ring, (open) => (open.length <= (isClosed(rings[part]?.[ring] ?? []) ? 3 : 2) ? open : open.filter((_, at) => at !== index)))

export const allFine = (rings: Rings): Rings => rings.map((polygon) => polygon.map((ring) => ring.map(fine)))

/** What was drawn, with the steps that led there. */
export class Steps {
  private past: Rings[] = []
  private coming: Rings[] = []
  now: Rings = []

  /** Begins with something that is not undone. */
  begin(rings: Rings): void {
    ;[this.past, this.coming, this.now] = [[], [], rings]
  }

  /** Another step; none where nothing changed. */
  take(rings: Rings): void {
    if (JSON.stringify(rings) === JSON.stringify(this.now)) return
    this.past = [...this.past.slice(-199), this.now]
    ;[this.coming, this.now] = [[], rings]
  }

  undo(): void {
    const before = this.past[this.past.length - 1]
    if (!before) return
    this.coming = [this.now, ...this.coming]
    ;[this.past, this.now] = [this.past.slice(0, -1), before]
  }

  redo(): void {
    const [next, ...rest] = this.coming
    if (!next) return
    this.past = [...this.past, this.now]
    ;[this.coming, this.now] = [rest, next]
  }

  get canUndo(): boolean {
    return this.past.length > 0
  }
  get canRedo(): boolean {
    return this.coming.length > 0
  }
}
