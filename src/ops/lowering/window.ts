// Windows over NHWC images, as the pooling and depthwise kernels take them (assembly/lib/window.ts).
import type { WindowArgs } from '../../graph/contract.generated.ts'
import { apply, type Op, type Places, type Shape, shapeError, show, type Tensor, tensor } from '../../graph/tensor.ts'
import { checked, complete, type Given, required, size, WINDOW } from '../../options.ts'
import { type Padding, pads, pair } from './padding.ts'

/** One number for both axes, or [height, width]. */
export type Size = number | readonly [number, number]

/** How a window moves over an image. */
export type WindowOptions = Given<typeof WINDOW>

export interface WindowAttrs extends Record<string, unknown> {
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly padding: Padding
}

/** What pooling takes beside `WINDOW`; strides are the window's size by default. */
const POOL = {
  /** One number for both axes, or [height, width]. */
  poolSize: required(size),
}
export type PoolOptions = Given<typeof POOL> & WindowOptions

/** The pooling that an op of these attributes is. */
/* @__NO_SIDE_EFFECTS__ */
export function pooling(op: Op<WindowAttrs>): (x: Tensor, options: PoolOptions) => Tensor {
  return checked(op.name, { x: tensor }, (x: Tensor, options: PoolOptions) => {
    const { poolSize, strides = poolSize, padding } = complete(op.name, options, POOL, WINDOW)
    return apply(op, [x], { kernel: pair(poolSize), strides: pair(strides), padding })
  })
}

/** Outputs along both axes, padding before them. */
interface Positions {
  readonly oh: number
  readonly ow: number
  readonly top: number
  readonly left: number
}

/** Where the window goes on an image [n, h, w, c]: outputs and padding of each axis; throws where it does not fit. */
export function slide(op: string, image: Shape, { kernel, strides, padding }: WindowAttrs): Positions {
  const [, h, w] = image
  if (image.length !== 4 || h === undefined || w === undefined) {
    throw shapeError(op, `the input has shape ${show(image)}, expected [batch, height, width, channels]; reshape it`)
  }
  const rows = pads(h, kernel[0], strides[0], padding)
  const columns = pads(w, kernel[1], strides[1], padding)
  if (rows.out < 1 || columns.out < 1) {
    const mend = "use padding 'same' or a smaller window"
    throw shapeError(op, `a window of ${show(kernel)} does not fit into the image ${show(image)}; ${mend}`)
  }
  return { oh: rows.out, ow: columns.out, top: rows.before, left: columns.before }
}

/** The addresses of a kernel with two inputs. */
export const sides = ({ inputs: [a, b], output }: Places): Pick<WindowArgs, 'a' | 'b' | 'to'> => ({ a: a!, b: b!, to: output })

/** A kernel's fields but for its three addresses, for an image that `slide` has accepted. */
export function windowFields(image: Shape, attrs: WindowAttrs, multiplier = 1): Omit<WindowArgs, 'a' | 'b' | 'to'> {
  const [n, h, w, c] = image as [number, number, number, number]
  const { kernel: [kh, kw], strides: [sh, sw] } = attrs
  return { n, h, w, c, kh, kw, sh, sw, ...slide('window', image, attrs), m: multiplier }
}
