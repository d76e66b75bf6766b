// The entry `ganglion/metrics`: figures of generated images, by features that have a name and a digest; mixtures of codes.
export { compareFeatures, type CompareOptions, type Comparison } from './compare.ts'
export { classifierFeatures, FeatureExtractor, randomFeatures } from './extractors.ts'
export type { Features } from './features.ts'
export { frechetDistance, gaussian, type Gaussian } from './frechet.ts'
export { kernelDistance } from './kernel_distance.ts'
export { negativeLogLikelihood, type LikelihoodOptions } from './likelihood.ts'
export {
  drawMixture, type DrawOptions, gaussianMixture, type GaussianMixture, type MixtureOptions,
} from './mixture.ts'
export { neighbourhood, type NeighbourOptions, type Neighbourhood } from './neighbours.ts'
