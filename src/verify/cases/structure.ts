// Ops that move numbers and compute none, and the largest of some.
import type { Shape } from '../../graph/tensor.ts'
import { concat } from '../../ops/concat.ts'
import { copy } from '../../ops/copy.ts'
import { oneHot } from '../../ops/one_hot.ts'
import { max } from '../../ops/max.ts'
import { pad, slice } from '../../ops/slice.ts'
import { transpose } from '../../ops/transpose.ts'
import { distinctNumbers } from '../draw.ts'
import { casesOf, casesOfShapes } from './case.ts'

type Transpose = readonly [Shape, perm: readonly number[]]
const TRANSPOSES: readonly Transpose[] = [
  [[1, 1], [1, 0]],
  [[5, 7], [1, 0]],
  [[17, 64], [1, 0]],
  [[2, 3, 4], [2, 1, 0]],
  [[2, 3, 40], [1, 0, 2]],
  [[2, 5, 3, 4], [0, 3, 1, 2]],
  [[2, 5, 3, 4], [3, 2, 0, 1]],
  [[2, 1, 3, 2, 2, 3], [5, 0, 4, 1, 3, 2]],
]
type Slice = readonly [Shape, begin: Shape, size: Shape]
const SLICES: readonly Slice[] = [
  [[7], [3], [4]],
  [[127], [1], [125]],
  [[5, 9], [2, 0], [3, 9]],
  [[5, 9], [1, 4], [3, 3]],
  [[3, 4, 5, 17], [0, 1, 2, 0], [3, 2, 1, 16]],
  [[2, 3, 2, 4, 2, 3], [1, 1, 0, 1, 1, 1], [1, 2, 2, 3, 1, 1]],
]
type Pad = readonly [Shape, widths: readonly (readonly [number, number])[], value: number]
const PADS: readonly Pad[] = [
  [[1], [[1, 1]], 0],
  [[5, 7], [[0, 2], [1, 0]], 0],
  [[5, 7], [[1, 2], [3, 4]], -1.5],
  [[2, 5, 3, 4], [[0, 0], [1, 2], [2, 1], [0, 0]], 0],
  [[2, 3, 2, 17], [[1, 0], [0, 1], [2, 3], [1, 1]], 3],
]
type Concat = readonly [readonly Shape[], axis: number]
const CONCATS: readonly Concat[] = [
  [[[1], [1]], 0],
  [[[3], [4], [9]], 0],
  [[[2, 3], [5, 3]], 0],
  [[[2, 3], [2, 17], [2, 4]], 1],
  [[[2, 3, 3, 1], [2, 3, 3, 4], [2, 3, 3, 40]], 3],
  [[[2, 3, 5], [2, 1, 5]], -2],
]
type Maximum = readonly [Shape, axes: readonly number[], keepDims: boolean]
const MAXIMA: readonly Maximum[] = [
  [[1], [0], false],
  [[31], [0], true],
  [[5, 7], [0], false],
  [[5, 17], [1], true],
  [[3, 4, 5], [0, 2], false],
  [[2, 9, 4], [1], true],
  [[3, 2, 4, 5], [1, 2], false],
]
type Depth = readonly [Shape, depth: number]
const DEPTHS: readonly Depth[] = [[[1], 1], [[9], 5], [[3, 4], 6]]

export const copies = casesOfShapes('copy', [[[1]], [[17]], [[3, 5, 7]]], copy)
export const transposes = casesOf('transpose', TRANSPOSES, ([shape, perm]) => (
  { name: `[${shape}] by ${perm}`, shapes: [shape], apply: (x) => transpose(x, perm) }
))
export const slices = casesOf('slice', SLICES, ([shape, begin, size]) => (
  { name: `[${size}] of [${shape}] from ${begin}`, shapes: [shape], apply: (x) => slice(x, begin, size) }
))
export const borders = casesOf('pad', PADS, ([shape, widths, value]) => ({
  name: `[${shape}] by ${widths.map((b) => `[${b}]`)} with ${value}`, shapes: [shape], apply: (x) => pad(x, widths, value),
}))
export const joins = casesOf('concat', CONCATS, ([shapes, axis]) => (
  { name: `${shapes.map((s) => `[${s}]`)} along ${axis}`, shapes, apply: (...xs) => concat(xs, axis) }
))
export const maxima = casesOf('max', MAXIMA, ([shape, axes, keepDims]) => ({
  name: `[${shape}] over ${axes}${keepDims ? ', kept' : ''}`, shapes: [shape], apply: (x) => max(x, axes, { keepDims }),
}), { values: (size, uniform) => distinctNumbers(size, uniform) })
export const oneHots = casesOf('oneHot', DEPTHS, ([shape, depth]) => ({ shapes: [shape], apply: (x) => oneHot(x, depth) }), {
  differentiable: [], draw: (u) => Math.floor(u * 7) - 1,
})
