import type { Shape } from '../../src/graph/tensor.ts'
import { concat, oneHot, pad, reduceMax, slice, transpose } from '../../src/ops/index.ts'
import { copy } from '../../src/ops/copy.ts'
import * as reference from '../reference/structure.ts'
import { build, get } from '../reference/arrays.ts'
import { apart, BATCHES, type Case, LADDER, type Spec } from './spec.ts'

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

/** A spec whose rows make its cases. */
const rowed = <R>(rows: readonly R[], long: readonly R[], made: (row: R) => Case): Pick<Spec, 'cases' | 'ladder'> =>
  ({ cases: rows.map(made), ladder: long.map(made) })
const SIDES = [32, 256, 1024]
const LAYERS: readonly Shape[] = BATCHES.map((b) => [b, 28, 28, 32])

export const specs: Spec[] = [
  {
    op: 'copy',
    tolerance: 0,
    ...rowed([[1], [17], [3, 5, 7]], LADDER.map((n) => [n]), (shape) => ({
      shapes: [shape], apply: (x) => copy(x!), reference: (x) => x!,
    })),
  },
  {
    op: 'transpose',
    tolerance: 0,
    ...rowed(TRANSPOSES, [
      ...SIDES.map((n) => [[n, n], [1, 0]] as const),
      ...LAYERS.map((shape) => [shape, [0, 3, 1, 2]] as const),
    ], ([shape, perm]) => ({
      name: `[${shape}] by ${perm}`,
      shapes: [shape],
      apply: (x) => transpose(x!, perm),
      reference: (x) => reference.transpose(x!, perm),
    })),
  },
  {
    op: 'slice',
    tolerance: 0,
    ...rowed(SLICES, SIDES.map((n) => [[n, n], [1, 4], [n - 2, n - 8]] as const), ([shape, begin, size]) => ({
      name: `[${size}] of [${shape}] from ${begin}`,
      shapes: [shape],
      apply: (x) => slice(x!, begin, size),
      reference: (x) => reference.slice(x!, begin, size),
    })),
  },
  {
    op: 'pad',
    tolerance: 0,
    ...rowed(PADS, LAYERS.map((shape) => [shape, [[0, 0], [1, 1], [1, 1], [0, 0]], 0] as const), ([shape, borders, value]) => ({
      name: `[${shape}] by ${borders.map((b) => `[${b}]`)} with ${value}`,
      shapes: [shape],
      apply: (x) => pad(x!, borders, value),
      reference: (x) => reference.pad(x!, borders, value),
    })),
  },
  {
    op: 'concat',
    tolerance: 0,
    ...rowed(CONCATS, LAYERS.flatMap((shape) => [[[shape, shape], 0], [[shape, shape], 3]] as const), ([shapes, axis]) => ({
      name: `${shapes.map((s) => `[${s}]`)} along ${axis}`,
      shapes,
      apply: (...xs) => concat(xs, axis),
      reference: (...xs) => reference.concat(xs, axis < 0 ? axis + shapes[0]!.length : axis),
    })),
  },
  {
    op: 'reduceMax',
    tolerance: 0,
    values: (size, uniform) => apart(size, uniform),
    ...rowed(MAXIMA, SIDES.flatMap((n) => [[[n, n], [0], false], [[n, n], [1], false]] as const), ([shape, axes, keepDims]) => ({
      name: `[${shape}] over ${axes}${keepDims ? ', kept' : ''}`,
      shapes: [shape],
      apply: (x) => reduceMax(x!, axes, { keepDims }),
      reference: (x) => reference.reduceMax(x!, axes, keepDims),
    })),
  },
  {
    op: 'oneHot',
    tolerance: 0,
    differentiable: [],
    draw: (u) => Math.floor(u * 7) - 1,
    ...rowed<readonly [Shape, number]>([[[1], 1], [[9], 5], [[3, 4], 6]], [[[128], 10], [[1e5], 10]], ([shape, depth]) => ({
      shapes: [shape],
      apply: (x) => oneHot(x!, depth),
      reference: (x) => build([...shape, depth], (i) => (get(x!, i.slice(0, -1)) === i.at(-1) ? 1 : 0)),
    })),
  },
]
