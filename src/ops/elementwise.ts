// Makers of elementwise op records: the kernel is `<name>_f32` in assembly/kernels, everything else is the same.
import { type Attrs, bits, type GradientRule, type Op, type Tensor } from '../graph/tensor.ts'
import { broadcastShape, walk } from './broadcast.ts'

/** camelCase to the kernel's snake_case name; ReLU is one word: leakyReLU → leaky_relu_f32. */
export const kernelName = (op: string): string =>
  `${op.replace('ReLU', 'Relu').replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)}_f32`

/** y = f(x), same shape. `params` gives the kernel's p and q; `cost` is flops an element. */
export function unaryOp<A extends Attrs = Attrs>(
  name: string,
  gradient: GradientRule<A> | null,
  { params = () => [], cost = 1 }: { params?: (attrs: A) => number[]; cost?: number } = {},
): Op<A> {
  return {
    name,
    shape: ([x]) => x!,
    gradient,
    calls: (node, at) => [[kernelName(name), at.inputs[0]!, at.output, node.size, ...params(node.attrs).map(bits)]],
    flops: (node) => node.size * cost,
    inPlace: [0],
  }
}

/** y = f(a, b) with broadcasting. */
export function binaryOp<A extends Attrs = Attrs>(
  name: string,
  gradient: GradientRule<A> | null,
  { params = () => [], cost = 1 }: { params?: (attrs: A) => number[]; cost?: number } = {},
): Op<A> {
  return {
    name,
    shape: ([a, b]) => broadcastShape(name, a!, b!),
    gradient,
    calls(node, at) {
      const { dims, strides } = walk(name, node.inputs.map((i: Tensor) => i.shape), node.shape)
      return [[kernelName(name), ...at.inputs, at.output, ...dims, ...strides.flat(), ...params(node.attrs).map(bits)]]
    },
    flops: (node) => node.size * cost,
    inPlace: [0, 1],
  }
}
