// Normalization layers: batch statistics in training, running statistics kept with the weights for inference.
import { movingAverage } from '../ops/assign.ts'
import * as ops from '../ops/normalization.ts'
import { ones, zeros } from './initializers.ts'
import { LAYER, type Layer, layer, type LayerOptions } from './layer.ts'
import { checkOptions, fraction, notNegative } from '../options.ts'

export interface LayerNormalizationOptions extends LayerOptions {
  /** Added to the variance. Default 1e-3. */
  epsilon?: number
}
export interface BatchNormalizationOptions extends LayerNormalizationOptions {
  /** The fraction of the old value that the running statistics keep at each step. Default 0.99. */
  momentum?: number
}

/**
 * γ·(x − mean) / √(variance + ε) + β over all axes but the last. Training uses the batch's statistics and moves the
 * running ones: running = momentum·running + (1 − momentum)·batch; otherwise, and when it is frozen, the running ones are used.
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 */
export function batchNormalization(options: BatchNormalizationOptions = {}): Layer {
  checkOptions('batchNormalization', options, { momentum: fraction, epsilon: notNegative, ...LAYER })
  const { momentum = 0.99, epsilon = 1e-3 } = options
  return layer('batchNormalization', options, (shape, variable) => {
    const c = [shape.at(-1)!]
    const gamma = variable('gamma', c, ones())
    const beta = variable('beta', c, zeros())
    const mean = variable('moving_mean', c, zeros(), 'statistic')
    const variance = variable('moving_variance', c, ones(), 'statistic')
    return (x, pass, trainable) => {
      if (!pass.training || !trainable) return ops.batchNormalizationInference(x, gamma, beta, mean, variance, epsilon)
      const batch = ops.batchNormalization(x, gamma, beta, epsilon)
      pass.addUpdate(movingAverage(mean, batch.mean, momentum))
      pass.addUpdate(movingAverage(variance, batch.variance, momentum))
      return batch.y
    }
  })
}

/**
 * γ·(x − mean) / √(variance + ε) + β over the last axis of each sample.
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 */
export function layerNormalization(options: LayerNormalizationOptions = {}): Layer {
  checkOptions('layerNormalization', options, { epsilon: notNegative, ...LAYER })
  const { epsilon = 1e-3 } = options
  return layer('layerNormalization', options, (shape, variable) => {
    const gamma = variable('gamma', [shape.at(-1)!], ones())
    const beta = variable('beta', [shape.at(-1)!], zeros())
    return (x) => ops.layerNormalization(x, gamma, beta, epsilon)
  })
}
