// Resizing images, bilinear or to the nearest neighbour, and the transposes that are their gradients.
import type { KernelCall } from '../graph/kernel_call.ts'
import { apply, type Op, type Places, type Shape, shapeError, show, type Tensor } from '../graph/tensor.ts'

/** Where samples lie: by default output i reads i·in/out (TensorFlow's legacy rule). At most one may be true. */
export interface ResizeOptions {
  /** (i + ½)·in/out − ½: what image tools do; Keras's choice. */
  readonly halfPixelCenters?: boolean
  /** i·(in − 1)/(out − 1): the corners' centres meet. */
  readonly alignCorners?: boolean
}

interface ResizeAttrs extends Record<string, unknown> {
  readonly mode: number
  /** [height, width] of the output. */
  readonly size: readonly [number, number]
}

const NEAREST = 4
const ALIGNED = 2

const align = (floats: number): number => Math.ceil(floats / 16) * 16
const up4 = (n: number): number => Math.ceil(n / 4) * 4

/** The most outputs that read one input: those whose position is less than 1 away from it. */
function mostReaders(size: number, out: number, mode: number): number {
  const [inputs, outputs] = (mode & 3) === ALIGNED ? [size - 1, out - 1] : [size, out]
  return inputs < 1 ? out : Math.min(out, Math.ceil((2 * outputs) / inputs) + 1)
}

/** Words of an axis' table: a head, two lists of outputs, and one of inputs for each reader; four entries take 16 words. */
const tableWords = (size: number, out: number, mode: number): number =>
  align(4 + 8 * up4(out) + 4 * up4(size) * mostReaders(size, out, mode))
const tablesWords = ([, h, w]: Shape, [oh, ow]: Shape, mode: number): number =>
  tableWords(h!, oh!, mode) + tableWords(w!, ow!, mode)
/** Floats of the row that a thread works in. */
const rowFloats = ([, , w, c]: Shape, [, ow]: Shape): number => align(Math.max(w!, ow!) * c!)

function calls(kernel: string, image: Shape, [oh, ow]: Shape, mode: number, at: Places): KernelCall[] {
  const [, h, w, c] = image as [number, number, number, number]
  const rows = at.scratch
  const columns = rows + 4 * tableWords(h, oh!, mode)
  const row = at.scratch + 4 * tablesWords(image, [oh!, ow!], mode)
  const axis = (table: number, size: number, out: number, bytes: readonly number[]): KernelCall =>
    ['resize_axis_f32', table, size, out, mode, ...bytes, mostReaders(size, out, mode)]
  return [
    axis(rows, h, oh!, [4 * w * c, 4 * ow! * c]),
    axis(columns, w, ow!, [4 * c, 4 * c]),
    [kernel, at.inputs[0]!, at.output, rows, columns, row, 4 * rowFloats(image, [oh!, ow!]), ...image, oh!, ow!],
  ]
}

function resized(name: string, image: Shape, [h, w]: readonly [number, number]): Shape {
  if (image.length !== 4) {
    throw shapeError(name, `the input has shape ${show(image)}, expected [batch, height, width, channels]; reshape it`)
  }
  return [image[0]!, h, w, image[3]!]
}

/** A resize and its transpose: each is the other's gradient. */
/* @__NO_SIDE_EFFECTS__ */
function resizePair(name: string): readonly [Op<ResizeAttrs>, Op<ResizeAttrs>] {
  const scratch = (image: Shape, out: Shape, mode: number, threads: number): number =>
    tablesWords(image, out.slice(1, 3), mode) + rowFloats(image, out.slice(1, 3)) * threads
  const sizeOfImage = ({ shape }: Tensor): readonly [number, number] => [shape[1]!, shape[2]!]
  const resize: Op<ResizeAttrs> = {
    name,
    shape: ([x], { size }) => resized(name, x!, size),
    gradient: (y, dy) => [apply(transpose, [dy], { mode: y.attrs.mode, size: sizeOfImage(y.inputs[0]!) })],
    calls: (node, at) => calls('resize_f32', node.inputs[0]!.shape, node.shape.slice(1, 3), node.attrs.mode, at),
    scratch: (node, threads) => scratch(node.inputs[0]!.shape, node.shape, node.attrs.mode, threads),
    flops: (node) => node.size * (node.attrs.mode & NEAREST ? 0 : 9),
  }
  const transpose: Op<ResizeAttrs> = {
    name: `${name}Transpose`,
    shape: ([y], { size }) => resized(`${name}Transpose`, y!, size),
    gradient: (x, dx) => [apply(resize, [dx], { mode: x.attrs.mode, size: sizeOfImage(x.inputs[0]!) })],
    calls: (node, at) => calls('resize_transpose_f32', node.shape, node.inputs[0]!.shape.slice(1, 3), node.attrs.mode, at),
    scratch: (node, threads) => scratch(node.shape, node.inputs[0]!.shape, node.attrs.mode, threads),
    flops: (node) => node.inputs[0]!.size * (node.attrs.mode & NEAREST ? 1 : 12),
  }
  return [resize, transpose]
}

export const [resizeBilinearOp, resizeBilinearTransposeOp] = resizePair('resizeBilinear')
export const [resizeNearestOp, resizeNearestTransposeOp] = resizePair('resizeNearest')

function attrs(name: string, size: readonly [number, number], options: ResizeOptions, base: number): ResizeAttrs {
  const { halfPixelCenters = false, alignCorners = false } = options
  if (halfPixelCenters && alignCorners) {
    throw new RangeError(`${name}: halfPixelCenters and alignCorners exclude each other; choose one`)
  }
  return { mode: base + (halfPixelCenters ? 1 : alignCorners ? 2 : 0), size: [size[0], size[1]] }
}

/**
 * Images of `size` [height, width], linear between the four neighbours of each source position.
 * @param x [batch, height, width, channels]
 * @throws RangeError where x is not an image or both options are set
 */
export const resizeBilinear = (x: Tensor, size: readonly [number, number], options: ResizeOptions = {}): Tensor =>
  apply(resizeBilinearOp, [x], attrs('resizeBilinear', size, options, 0))

/**
 * Images of `size` [height, width], each pixel the one at ⌊its source position⌋ (at the nearest with aligned corners).
 * @param x [batch, height, width, channels]
 * @throws RangeError where x is not an image or both options are set
 */
export const resizeNearest = (x: Tensor, size: readonly [number, number], options: ResizeOptions = {}): Tensor =>
  apply(resizeNearestOp, [x], attrs('resizeNearest', size, options, NEAREST))
