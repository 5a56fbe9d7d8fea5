// The map that is on the page, for those who want to bring a parcel into its middle.
import type { Picture } from './picture'

let picture: Picture | null = null

/** The page's map, while there is one. */
export function onPage(shownPicture: Picture | null): void {
  picture = shownPicture
}

/** That map, for whoever draws on it. */
export const pictureOnPage = (): Picture | null => picture

/** Brings `parcel` into the middle. */
export const approach = (parcel: string): void => picture?.approach(parcel)
