// How faithful and how various generated images are, by nearest neighbours among features.
// Sources: precision and recall, Kynkäänniemi et al. 2019, arXiv:1904.06991; density and coverage, Naeem et al. 2020,
// arXiv:2002.09797. A ball is around an image, as far as its k-th nearest other image of its own set.
import { complete, count, type Given, option } from '../options.ts'
import { type Features, rowsOfBoth } from './features.ts'

const OPTIONS = {
  /** Neighbours that make a ball. Default 5; the papers take 3 for precision and recall, 5 for density and coverage. */
  neighbours: option(count, 5),
}
export type NeighbourOptions = Given<typeof OPTIONS>

export interface Neighbourhood {
  /** The fraction of generated images that are within a real image's ball: how faithful. */
  readonly precision: number
  /** The fraction of real images that are within a generated image's ball: how various. */
  readonly recall: number
  /** The mean over generated images of the real balls that one is within, over k: 1 where both sets are of one distribution. */
  readonly density: number
  /** The fraction of real images whose ball has a generated image. */
  readonly coverage: number
}

/**
 * All four. Squared Euclidean distances are sums over features in their order; a distance equal to a ball's radius is within.
 * @throws RangeError where either set has no more images than `neighbours`, the widths differ, or features are not finite
 * @example
 * const { precision, recall } = neighbourhood(await extractor.of(real), await extractor.of(model.sample(1000)))
 */
export function neighbourhood(real: Features, generated: Features, options: NeighbourOptions = {}): Neighbourhood {
  const { neighbours } = complete('neighbourhood', options, OPTIONS)
  const [m, n] = rowsOfBoth('neighbourhood', real, generated, neighbours + 1)
  const { width } = real
  const [ofReal, ofGenerated] = [radii(real, m, neighbours), radii(generated, n, neighbours)]
  const [isPrecise, isRecalled, isCovered] = [new Uint8Array(n), new Uint8Array(m), new Uint8Array(m)]
  let within = 0
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const distance = squaredDistance(real.values, i, generated.values, j, width)
      if (distance <= ofReal[i]!) {
        within++
        isPrecise[j] = isCovered[i] = 1
      }
      if (distance <= ofGenerated[j]!) isRecalled[i] = 1
    }
  }
  const fraction = (flags: Uint8Array): number => flags.reduce((sum, flag) => sum + flag, 0) / flags.length
  return {
    precision: fraction(isPrecise), recall: fraction(isRecalled), density: within / (neighbours * n),
    coverage: fraction(isCovered),
  }
}

function squaredDistance(a: Features['values'], i: number, b: Features['values'], j: number, width: number): number {
  let sum = 0
  for (let k = 0, x = i * width, y = j * width; k < width; k++) {
    const d = a[x++]! - b[y++]!
    sum += d * d
  }
  return sum
}

/** Of each image, the squared distance to its k-th nearest other. */
function radii({ values, width }: Features, n: number, k: number): Float64Array {
  // Of each image the k least distances so far, in order.
  const nearest = new Float64Array(n * k).fill(Infinity)
  const add = (row: number, distance: number): void => {
    let at = row * k + k - 1
    if (distance >= nearest[at]!) return
    for (; at > row * k && nearest[at - 1]! > distance; at--) nearest[at] = nearest[at - 1]!
    nearest[at] = distance
  }
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const distance = squaredDistance(values, i, values, j, width)
      add(i, distance)
      add(j, distance)
    }
  }
  return Float64Array.from({ length: n }, (_, row) => nearest[row * k + k - 1]!)
}
