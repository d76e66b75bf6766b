// The graph: symbolic tensors, each the result of an op on other tensors. Shapes are static and checked here, once.
// Nothing is computed in this file. Invariant: a tensor's inputs exist before it, so the graph has no cycle.

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
    return sizeOf(this.shape)
  }
}

/** The number of elements of `shape`. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((n, d) => n * d, 1)
}

const scopes: string[] = []

/** Runs `build` with every tensor it makes labelled `name` (nested scopes join with `/`). */
export function scoped<T>(name: string, build: () => T): T {
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

/** Makes the tensor `op(inputs)`; the op's shape rule checks the inputs. */
export function apply<A extends Attrs>(op: Op<A>, inputs: readonly Tensor[], attrs: A): Tensor<A> {
  const other = inputs.findIndex((input) => !(input instanceof Tensor))
  if (other >= 0) throw new TypeError(`${op.name}: input ${other} is ${typeof inputs[other]}, expected a Tensor`)
  const shape = op.shape(inputs.map((t) => t.shape), attrs)
  if (shape.some((d) => !Number.isInteger(d) || d < 1)) {
    throw shapeError(op.name, `the output would have shape ${show(shape)}; every dimension must be a positive integer`)
  }
  return new Tensor(op, inputs, attrs, shape, currentScope())
}

/** `[2,3]` as text. */
export const show = (shape: Shape): string => `[${shape.join(', ')}]`

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((d, i) => d === b[i])
