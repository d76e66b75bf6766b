// What users see as `optimizers`: the optimizers, and the clipping of gradients before them.
export { clipByGlobalNorm, clipByNorm, clipByValue, globalNorm } from '../clip.ts'
export { adam, adamW, rmsprop, sgd } from '../optimizers.ts'
export type {
  AdamOptions, AdamWOptions, GradientPair, Optimizer, OptimizerOptions, RmspropOptions, SgdOptions,
} from '../optimizers.ts'
