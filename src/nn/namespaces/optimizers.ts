// The namespace `optimizers` of the package: optimizers and transforms of gradients, as far as users see them.
export { clipByGlobalNorm, clipByNorm, clipByValue, globalNorm } from '../clip.ts'
export { adam, adamW, rmsprop, sgd } from '../optimizers.ts'
export type {
  AdamOptions, AdamWOptions, Optimizer, OptimizerOptions, RmspropOptions, SgdOptions,
} from '../optimizers.ts'
export { addDecayedWeights, centralize, chain, type GradientTransform } from '../transforms.ts'
