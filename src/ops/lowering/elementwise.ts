// Makers of elementwise op records: the kernel is `<name>_f32` in assembly/kernels, everything else is the same.
import { bits } from '../../graph/kernel_call.ts'
import { type Attrs, type GradientRule, type Op, sameShape, shapeError, show, type Tensor } from '../../graph/tensor.ts'
import { broadcastShape, walk } from './broadcast.ts'

/** camelCase to the kernel's snake_case name; ReLU is one word: leakyReLU → leaky_relu_f32. */
export const kernelName = (op: string): string =>
  `${op.replace('ReLU', 'Relu').replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)}_f32`

/** `params` gives the kernel's p and q; `cost` is flops an element. */
interface Rest<A> {
  params?: (attrs: A) => number[]
  cost?: number
}

/** y = f(x), same shape. */
/* @__NO_SIDE_EFFECTS__ */
export function unaryOp<A extends Attrs = Attrs>(
  name: string, gradient: GradientRule<A> | null, { params = () => [], cost = 1 }: Rest<A> = {},
): Op<A> {
  return {
    name,
    shape: ([x]) => x!,
    gradient,
    calls: (node, at) => [[kernelName(name), ...at.inputs, at.output, node.size, ...params(node.attrs).map(bits)]],
    flops: (node) => node.size * cost,
    inPlace: [0],
  }
}

/** y = f(a, b), all of one shape: what gradients are. */
/* @__NO_SIDE_EFFECTS__ */
export function pairOp<A extends Attrs = Attrs>(name: string, gradient: GradientRule<A> | null, rest?: Rest<A>): Op<A> {
  return {
    ...unaryOp(name, gradient, rest),
    shape([a, b]) {
      if (!sameShape(a!, b!)) throw shapeError(name, `shapes ${show(a!)} and ${show(b!)} given, expected two equal ones`)
      return a!
    },
    inPlace: [0, 1],
  }
}

/** y = f(a, b) with broadcasting. */
/* @__NO_SIDE_EFFECTS__ */
export function binaryOp<A extends Attrs = Attrs>(name: string, gradient: GradientRule<A> | null): Op<A> {
  return {
    ...unaryOp(name, gradient),
    shape: ([a, b]) => broadcastShape(name, a!, b!),
    calls(node, at) {
      const { dims, strides } = walk(name, node.inputs.map((i: Tensor) => i.shape), node.shape)
      return [[kernelName(name), ...at.inputs, at.output, ...dims, ...strides.flat()]]
    },
    inPlace: [0, 1],
  }
}
