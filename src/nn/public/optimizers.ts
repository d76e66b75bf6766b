// What users see as `optimizers`: the optimizers, and what changes gradients before them.
export { clipByGlobalNorm, clipByNorm, clipByValue, globalNorm } from '../clip.ts'
export { adam, adamW, rmsprop, sgd } from '../optimizers.ts'
export type {
  AdamOptions, AdamWOptions, Optimizer, OptimizerOptions, RmspropOptions, SgdOptions,
} from '../optimizers.ts'
export { addDecayedWeights, centralize, chain, type GradientTransform } from '../transforms.ts'
