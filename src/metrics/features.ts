// What images are compared by: a row of features each. All figures of this folder are computed from them in doubles, in one
// order, so that they are the same everywhere.
import { check, count, isObject, rule, shown } from '../options.ts'
import { tagOf } from '../tag.ts'

/** Features of n images: [n × width], row by row. */
export interface Features {
  readonly values: Float32Array | Float64Array
  /** Features of one image. */
  readonly width: number
}

const FEATURES = rule('features: { values, width }, values a Float32Array or a Float64Array',
  (x): x is Features => isObject(x) && 'values' in x && /^Float(32|64)A/.test(tagOf(x.values)) && 'width' in x)

/**
 * How many images the features are of.
 * @throws TypeError, RangeError where they are no features, of less than `least` images, or not finite
 */
export function rowsOf(owner: string, key: string, features: Features, least = 1): number {
  check(owner, key, features, FEATURES)
  const { values, width } = features
  check(owner, `${key}.width`, width, count)
  const n = values.length / width
  if (!Number.isInteger(n) || n < least) {
    throw new RangeError(`${owner}: ${key} has ${values.length} values, expected n × ${width} of at least ${least} images`)
  }
  const bad = values.findIndex((v) => !Number.isFinite(v))
  if (bad < 0) return n
  throw new RangeError(`${owner}: ${key} has ${shown(values[bad])} in image ${Math.floor(bad / width)}, expected finite numbers`)
}

/** The rows of two sets. @throws RangeError where they are not equally wide, or as `rowsOf` */
export function rowsOfBoth(owner: string, real: Features, generated: Features, least = 1): [real: number, generated: number] {
  const rows = [rowsOf(owner, 'real', real, least), rowsOf(owner, 'generated', generated, least)] as [number, number]
  if (real.width === generated.width) return rows
  throw new RangeError(`${owner}: real has ${real.width} features an image and generated ${generated.width}, expected the same`)
}
