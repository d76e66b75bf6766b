// Codes of images as places of a plane, for the latent map.
import { meanOf, type Plane, placesOf, planeOf } from './plane.ts'

export interface Codes {
  readonly codes: Float32Array
  /** Of each; none where the data have no classes. */
  readonly labels: ArrayLike<number> | undefined
  readonly classNames: readonly string[]
}

export interface Encoded extends Codes {
  readonly plane: Plane
  /** x, y of each in the plane. */
  readonly places: Float32Array
}

/** @param before what was drawn before: what is drawn anew moves from there */
export function mapped(codes: Codes, size: number, before: Encoded | null): Encoded {
  const plane = planeOf(codes.codes, size, before?.plane)
  return { ...codes, plane, places: placesOf(codes.codes, plane) }
}

/** The middle of a class's codes. */
export const middleOf = ({ codes, labels, plane }: Encoded, label: number): Float32Array => (
  meanOf(codes, plane.size, (row) => labels![row] === label))
