// GCJ-02, the shifted degrees of public Chinese maps (domain.md 5.5): as the server's
// src/park/outline/gcj02.rs has it. Used where tiles are laid under the map, and nowhere else. Pure.

const SEMI_MAJOR_M = 6_378_245
const ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943
/** Steps of the inverse; each gains about four digits. */
const STEPS = 8

type Place = [longitude: number, latitude: number]

const sine = (along: number, times: number): number => Math.sin(along * times * Math.PI)
const ripple = (x: number): number => ((20 * sine(x, 6) + 20 * sine(x, 2)) * 2) / 3
const wave = (along: number, terms: readonly Place[]): number => (terms.reduce((sum, [height, times]) => sum + height * sine(along, times), 0) * 2) / 3

const eastM = (x: number, y: number): number =>
  300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + ripple(x) + wave(x, [[20, 1], [40, 1 / 3], [150, 1 / 12], [300, 1 / 30]])
const northM = (x: number, y: number): number =>
  -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + ripple(x) + wave(y, [[20, 1], [40, 1 / 3], [160, 1 / 12], [320, 1 / 30]])

const inChina = ([longitude, latitude]: Place): boolean => longitude >= 72.004 && longitude <= 137.8347 && latitude >= 0.8293 && latitude <= 55.8271

/** GCJ-02 degrees of a place in WGS 84; outside China the shift means nothing and is not made. */
export function toGcj02([longitude, latitude]: Place): Place {
  if (!inChina([longitude, latitude])) return [longitude, latitude]
  const [x, y] = [longitude - 105, latitude - 35]
  const angle = (latitude * Math.PI) / 180
  const squeeze = 1 - ECCENTRICITY_SQUARED * Math.sin(angle) ** 2
  const meridian = (SEMI_MAJOR_M * (1 - ECCENTRICITY_SQUARED)) / (squeeze * Math.sqrt(squeeze))
  const parallel = (SEMI_MAJOR_M / Math.sqrt(squeeze)) * Math.cos(angle)
  return [longitude + ((eastM(x, y) / parallel) * 180) / Math.PI, latitude + ((northM(x, y) / meridian) * 180) / Math.PI]
}

/** WGS 84 degrees of a place in GCJ-02, by iteration. */
export function fromGcj02(shifted: Place): Place {
  let place: Place = [...shifted]
  for (let step = 0; step < STEPS; step += 1) {
    const reached = toGcj02(place)
    place = [place[0] - (reached[0] - shifted[0]), place[1] - (reached[1] - shifted[1])]
  }
  return place
}
