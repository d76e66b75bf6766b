// Normalization layers: batch statistics in training, running statistics kept with the weights for inference.
import { movingAverage } from '../ops/assign.ts'
import { groupNormalization as groupOp } from '../ops/group_normalization.ts'
import * as ops from '../ops/normalization.ts'
import { shapeError, show, sizeOf, type Tensor } from '../graph/tensor.ts'
import { ones, zeros } from './initializers.ts'
import { type Layer, LAYER, layer, type LayerOptions, type Pass } from './layer.ts'
import { complete, count, fraction, type Given, notNegative, option } from '../options.ts'

const NORMALIZATION = {
  /** Added to the variance. Default 1e-3. */
  epsilon: option(notNegative, 1e-3),
}
export type LayerNormalizationOptions = Given<typeof NORMALIZATION> & LayerOptions

const BATCH_NORMALIZATION = {
  /** The fraction of the old value that the running statistics keep at each step. Default 0.99. */
  momentum: option(fraction, 0.99),
}
export type BatchNormalizationOptions = Given<typeof BATCH_NORMALIZATION> & LayerNormalizationOptions

/**
 * γ·(x − mean) / √(variance + ε) + β over all axes but the last. Training uses the batch's statistics and moves the
 * running ones: running = momentum·running + (1 − momentum)·batch; otherwise, and when it is frozen, the running ones are used.
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type
 * @example
 * layers.batchNormalization({ momentum: 0.9 })
 */
export function batchNormalization(options: BatchNormalizationOptions = {}): Layer {
  const { momentum, epsilon, ...all } = complete('batchNormalization', options, BATCH_NORMALIZATION, NORMALIZATION, LAYER)
  return layer('batchNormalization', all, (shape, variable) => {
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

/** Refuses to train where each mean is of one value: β is all that is left of it, and nothing reaches x's gradient. */
function checkTrained(op: string, x: Tensor, { training }: Pass, values: number, of: string): void {
  if (!training || values !== 1) return
  throw shapeError(op, `x ${show(x.shape)} has one value ${of}, which has no variance to learn from; ` +
    'use more, or leave the layer out')
}

/**
 * γ·(x − mean) / √(variance + ε) + β over the last axis of each sample.
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type; RangeError, in training,
 *   when the last axis has one value
 * @example
 * layers.layerNormalization()
 */
export function layerNormalization(options: LayerNormalizationOptions = {}): Layer {
  const { epsilon, ...all } = complete('layerNormalization', options, NORMALIZATION, LAYER)
  return layer('layerNormalization', all, (shape, variable) => {
    const gamma = variable('gamma', [shape.at(-1)!], ones())
    const beta = variable('beta', [shape.at(-1)!], zeros())
    return (x, pass) => {
      checkTrained('layerNormalization', x, pass, shape.at(-1)!, 'on its last axis')
      return ops.layerNormalization(x, gamma, beta, epsilon)
    }
  })
}

const GROUP_NORMALIZATION = {
  /** How many groups of channels; a divisor of theirs. Default 32. */
  groups: option(count, 32),
}
export type GroupNormalizationOptions = Given<typeof GROUP_NORMALIZATION> & LayerNormalizationOptions

/**
 * γ·(x − mean) / √(variance + ε) + β over each sample's groups of channels and all axes between; nothing depends on the batch.
 * @throws RangeError when an option is unknown or out of its range, TypeError when it has a wrong type; RangeError, at its first
 *   use, when the groups do not divide the channels, and in training when a group has one value
 * @example
 * layers.groupNormalization({ groups: 4 })
 */
export function groupNormalization(options: GroupNormalizationOptions = {}): Layer {
  const { groups, epsilon, ...all } = complete('groupNormalization', options, GROUP_NORMALIZATION, NORMALIZATION, LAYER)
  return layer('groupNormalization', all, (shape, variable) => {
    const gamma = variable('gamma', [shape.at(-1)!], ones())
    const beta = variable('beta', [shape.at(-1)!], zeros())
    return (x, pass) => {
      checkTrained('groupNormalization', x, pass, sizeOf(x.shape.slice(1)) / groups, 'a group')
      return groupOp(x, gamma, beta, groups, epsilon)
    }
  })
}
