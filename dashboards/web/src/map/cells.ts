// The cells of the map by parcel. Ten thousand of them: none is wrapped, so who shows them hears
// only that there are new figures, or that a live value has touched some.
import { shallowRef, triggerRef } from 'vue'
import type { Cell } from '../api/wire'

export class Cells {
  private readonly known = new Map<string, Cell>()
  /** Told with every answer: other parcels, other figures. */
  private readonly figures = shallowRef(this.known)
  /** Told with every live value: when a parcel was heard of. */
  private readonly news = shallowRef(this.known)

  /** One cell as it is now. */
  get(parcel: string): Cell | undefined {
    void this.figures.value
    return this.news.value.get(parcel)
  }

  has(parcel: string): boolean {
    return this.figures.value.has(parcel)
  }

  get size(): number {
    return this.figures.value.size
  }

  /** All of them, in the server's order; live values touch nothing that is read here. */
  values(): IterableIterator<Cell> {
    return this.figures.value.values()
  }

  /** A new answer in place of the old one. */
  take(cells: readonly Cell[]): void {
    this.known.clear()
    for (const cell of cells) this.known.set(cell.parcel, cell)
    triggerRef(this.figures)
  }

  /** What live values changed. */
  patch(changed: readonly Cell[]): void {
    if (changed.length === 0) return
    for (const cell of changed) this.known.set(cell.parcel, cell)
    triggerRef(this.news)
  }
}
