// Resizing images, bilinear or to the nearest neighbour, and the transposes that are their gradients.
import {
  AXIS_HEAD, AXIS_LANES, AXIS_RECORD, resize_axis_f32, resize_f32, resize_transpose_f32, ResizeMode,
} from '../graph/contract.generated.ts'
import { call, type KernelCall } from '../graph/kernel_call.ts'
import { apply, type Op, type Places, type Shape, shapeError, show, type Tensor, tensor } from '../graph/tensor.ts'
import { checked, complete, counts, flag, type Given, option } from '../options.ts'

/** Where samples lie: by default output i reads i·in/out (TensorFlow's legacy rule). At most one may be true. */
export const RESIZE = {
  /** (i + ½)·in/out − ½: what image tools do; Keras's choice. */
  halfPixelCenters: option(flag, false),
  /** i·(in − 1)/(out − 1): the corners' centres meet. */
  alignCorners: option(flag, false),
}
export type ResizeOptions = Given<typeof RESIZE>

interface ResizeAttrs extends Record<string, unknown> {
  readonly mode: number
  /** [height, width] of the output. */
  readonly size: readonly [number, number]
}

const align = (bytes: number): number => Math.ceil(bytes / 64) * 64

/** The most outputs that read one input: those whose position is less than 1 away from it. */
function mostReaders(size: number, out: number, mode: number): number {
  const [inputs, outputs] = (mode & ~ResizeMode.NEAREST) === ResizeMode.ALIGNED ? [size - 1, out - 1] : [size, out]
  return inputs < 1 ? out : Math.min(out, Math.ceil((2 * outputs) / inputs) + 1)
}

/** Bytes of an axis' table: a head, two lists of outputs, and one of inputs for each reader. */
function tableBytes(size: number, out: number, mode: number): number {
  const listBytes = (entries: number): number => Math.ceil(entries / AXIS_LANES) * AXIS_RECORD
  return align(AXIS_HEAD + 2 * listBytes(out) + listBytes(size) * mostReaders(size, out, mode))
}

/** Where scratch lies: the tables of rows and of columns, then for each thread a row that it works in. */
function layout([, h, w, c]: Shape, [oh, ow]: Shape, mode: number) {
  const columns = tableBytes(h!, oh!, mode)
  return { rows: 0, columns, buffer: columns + tableBytes(w!, ow!, mode), scratchPerThread: align(4 * Math.max(w!, ow!) * c!) }
}

function calls(
  kernel: typeof resize_f32, image: Shape, size: Shape, mode: number, at: Places,
): KernelCall[] {
  const { inputs: [from], output, scratch } = at
  const [n, h, w, c] = image as [number, number, number, number]
  const [oh, ow] = size as [number, number]
  const place = layout(image, size, mode)
  const [rows, columns, buffer] = [scratch + place.rows, scratch + place.columns, scratch + place.buffer]
  const { scratchPerThread } = place
  return [
    call(resize_axis_f32, {
      table: rows, size: h, out: oh, mode, inputBytes: 4 * w * c, outputBytes: 4 * ow * c, room: mostReaders(h, oh, mode),
    }),
    call(resize_axis_f32, {
      table: columns, size: w, out: ow, mode, inputBytes: 4 * c, outputBytes: 4 * c, room: mostReaders(w, ow, mode),
    }),
    call(kernel, { from: from!, to: output, rows, columns, buffer, scratchPerThread, n, h, w, c, oh, ow }),
  ]
}

function resized(name: string, image: Shape, [h, w]: readonly [number, number]): Shape {
  if (image.length !== 4) {
    throw shapeError(name, `the input has shape ${show(image)}, expected [batch, height, width, channels]; reshape it`)
  }
  return [image[0]!, h, w, image[3]!]
}

/** Floats of scratch, from the two images' shapes. */
function scratchOf(image: Shape, out: Shape, mode: number, threads: number): number {
  const { buffer, scratchPerThread } = layout(image, out.slice(1, 3), mode)
  return (buffer + scratchPerThread * threads) / 4
}
const sizeOfImage = ({ shape }: Tensor): readonly [number, number] => [shape[1]!, shape[2]!]

/** A resize, whose gradient is its transpose. */
/* @__NO_SIDE_EFFECTS__ */
function resizeOp(name: string, transpose: () => Op<ResizeAttrs>): Op<ResizeAttrs> {
  return {
    name,
    shape: ([x], { size }) => resized(name, x!, size),
    gradient: (y, dy) => [apply(transpose(), [dy], { mode: y.attrs.mode, size: sizeOfImage(y.inputs[0]!) })],
    calls: (node, at) => calls(resize_f32, node.inputs[0]!.shape, node.shape.slice(1, 3), node.attrs.mode, at),
    scratch: (node, threads) => scratchOf(node.inputs[0]!.shape, node.shape, node.attrs.mode, threads),
    flops: (node) => node.size * (node.attrs.mode & ResizeMode.NEAREST ? 0 : 9),
  }
}

/** The transpose of a resize, whose gradient is the resize. */
/* @__NO_SIDE_EFFECTS__ */
function transposeOp(name: string, resize: () => Op<ResizeAttrs>): Op<ResizeAttrs> {
  return {
    name,
    shape: ([y], { size }) => resized(name, y!, size),
    gradient: (x, dx) => [apply(resize(), [dx], { mode: x.attrs.mode, size: sizeOfImage(x.inputs[0]!) })],
    calls: (node, at) => calls(resize_transpose_f32, node.shape, node.inputs[0]!.shape.slice(1, 3), node.attrs.mode, at),
    scratch: (node, threads) => scratchOf(node.shape, node.inputs[0]!.shape, node.attrs.mode, threads),
    flops: (node) => node.inputs[0]!.size * (node.attrs.mode & ResizeMode.NEAREST ? 1 : 12),
  }
}

export const resizeBilinearOp: Op<ResizeAttrs> = resizeOp('resizeBilinear', () => resizeBilinearTransposeOp)
export const resizeBilinearTransposeOp: Op<ResizeAttrs> = transposeOp('resizeBilinearTranspose', () => resizeBilinearOp)
export const resizeNearestOp: Op<ResizeAttrs> = resizeOp('resizeNearest', () => resizeNearestTransposeOp)
export const resizeNearestTransposeOp: Op<ResizeAttrs> = transposeOp('resizeNearestTranspose', () => resizeNearestOp)

const SIZE = counts(2, '[height, width]')

/* @__NO_SIDE_EFFECTS__ */
function resizing(
  op: Op<ResizeAttrs>, nearest: boolean,
): (x: Tensor, size: readonly [number, number], options?: ResizeOptions) => Tensor {
  return checked(op.name, { x: tensor, size: SIZE }, (
    x: Tensor, size: readonly [number, number], options: ResizeOptions = {},
  ) => {
    const { halfPixelCenters, alignCorners } = complete(op.name, options, RESIZE)
    if (halfPixelCenters && alignCorners) {
      throw new RangeError(`${op.name}: halfPixelCenters and alignCorners exclude each other; choose one`)
    }
    const place = halfPixelCenters ? ResizeMode.HALF_PIXEL : alignCorners ? ResizeMode.ALIGNED : ResizeMode.LEGACY
    return apply(op, [x], { mode: place | (nearest ? ResizeMode.NEAREST : 0), size: [size[0], size[1]] })
  })
}

/**
 * Images of `size` [height, width], linear between the four neighbours of each source position.
 * @param x [batch, height, width, channels]
 * @throws RangeError where x is not an image or both options are set
 * @example
 * ops.resizeBilinear(picture, [32, 32])
 */
export const resizeBilinear = resizing(resizeBilinearOp, false)

/**
 * Images of `size` [height, width], each pixel the one at ⌊its source position⌋ (at the nearest with aligned corners).
 * @param x [batch, height, width, channels]
 * @throws RangeError where x is not an image or both options are set
 * @example
 * ops.resizeNearest(picture, [16, 16])
 */
export const resizeNearest = resizing(resizeNearestOp, true)
