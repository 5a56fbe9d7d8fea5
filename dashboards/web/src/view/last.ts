// The end of a list. `at(-1)` is too new for the oldest browser that is supported (Chrome 87).

/** The element `back` before the last; the last itself without it. */
export const lastOf = <T>(list: readonly T[], back = 0): T | undefined => list[list.length - 1 - back]
