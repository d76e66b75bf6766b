// Ops that move numbers and compute none, and the largest of some.
import type { Shape } from '../../graph/tensor.ts'
import { concat } from '../../ops/concat.ts'
import { copy } from '../../ops/copy.ts'
import { oneHot } from '../../ops/one_hot.ts'
import { reduceMax } from '../../ops/reduce_max.ts'
import { pad, slice } from '../../ops/slice.ts'
import { transpose } from '../../ops/transpose.ts'
import { apart } from '../draw.ts'
import type { OpCase, OpCases } from './case.ts'

const TRANSPOSES: readonly (readonly [Shape, readonly number[]])[] = [
  [[1, 1], [1, 0]],
  [[5, 7], [1, 0]],
  [[17, 64], [1, 0]],
  [[2, 3, 4], [2, 1, 0]],
  [[2, 3, 40], [1, 0, 2]],
  [[2, 5, 3, 4], [0, 3, 1, 2]],
  [[2, 5, 3, 4], [3, 2, 0, 1]],
  [[2, 1, 3, 2, 2, 3], [5, 0, 4, 1, 3, 2]],
]
const SLICES: readonly (readonly [Shape, Shape, Shape])[] = [
  [[7], [3], [4]],
  [[127], [1], [125]],
  [[5, 9], [2, 0], [3, 9]],
  [[5, 9], [1, 4], [3, 3]],
  [[3, 4, 5, 17], [0, 1, 2, 0], [3, 2, 1, 16]],
  [[2, 3, 2, 4, 2, 3], [1, 1, 0, 1, 1, 1], [1, 2, 2, 3, 1, 1]],
]
const PADS: readonly (readonly [Shape, readonly (readonly [number, number])[], number])[] = [
  [[1], [[1, 1]], 0],
  [[5, 7], [[0, 2], [1, 0]], 0],
  [[5, 7], [[1, 2], [3, 4]], -1.5],
  [[2, 5, 3, 4], [[0, 0], [1, 2], [2, 1], [0, 0]], 0],
  [[2, 3, 2, 17], [[1, 0], [0, 1], [2, 3], [1, 1]], 3],
]
const CONCATS: readonly (readonly [readonly Shape[], number])[] = [
  [[[1], [1]], 0],
  [[[3], [4], [9]], 0],
  [[[2, 3], [5, 3]], 0],
  [[[2, 3], [2, 17], [2, 4]], 1],
  [[[2, 3, 3, 1], [2, 3, 3, 4], [2, 3, 3, 40]], 3],
  [[[2, 3, 5], [2, 1, 5]], -2],
]
const MAXIMA: readonly (readonly [Shape, readonly number[], boolean])[] = [
  [[1], [0], false],
  [[31], [0], true],
  [[5, 7], [0], false],
  [[5, 17], [1], true],
  [[3, 4, 5], [0, 2], false],
  [[2, 9, 4], [1], true],
  [[3, 2, 4, 5], [1, 2], false],
]
const DEPTHS: readonly (readonly [Shape, number])[] = [[[1], 1], [[9], 5], [[3, 4], 6]]

const cases = <Row>(rows: readonly Row[], make: (row: Row) => Omit<OpCase, 'row'>): OpCase<Row>[] =>
  rows.map((row) => ({ row, ...make(row) }))

export const copies: OpCases<Shape> =
  { op: 'copy', cases: cases<Shape>([[1], [17], [3, 5, 7]], (shape) => ({ shapes: [shape], apply: copy })) }
export const transposes: OpCases<(typeof TRANSPOSES)[number]> = {
  op: 'transpose',
  cases: cases(TRANSPOSES, ([shape, perm]) => ({
    name: `[${shape}] by ${perm}`, shapes: [shape], apply: (x) => transpose(x, perm),
  })),
}
export const slices: OpCases<(typeof SLICES)[number]> = {
  op: 'slice',
  cases: cases(SLICES, ([shape, begin, size]) => ({
    name: `[${size}] of [${shape}] from ${begin}`, shapes: [shape], apply: (x) => slice(x, begin, size),
  })),
}
export const borders: OpCases<(typeof PADS)[number]> = {
  op: 'pad',
  cases: cases(PADS, ([shape, widths, value]) => ({
    name: `[${shape}] by ${widths.map((b) => `[${b}]`)} with ${value}`, shapes: [shape], apply: (x) => pad(x, widths, value),
  })),
}
export const joins: OpCases<(typeof CONCATS)[number]> = {
  op: 'concat',
  cases: cases(CONCATS, ([shapes, axis]) => ({
    name: `${shapes.map((s) => `[${s}]`)} along ${axis}`, shapes, apply: (...xs) => concat(xs, axis),
  })),
}
export const maxima: OpCases<(typeof MAXIMA)[number]> = {
  op: 'reduceMax',
  values: (size, uniform) => apart(size, uniform),
  cases: cases(MAXIMA, ([shape, axes, keepDims]) => ({
    name: `[${shape}] over ${axes}${keepDims ? ', kept' : ''}`, shapes: [shape], apply: (x) => reduceMax(x, axes, { keepDims }),
  })),
}
export const oneHots: OpCases<(typeof DEPTHS)[number]> = {
  op: 'oneHot',
  differentiable: [],
  draw: (u) => Math.floor(u * 7) - 1,
  cases: cases(DEPTHS, ([shape, depth]) => ({ shapes: [shape], apply: (x) => oneHot(x, depth) })),
}
