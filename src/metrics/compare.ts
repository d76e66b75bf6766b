// All figures of two sets of images at once, by their features.
import { complete, count, type Given, option } from '../options.ts'
import { type Features, rowsOfBoth } from './features.ts'
import { frechetDistance, gaussian } from './frechet.ts'
import { kernelDistance } from './kernel_distance.ts'
import { neighbourhood, type Neighbourhood } from './neighbours.ts'

const OPTIONS = {
  /** Neighbours that make a ball: see `neighbourhood`. Default 5. */
  neighbours: option(count, 5),
  /** Images of each set, the first ones, that pairs are made of: their number grows with its square. Default 5000. */
  pairs: option(count, 5000),
}
export type CompareOptions = Given<typeof OPTIONS>

export interface Comparison extends Neighbourhood {
  readonly frechet: number
  readonly kernel: number
}

/**
 * The Fréchet distance of all images, and the kernel distance, precision, recall, density and coverage of the first `pairs`.
 * @throws as `gaussian`, `kernelDistance` and `neighbourhood` do
 * @example
 * const extractor = await randomFeatures(runtime, [64, 64, 3])
 * compareFeatures(extractor.of(real), extractor.of(model.sample(10000))).frechet
 */
export function compareFeatures(real: Features, generated: Features, options: CompareOptions = {}): Comparison {
  const { neighbours, pairs } = complete('compareFeatures', options, OPTIONS)
  rowsOfBoth('compareFeatures', real, generated, neighbours + 1)
  const first = ({ values, width }: Features): Features => ({ values: values.subarray(0, pairs * width), width })
  const [some, others] = [first(real), first(generated)]
  return {
    frechet: frechetDistance(gaussian(real), gaussian(generated)), kernel: kernelDistance(some, others),
    ...neighbourhood(some, others, { neighbours }),
  }
}
