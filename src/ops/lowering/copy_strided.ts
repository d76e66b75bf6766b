// The call that copies a block between two tensors with strides of their own (assembly/kernels/copy_strided.ts).
import { copy_strided_f32, type CopyStridedArgs } from '../../graph/contract.generated.ts'
import { call, type KernelCall } from '../../graph/kernel_call.ts'
import { type Shape, shapeError, show } from '../../graph/tensor.ts'

const DIMENSIONS = 6
type Six = CopyStridedArgs['dimensions']
type Strides = readonly number[]

/** The row-major strides of a shape. */
export function stridesOf(shape: Shape): number[] {
  const strides = shape.map(() => 1)
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * shape[i + 1]!
  return strides
}

/** One side of a copy: the address of its first element and its stride along each axis of the block, in floats. */
export interface Side {
  readonly address: number
  readonly strides: Strides
}

/**
 * How a block of shape `block` is walked with these strides: axes that lie next to each other on both sides are one.
 * @throws RangeError where there are more axes than the kernel walks, for which an op's shape rule calls it
 */
export function axesOfCopy(op: string, block: Shape, x: Strides, y: Strides): { d: number; x: number; y: number }[] {
  const axes: { d: number; x: number; y: number }[] = []
  block.forEach((d, i) => {
    if (d === 1) return
    const axis = { d, x: x[i]!, y: y[i]! }
    const last = axes.at(-1)
    if (last && last.x === axis.x * d && last.y === axis.y * d) axes[axes.length - 1] = { ...axis, d: last.d * d }
    else axes.push(axis)
  })
  if (axes.length > DIMENSIONS) {
    throw shapeError(op, `a block of shape ${show(block)} has more than ${DIMENSIONS} separate axes; reshape or split it`)
  }
  while (axes.length < DIMENSIONS) axes.unshift({ d: 1, x: 1, y: 1 })
  return axes
}

/** Copies a block of shape `block`. */
export function copyStrided(op: string, block: Shape, x: Side, y: Side): KernelCall {
  const axes = axesOfCopy(op, block, x.strides, y.strides)
  const six = (side: 'd' | 'x' | 'y'): Six => axes.map((axis) => axis[side]) as unknown as Six
  return call(copy_strided_f32, {
    x: x.address, y: y.address, dimensions: six('d'), stridesX: six('x'), stridesY: six('y'),
  })
}

/** The address of the element at `index` of a tensor of `shape` that lies at `address`. */
export const elementAddress = (address: number, shape: Shape, index: readonly number[]): number =>
  stridesOf(shape).reduce((at, stride, i) => at + 4 * stride * index[i]!, address)
