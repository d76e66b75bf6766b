// Normalization layers: batch statistics in training, running statistics kept with the weights for inference.
import { movingAverage } from '../ops/assign.ts'
import { batchNormalization as normalizeBatch, batchNormalizationInference, layerNormalization as normalizeLayer } from '../ops/normalization.ts'
import { ones, zeros } from './initializers.ts'
import { type Layer, layer } from './layer.ts'

/**
 * γ·(x − mean) / √(variance + ε) + β over all axes but the last. Training uses the batch's statistics and moves the
 * running ones: running = momentum·running + (1 − momentum)·batch; otherwise the running ones are used.
 */
export function batchNormalization({ momentum = 0.99, epsilon = 1e-3, name }: { momentum?: number; epsilon?: number; name?: string } = {}): Layer {
  return layer('batchNormalization', name, (shape, variable) => {
    const c = [shape.at(-1)!]
    const gamma = variable('gamma', c, ones())
    const beta = variable('beta', c, zeros())
    const mean = variable('moving_mean', c, zeros(), 'statistic')
    const variance = variable('moving_variance', c, ones(), 'statistic')
    return (x, pass) => {
      if (!pass.training) return batchNormalizationInference(x, gamma, beta, mean, variance, epsilon)
      const batch = normalizeBatch(x, gamma, beta, epsilon)
      pass.addUpdate(movingAverage(mean, batch.mean, momentum))
      pass.addUpdate(movingAverage(variance, batch.variance, momentum))
      return batch.y
    }
  })
}

/** γ·(x − mean) / √(variance + ε) + β over the last axis of each sample. */
export function layerNormalization({ epsilon = 1e-3, name }: { epsilon?: number; name?: string } = {}): Layer {
  return layer('layerNormalization', name, (shape, variable) => {
    const gamma = variable('gamma', [shape.at(-1)!], ones())
    const beta = variable('beta', [shape.at(-1)!], zeros())
    return (x) => normalizeLayer(x, gamma, beta, epsilon)
  })
}
