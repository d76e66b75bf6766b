// The graph: symbolic tensors, each the result of an op on other tensors. Shapes are static and checked here, once.
// Nothing is computed in this file. Invariant: a tensor's inputs exist before it, so the graph has no cycle.

import { callable, check, isCount, isNumber, isNumbers, isRecord, listOf, name as nameRule, rule, shown } from '../options.ts'
import type { KernelCall } from './kernel_call.ts'

export type Shape = readonly number[]
export type Attrs = Readonly<Record<string, unknown>>

/** Where an op's data lies in linear memory when its tape is written: byte addresses. */
export interface Places {
  readonly inputs: readonly number[]
  readonly output: number
  readonly scratch: number
  readonly threads: number
  /** Philox key (2 words) and the step counter (2 words: low, high) of the function being compiled. */
  readonly seed: number
  readonly counter: number
}

// Method types, so that an op with narrower attributes is still an Op.
export type GradientRule<A extends Attrs> = { rule(y: Tensor<A>, dy: Tensor): readonly (Tensor | null)[] }['rule']
export type CallsRule<A extends Attrs> = { rule(node: Tensor<A>, at: Places): readonly KernelCall[] }['rule']

/** All that Ganglion knows of one kind of op. `no gradient` is written down as `null`, never left out. */
export interface Op<A extends Attrs = Attrs> {
  readonly name: string
  /** The output's shape; throws where the inputs do not fit. */
  shape(inputs: readonly Shape[], attrs: A): Shape
  /** The gradients with respect to each input, in ops, given the gradient of the output. */
  readonly gradient: GradientRule<A> | null
  /** The kernels that compute it; `'alias'`: no work, the output is the first input's memory under another shape. */
  readonly calls: CallsRule<A> | 'alias' | 'leaf'
  /** Floats of scratch memory that the kernels want from `threads` threads, free again after the op. */
  scratch?(node: Tensor<A>, threads: number): number
  /** Floating point operations (a multiply and an add are two). */
  flops(node: Tensor<A>): number
  /** Inputs whose memory the output may take over, when they are not needed afterwards. */
  readonly inPlace?: readonly number[]
  /** The op can end in a bias and an activation (compiler/fuse.ts): its attributes carry an `epilogue`. */
  readonly fusable?: boolean
  /**
   * The op changes a variable (its first input) in place and has no output; it runs after the reads of its stage. Its
   * last input is the value; those between are variables too, which it may change.
   */
  readonly effect?: boolean
  /** The effect is that the variable holds the value. */
  readonly assigns?: boolean
  /** Effects of this op on different first inputs may come in any order: what they share, they only read. */
  readonly unordered?: boolean
}

let created = 0

export class Tensor<A extends Attrs = Attrs> {
  readonly op: Op<A>
  readonly inputs: readonly Tensor[]
  readonly attrs: A
  readonly shape: Shape
  /** The layer or scope that made it, for messages and profiles. */
  readonly scope: string
  /** Creation order; only for deterministic ordering and messages. */
  readonly id: number
  constructor(op: Op<A>, inputs: readonly Tensor[], attrs: A, shape: Shape, scope: string) {
    this.op = op
    this.inputs = inputs
    this.attrs = attrs
    this.shape = shape
    this.scope = scope
    this.id = created++
  }
  /** Number of elements. */
  get size(): number {
    return product(this.shape)
  }
}

const product = (shape: Shape): number => shape.reduce((n, d) => n * d, 1)

/**
 * The number of elements of `shape`. @throws TypeError, RangeError where it is no list of positive integers
 * @example
 * sizeOf([28, 28, 1]) // 784
 */
export function sizeOf(shape: Shape): number {
  check('sizeOf', 'shape', shape, lengths)
  return product(shape)
}
/** A scalar has no dimensions, and what `splice` leaves of a shape may have none. */
const lengths = rule('a list of numbers', isNumbers)

/** Rules of arguments. */
const isTensor = (x: unknown): x is Tensor => x instanceof Tensor
export const tensor = rule('a tensor', isTensor)
export const tensors = listOf('tensors', isTensor)
export const namedTensors = rule('tensors by name',
  (x): x is Readonly<Record<string, Tensor>> => isRecord(x) && Object.values(x).every(isTensor))
/** A tensor, or a number to be taken as one. */
export type Value = Tensor | number
export const value = rule('a tensor or a number', (x): x is Value => isNumber(x) || isTensor(x))

const scopes: string[] = []

/**
 * Runs `build` with every tensor it makes labelled `name` (nested scopes join with `/`).
 * @example
 * scoped('attention', () => ops.matmul(x, w)) // an error in it names 'attention'
 */
export function scoped<T>(name: string, build: () => T): T {
  check('scoped', 'name', name, nameRule)
  check('scoped', 'build', build, callable)
  scopes.push(name)
  try {
    return build()
  } finally {
    scopes.pop()
  }
}

/** The current scope path, '' at top level. */
export const currentScope = (): string => scopes.join('/')

/** A shape error: which op, in which layer, what was wrong and what to do. */
export function shapeError(op: string, problem: string): RangeError {
  const scope = currentScope()
  const layer = scope.split('/').at(-1)!.replace(/_\d+$/, '')
  const named = layer.toLowerCase() === op.toLowerCase() ? scope : [scope, op].filter(Boolean).join(': ')
  return new RangeError(`${named}: ${problem}`)
}

/** The most elements of a tensor whose values the host makes: 4 GB, all that a core's memory holds. */
export const MOST_VALUES = 1073741824

/** @throws RangeError where no tensor has that shape, or one of more than `most` elements */
export function checkShape(op: string, shape: Shape, most = Number.MAX_SAFE_INTEGER): void {
  if (isNumbers(shape) && shape.every(isCount) && product(shape) <= most) return
  const expected = `every dimension must be a positive integer, and there must be at most ${most} elements`
  throw shapeError(op, `the output would have shape ${shown(shape)}; ${expected}`)
}

/** Makes the tensor `op(inputs)`; the op's shape rule checks the inputs. */
export function apply<A extends Attrs>(op: Op<A>, inputs: readonly Tensor[], attrs: A): Tensor<A> {
  inputs.forEach((x, i) => {
    if (!isTensor(x)) check(op.name, inputs.length > 1 ? `input ${i}` : 'x', x, tensor)
  })
  const shape = op.shape(inputs.map((t) => t.shape), attrs)
  checkShape(op.name, shape)
  return new Tensor(op, inputs, attrs, shape, currentScope())
}

/** `[2,3]` as text. */
export const show = (shape: Shape): string => `[${shape.join(', ')}]`

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((d, i) => d === b[i])
