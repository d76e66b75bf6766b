// Normalizing groups of a sample's channels.
import { shapeError, show, type Tensor, tensor } from '../graph/tensor.ts'
import { checked, count, notNegative, optional } from '../options.ts'
import { add, mul } from './arithmetic.ts'
import { standardize } from './normalization.ts'
import { reshape } from './reshape.ts'

const ARGUMENTS = { x: tensor, gamma: tensor, beta: tensor, groups: count, epsilon: optional(notNegative) }

/**
 * gamma · (x − mean) / √(variance + ε) + beta with the mean and (biased) variance of each sample's groups of channels, over all
 * axes but the batch (Wu & He 2018, arXiv:1803.08494). Of one group it is layer normalization over all axes, of as many as
 * channels instance normalization.
 * @param x [batch, …, channels]; gamma and beta are [channels]
 * @param groups a divisor of the channels
 * @throws RangeError where the shapes do not fit, or the groups do not divide the channels
 * @example
 * ops.groupNormalization(picture, gamma, beta, 3)
 */
export const groupNormalization = checked('groupNormalization', ARGUMENTS, (
  x: Tensor, gamma: Tensor, beta: Tensor, groups: number, epsilon: number = 1e-3,
): Tensor => {
  const { shape } = x
  const channels = shape.at(-1)!
  if (shape.length < 2) {
    throw shapeError('groupNormalization', `x has shape ${show(shape)}, expected [batch, …, channels]; reshape it`)
  }
  if (channels % groups) {
    throw shapeError('groupNormalization', `${groups} groups do not divide the ${channels} channels of ${show(shape)}; ` +
      'choose a divisor')
  }
  for (const [name, { shape: own }] of [['gamma', gamma], ['beta', beta]] as const) {
    if (own.length === 1 && own[0] === channels) continue
    throw shapeError('groupNormalization', `${name} has shape ${show(own)}, x ${show(shape)}; ` +
      `${name} must be [${channels}], one for each channel`)
  }
  const grouped = reshape(x, [shape[0]!, -1, groups, channels / groups])
  return add(mul(reshape(standardize(grouped, [1, 3], epsilon).y, shape), gamma), beta)
})
