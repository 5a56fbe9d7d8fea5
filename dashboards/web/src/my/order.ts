// The order that is on the screen: it holds while what is shown is patched (screens.md 1.4).

/** `all` in the order of the `shown` keys; those that are new come last, as they came. */
export function inOrderOf<T>(all: readonly T[], keyOf: (one: T) => string, shown: readonly string[]): T[] {
  const places = new Map(shown.map((key, index) => [key, index]))
  const place = (one: T) => places.get(keyOf(one)) ?? places.size
  return [...all].sort((a, b) => place(a) - place(b))
}
