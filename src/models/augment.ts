// Random changes of images within the graph, another for each image and step: flips, shifts, crops, noise, colours, holes. All
// have gradients for the images.
import type { Tensor } from '../graph/tensor.ts'
import { constant } from '../graph/leaves.ts'
import type { Pass } from '../nn/layer.ts'
import { add, mul, sub } from '../ops/arithmetic.ts'
import { greater, greaterEqual, less, where } from '../ops/compare.ts'
import { concat } from '../ops/concat.ts'
import { randomNormal, randomUniform } from '../ops/random.ts'
import { mean } from '../ops/reduce.ts'
import { resizeBilinear } from '../ops/resize.ts'
import { reverse } from '../ops/reverse.ts'
import { pad, slice } from '../ops/slice.ts'
import { tile } from '../ops/tile.ts'
import { abs, floor } from '../ops/unary.ts'

type Change = (x: Tensor, pass: Pass) => Tensor

/** A number for each image, uniform in [0, 1). */
const draw = (x: Tensor, pass: Pass, name: string): Tensor => randomUniform([x.shape[0]!, 1, 1, 1], pass.stream(name))

/** A block of x along an axis. */
const part = (x: Tensor, axis: number, begin: number, size: number): Tensor =>
  slice(x, x.shape.map((_, i) => (i === axis ? begin : 0)), x.shape.map((d, i) => (i === axis ? size : d)))

/** 2^bits − 1 elements less of x along an axis, from an offset on that each image has: a bit of it after another. */
function window(x: Tensor, axis: number, bits: number, offset: Tensor): Tensor {
  let [y, rest] = [x, offset]
  for (let k = bits - 1; k >= 0; k--) {
    const by = 1 << k
    const bit = greaterEqual(rest, by)
    const size = y.shape[axis]! - by
    y = where(bit, part(y, axis, by, size), part(y, axis, 0, size))
    rest = sub(rest, mul(bit, by))
  }
  return y
}

/** The first and the last elements of an axis, so many times. */
const edges = (x: Tensor, axis: number, before: number, after: number): Tensor => {
  const repeat = (at: number, times: number) => tile(part(x, axis, at, 1), x.shape.map((_, i) => (i === axis ? times : 1)))
  return concat([repeat(0, before), x, repeat(x.shape[axis]! - 1, after)], axis)
}
const zeros = (x: Tensor, axis: number, before: number, after: number): Tensor =>
  pad(x, x.shape.map((_, i) => (i === axis ? [before, after] : [0, 0])))

/** Moved by up to an eighth of the image along both axes. @param fill makes what comes in */
/* @__NO_SIDE_EFFECTS__ */
function shifted(name: string, fill: typeof edges): Change {
  return (x, pass) => [1, 2].reduce((y, axis) => {
    const most = Math.max(1, Math.floor(y.shape[axis]! / 8))
    const bits = 32 - Math.clz32(2 * most)
    const offset = floor(mul(draw(y, pass, name), 2 * most + 1))
    return window(fill(y, axis, most, (1 << bits) - 1 - most), axis, bits, offset)
  }, x)
}

const flip: Change = (x, pass) => where(less(draw(x, pass, 'flip'), 0.5), reverse(x, 2), x)

/** A window of seven eighths or more of the image, as large as the image. */
const crop: Change = (x, pass) => {
  const cut = [1, 2].reduce((y, axis) => {
    const bits = 31 - Math.clz32(Math.floor(y.shape[axis]! / 8) + 1)
    return window(y, axis, bits, floor(mul(draw(y, pass, 'crop'), 1 << bits)))
  }, x)
  return resizeBilinear(cut, [x.shape[1]!, x.shape[2]!], { halfPixelCenters: true })
}

const noise: Change = (x, pass) => add(x, randomNormal(x.shape, pass.stream('noise'), { stddev: 0.05 }))

/** Brightness, saturation and contrast (Zhao et al. 2020): each by up to `strength` of what that paper has. */
/* @__NO_SIDE_EFFECTS__ */
function coloured(strength: number): Change {
  return (x, pass) => {
    const around = (y: Tensor, axes: readonly number[], name: string): Tensor => {
      const middle = mean(y, axes, { keepDims: true })
      return add(mul(sub(y, middle), add(mul(sub(draw(x, pass, name), 0.5), 2 * strength), 1)), middle)
    }
    const bright = add(x, mul(sub(draw(x, pass, 'brightness'), 0.5), strength))
    const saturated = x.shape[3]! > 1 ? around(bright, [3], 'saturation') : bright
    return around(saturated, [1, 2, 3], 'contrast')
  }
}

/** A hole of half the image's sides, of zeros. */
const cutout: Change = (x, pass) => {
  const far = [1, 2].map((axis) => {
    const n = x.shape[axis]!
    const places = constant(Float32Array.from({ length: n }, (_, i) => i), axis === 1 ? [n, 1, 1] : [n, 1])
    return greater(abs(sub(places, floor(mul(draw(x, pass, 'cutout'), n + 1)))), n / 4)
  })
  return mul(x, sub(1, mul(sub(1, far[0]!), sub(1, far[1]!))))
}

/** Changes of training images, by their names. */
export const AUGMENTATIONS = { flip, shift: shifted('shift', edges), crop, noise, color: coloured(0.4) } as const
/** What is expected of a list of them. */
export const CHANGES = 'some of flip, shift, crop, noise, color, with commas between'
export const areChanges = (names: string): boolean => names.split(',').every((name) => Object.hasOwn(AUGMENTATIONS, name))
/** Those of differentiable augmentation (Zhao et al. 2020, arXiv:2006.10738). */
export const DIFFERENTIABLE = { color: coloured(1), translation: shifted('translation', zeros), cutout } as const

/** The changes of a table that a list names, with commas between, in the table's order. */
export function changesOf(names: string, table: Readonly<Record<string, Change>>): Change {
  const chosen = Object.keys(table).filter((name) => names.split(',').includes(name)).map((name) => table[name]!)
  return (x, pass) => chosen.reduce((y, change) => change(y, pass), x)
}
