// Random tensors: counter-based (Philox 4x32-10), so a value depends on the seed, its stream, the step and its index.
import { topological } from '../graph/walk.ts'
import { bits } from '../graph/kernel_call.ts'
import { apply, type Op, type Shape, type Tensor } from '../graph/tensor.ts'
import { check, checkOptions, finite, fraction, name as nameRule, notNegative, share } from '../options.ts'
import { mul } from './arithmetic.ts'

/** A stream's number: FNV-1a of its name. */
export function streamId(name: string): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash | 0
}

/** Refuses two random tensors of one function on one stream: they would hold the same numbers. */
export function checkStreams(roots: readonly Tensor[]): void {
  const seen = new Map<number, Tensor>()
  for (const t of topological(roots)) {
    const stream = t.attrs.stream as string | undefined
    if (stream === undefined) continue
    const other = seen.get(streamId(stream))
    if (other) {
      // Of two names the hashes are equal.
      const both = `'${other.attrs.stream as string}' and '${stream}'`
      throw new RangeError(`random: two tensors draw from the streams ${both}, which are one; give each its own`)
    }
    seen.set(streamId(stream), t)
  }
}

interface RandomAttrs extends Record<string, unknown> {
  readonly shape: Shape
  readonly stream: string
  /** The kernel's two parameters. */
  readonly p: number
  readonly q: number
}

/* @__NO_SIDE_EFFECTS__ */
function randomOp(name: string, kernel: string): Op<RandomAttrs> {
  return {
    name,
    shape(_, { shape, stream }) {
      check(name, 'the stream', stream, nameRule)
      return shape
    },
    gradient: () => [],
    calls({ size, attrs: { stream, p, q } }, at) {
      return [[kernel, at.output, size, at.seed, at.counter, streamId(stream), bits(p), bits(q)]]
    },
    flops: () => 0,
  }
}
export const uniformOp = randomOp('randomUniform', 'random_uniform_f32')
export const normalOp = randomOp('randomNormal', 'random_normal_f32')
export const truncatedOp = randomOp('truncatedNormal', 'truncated_normal_f32')
export const bernoulliOp = randomOp('bernoulli', 'bernoulli_f32')

const UNIFORM = { min: finite, max: finite }
export const NORMAL = { mean: finite, stddev: notNegative }

/**
 * min + (max − min)·u, u uniform on the multiples of 2^-24 in [0, 1). The sum is rounded, so `max` itself can come up
 * where |min| is larger than max − min.
 * @param stream names the numbers: two random tensors of one function need two names
 * @throws RangeError unless min ≤ max, both finite
 */
export function randomUniform(shape: Shape, stream: string, { min = 0, max = 1 } = {}): Tensor {
  checkOptions('randomUniform', { min, max }, UNIFORM)
  if (min > max) throw new RangeError(`randomUniform: min ${min} is above max ${max}`)
  return apply(uniformOp, [], { shape, stream, p: min, q: max - min })
}

/**
 * mean + stddev·z, z standard normal (Box–Muller, |z| ≤ 6.66).
 * @param stream names the numbers: two random tensors of one function need two names
 * @throws RangeError unless mean is finite and stddev from 0 up
 */
export function randomNormal(shape: Shape, stream: string, { mean = 0, stddev = 1 } = {}): Tensor {
  checkOptions('randomNormal', { mean, stddev }, NORMAL)
  return apply(normalOp, [], { shape, stream, p: mean, q: stddev })
}

/**
 * mean + stddev·z, z standard normal given |z| ≤ 2, by the inverse of the distribution function: nothing is drawn again.
 * The standard deviation of the result is 0.8796·stddev.
 * @param stream names the numbers: two random tensors of one function need two names
 * @throws RangeError unless mean is finite and stddev from 0 up
 */
export function truncatedNormal(shape: Shape, stream: string, { mean = 0, stddev = 1 } = {}): Tensor {
  checkOptions('truncatedNormal', { mean, stddev }, NORMAL)
  return apply(truncatedOp, [], { shape, stream, p: mean, q: stddev })
}

/**
 * `value` with probability p (a multiple of 2^-24, rounded up), otherwise 0.
 * @throws RangeError unless 0 ≤ p ≤ 1
 */
export function bernoulli(shape: Shape, stream: string, p: number, { value = 1 } = {}): Tensor {
  check('bernoulli', 'value', value, finite)
  check('bernoulli', 'the probability', p, share)
  return apply(bernoulliOp, [], { shape, stream, p, q: value })
}

/**
 * x with each element set to 0 with probability `rate`, the others divided by 1 − rate.
 * @throws RangeError unless 0 ≤ rate < 1
 */
export function dropout(x: Tensor, rate: number, stream: string): Tensor {
  check('dropout', 'rate', rate, fraction)
  return rate === 0 ? x : mul(x, bernoulli(x.shape, stream, 1 - rate, { value: 1 / (1 - rate) }))
}
