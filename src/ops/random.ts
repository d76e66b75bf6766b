// Random tensors: counter-based (Philox 4x32-10), so a value depends on the seed, its stream, the step and its index.
import { topological } from '../graph/walk.ts'
import { encodeUtf8 } from '../formats/utf8.ts'
import {
  bernoulli_f32, type Draw, random_normal_f32, random_uniform_f32, truncated_normal_f32,
} from '../graph/contract.generated.ts'
import { call, type Kernel } from '../graph/kernel_call.ts'
import { apply, checkShape, type Op, type Shape, sizeOf, type Tensor, tensor } from '../graph/tensor.ts'
import {
  checked, complete, count, finite, fraction, fractionBelowOne, type Given, isRecord, name as nameRule, notNegative, option,
  required, rule, shape as shapeRule, whole,
} from '../options.ts'
import { mul } from './arithmetic.ts'

/** A stream's number: FNV-1a of its name. */
export function streamId(name: string): number {
  let hash = 0x811c9dc5
  for (const byte of encodeUtf8(name)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash | 0
}

/**
 * Names the numbers of a random tensor. An object names those of `rows` rows of a larger batch, from row `first` on: a tensor
 * for these rows holds what it would hold there if it were made for the whole batch.
 */
export type Stream = string | StreamRows
export interface StreamRows {
  readonly name: string
  readonly first: number
  readonly rows: number
}

/** Refuses two random tensors of one function that draw the same numbers: one stream, and elements that overlap. */
export function checkStreams(roots: readonly Tensor[]): void {
  const drawn = new Map<number, Tensor<RandomAttrs>[]>()
  for (const t of topological(roots)) {
    if (!isRandom(t)) continue
    const { stream, first } = t.attrs
    const others = drawn.get(streamId(stream)) ?? []
    const other = others.find((o) => first < o.attrs.first + o.size && o.attrs.first < first + t.size)
    if (other) {
      // Of two names the hashes are equal.
      const both = `'${other.attrs.stream}' and '${stream}'`
      throw new RangeError(`random: two tensors draw from the streams ${both}, which are one; give each its own`)
    }
    drawn.set(streamId(stream), [...others, t])
  }
}

interface RandomAttrs extends Record<string, unknown> {
  readonly shape: Shape
  readonly stream: string
  /** The stream's element that is the tensor's first. */
  readonly first: number
  /** The kernel's two parameters. */
  readonly p: number
  readonly q: number
}

/* @__NO_SIDE_EFFECTS__ */
function randomOp(name: string, kernel: Kernel<Draw>): Op<RandomAttrs> {
  return {
    name,
    shape: (_, { shape }) => shape,
    gradient: () => [],
    calls({ size, attrs: { stream, first, p, q } }, at) {
      return [call(kernel, { y: at.output, n: size, seed: at.seed, counter: at.counter, stream: streamId(stream), first, p, q })]
    },
    flops: () => 0,
  }
}
export const uniformOp = randomOp('randomUniform', random_uniform_f32)
export const normalOp = randomOp('randomNormal', random_normal_f32)
export const truncatedOp = randomOp('truncatedNormal', truncated_normal_f32)
export const bernoulliOp = randomOp('bernoulli', bernoulli_f32)

const isRandom = (t: Tensor): t is Tensor<RandomAttrs> => t.attrs.stream !== undefined

const ROWS = { name: required(nameRule), first: required(whole), rows: required(count) }
/** Elements that a stream counts: block numbers and their elements fit into 32 bits. */
const ELEMENTS = 4294967296

/** A random tensor; where the stream is of some rows, as many elements before it as those before its rows. */
function draw(op: Op<RandomAttrs>, shape: Shape, stream: Stream, p: number, q: number): Tensor {
  if (typeof stream === 'string') return apply(op, [], { shape, stream, first: 0, p, q })
  complete(`${op.name}: the stream`, stream, ROWS)
  checkShape(op.name, shape)
  const first = Math.ceil((sizeOf(shape) / stream.rows) * stream.first)
  if (first + sizeOf(shape) > ELEMENTS) {
    const begins = `row ${stream.first} begins at element ${first}`
    throw new RangeError(`${op.name}: ${begins}, expected one below 2^32; use a smaller batch`)
  }
  return apply(op, [], { shape, stream: stream.name, first, p, q })
}

const isStream = (x: unknown): x is Stream => typeof x === 'string' || isRecord(x)
const STREAM = rule('a name of at least one character, or { name, first, rows }', isStream, (x) => x !== '')
const DRAW = { shape: shapeRule, 'the stream': STREAM }
const UNIFORM = {
  /** Default 0. */
  minval: option(finite, 0),
  /** Default 1. */
  maxval: option(finite, 1),
}
/** As an expression, so that bundlers can leave it out: `initial` is the standard deviation by default. */
/* @__NO_SIDE_EFFECTS__ */
export function normalOptions(initial: number) {
  return {
    /** Default 0. */
    mean: option(finite, 0),
    /** The standard deviation. */
    stddev: option(notNegative, initial),
  }
}
const NORMAL = normalOptions(1)
const BERNOULLI = {
  /** What is drawn with the probability. Default 1. */
  value: option(finite, 1),
}

/**
 * minval + (maxval − minval)·u, u uniform on the multiples of 2^-24 in [0, 1). The sum is rounded, so `maxval` itself can come up
 * where |minval| is larger than maxval − minval.
 * @param stream names the numbers: two random tensors of one function need two names
 * @throws RangeError unless minval ≤ maxval, both finite
 * @example
 * ops.randomUniform([64, 1], pass.stream('between'), { minval: -1, maxval: 1 })
 */
export const randomUniform = checked('randomUniform', DRAW, (
  shape: Shape, stream: Stream, options: Given<typeof UNIFORM> = {},
): Tensor => {
  const { minval, maxval } = complete('randomUniform', options, UNIFORM)
  if (minval > maxval) throw new RangeError(`randomUniform: minval ${minval} is above maxval ${maxval}`)
  return draw(uniformOp, shape, stream, minval, maxval - minval)
})

/**
 * mean + stddev·z, z standard normal (Box–Muller, |z| ≤ 6.66).
 * @param stream names the numbers: two random tensors of one function need two names
 * @throws RangeError unless mean is finite and stddev from 0 up
 * @example
 * ops.randomNormal([64, 20], pass.stream('noise'))
 */
export const randomNormal = normal(normalOp)

/**
 * mean + stddev·z, z standard normal given |z| ≤ 2, by the inverse of the distribution function: nothing is drawn again.
 * The standard deviation of the result is 0.8796·stddev.
 * @param stream names the numbers: two random tensors of one function need two names
 * @throws RangeError unless mean is finite and stddev from 0 up
 * @example
 * ops.truncatedNormal([64, 20], pass.stream('noise'), { stddev: 0.02 })
 */
export const truncatedNormal = normal(truncatedOp)

/* @__NO_SIDE_EFFECTS__ */
function normal(op: Op<RandomAttrs>): (shape: Shape, stream: Stream, options?: Given<typeof NORMAL>) => Tensor {
  return checked(op.name, DRAW, (shape: Shape, stream: Stream, options: Given<typeof NORMAL> = {}) => {
    const { mean, stddev } = complete(op.name, options, NORMAL)
    return draw(op, shape, stream, mean, stddev)
  })
}

/**
 * `value` with probability p (a multiple of 2^-24, rounded up), otherwise 0.
 * @throws RangeError unless 0 ≤ p ≤ 1
 * @example
 * ops.bernoulli([64, 10], pass.stream('mask'), 0.5)
 */
export const bernoulli = checked('bernoulli', { shape: shapeRule, 'the stream': STREAM, 'the probability': fraction }, (
  shape: Shape, stream: Stream, p: number, options: Given<typeof BERNOULLI> = {},
): Tensor => draw(bernoulliOp, shape, stream, p, complete('bernoulli', options, BERNOULLI).value))

/**
 * x with each element set to 0 with probability `rate`, the others divided by 1 − rate.
 * @throws RangeError unless 0 ≤ rate < 1
 * @example
 * ops.dropout(x, 0.2, pass.stream('dropout'))
 */
export const dropout = checked('dropout', { x: tensor, rate: fractionBelowOne, 'the stream': STREAM }, (
  x: Tensor, rate: number, stream: Stream,
): Tensor => (rate === 0 ? x : mul(x, bernoulli(x.shape, stream, 1 - rate, { value: 1 / (1 - rate) }))))
