// Makers of elementwise op records: which kernel computes one element is all that differs between them. An op with parameters of
// its own gives a function of the common fields and its attributes; for others the kernel is enough.
import type { BinaryArgs, PairArgs, UnaryArgs } from '../../graph/contract.generated.ts'
import { call, type Kernel, type KernelCall } from '../../graph/kernel_call.ts'
import { constant } from '../../graph/leaves.ts'
import {
  apply, type Attrs, type GradientRule, type Op, sameShape, shapeError, show, type Tensor, type Value, value,
} from '../../graph/tensor.ts'
import { checked } from '../../options.ts'
import { broadcastShape, walk } from './broadcast.ts'

/** A number becomes a constant of shape [], a tensor stays. */
export const asTensor = (x: Value): Tensor => (typeof x === 'number' ? constant(x) : x)

/** What users call of an op of one tensor, or of two that broadcast, without attributes. */
/* @__NO_SIDE_EFFECTS__ */
export function unary(op: Op): (x: Tensor) => Tensor {
  return (x) => apply(op, [x], {})
}
/* @__NO_SIDE_EFFECTS__ */
export function binary(op: Op): (a: Value, b: Value) => Tensor {
  return checked(op.name, { a: value, b: value }, (a: Value, b: Value) => apply(op, [asTensor(a), asTensor(b)], {}))
}

/** A call with these fields, and what an op's attributes add to them. */
type CallOf<Args, A> = (args: Args, attrs: A) => KernelCall

/** y = f(x), same shape. `cost` is flops an element. */
/* @__NO_SIDE_EFFECTS__ */
export function unaryOp<A extends Attrs = Attrs>(
  name: string, kernel: Kernel<UnaryArgs> | CallOf<UnaryArgs, A>, gradient: GradientRule<A> | null, cost = 1,
): Op<A> {
  const callOf: CallOf<UnaryArgs, A> = typeof kernel === 'function' ? kernel : (args) => call(kernel, args)
  return {
    name,
    shape: ([x]) => x!,
    gradient,
    calls: ({ size, attrs }, { inputs: [x], output }) => [callOf({ x: x!, y: output, n: size }, attrs)],
    flops: ({ size }) => size * cost,
    inPlace: [0],
  }
}

/** y = f(a, b), all of one shape: what gradients are. */
/* @__NO_SIDE_EFFECTS__ */
export function pairOp<A extends Attrs = Attrs>(
  name: string, kernel: Kernel<PairArgs> | CallOf<PairArgs, A>, gradient: GradientRule<A> | null, cost = 1,
): Op<A> {
  const callOf: CallOf<PairArgs, A> = typeof kernel === 'function' ? kernel : (args) => call(kernel, args)
  return {
    name,
    shape([a, b]) {
      if (!sameShape(a!, b!)) throw shapeError(name, `shapes ${show(a!)} and ${show(b!)} given, expected two equal ones`)
      return a!
    },
    gradient,
    calls: ({ size, attrs }, { inputs: [a, b], output }) => [callOf({ a: a!, b: b!, y: output, n: size }, attrs)],
    flops: ({ size }) => size * cost,
    inPlace: [0, 1],
  }
}

/** y = f(a, b) with broadcasting. */
/* @__NO_SIDE_EFFECTS__ */
export function binaryOp(name: string, kernel: Kernel<BinaryArgs>, gradient: GradientRule<Attrs> | null): Op {
  return {
    name,
    shape: ([a, b]) => broadcastShape(name, a!, b!),
    gradient,
    calls(node, { inputs: [a, b], output }) {
      const [x, z] = node.inputs as [Tensor, Tensor]
      return [call(kernel, { a: a!, b: b!, y: output, ...walk(name, x.shape, z.shape, node.shape) })]
    },
    flops: ({ size }) => size,
    inPlace: [0, 1],
  }
}
