// Ops that pick slices and put them in another order or number.
import type { Shape } from '../../graph/tensor.ts'
import { argMax, argMin } from '../../ops/arg_max.ts'
import { concat } from '../../ops/concat.ts'
import { gather } from '../../ops/gather.ts'
import { reverse, roll } from '../../ops/reverse.ts'
import { split, stack } from '../../ops/split.ts'
import { tile } from '../../ops/tile.ts'
import { distinctNumbers } from '../draw.ts'
import { casesOf, type Inputs } from './case.ts'

type Along = readonly [Shape, axis: number]
const PLACES: readonly Along[] = [[[1], 0], [[31], 0], [[5, 17], 0], [[5, 17], 1], [[3, 4, 5], -2], [[2, 3, 2, 4], 3]]
type Gather = readonly [Shape, indices: Shape, axis: number]
const GATHERS: readonly Gather[] = [[[1], [1], 0], [[7], [3, 2], 0], [[6, 17], [9], 0], [[3, 5], [4], 1], [[2, 6, 3], [2, 5], -2]]
type Reverse = readonly [Shape, axes: readonly number[]]
const REVERSES: readonly Reverse[] = [
  [[9], [0]], [[5, 40], [1]], [[5, 40], [0]], [[5, 7], [0, 1]], [[2, 5, 6, 3], [2]], [[2, 3, 4, 2, 3, 2], [0, 2, 4]],
]
type Roll = readonly [Shape, shift: number, axis: number]
const ROLLS: readonly Roll[] = [[[7], 3, 0], [[7], -9, 0], [[4, 5], 1, -1], [[2, 5, 4, 3], 2, 1]]
type Tile = readonly [Shape, repeats: Shape]
const TILES: readonly Tile[] = [[[1], [5]], [[7], [3]], [[2, 3], [3, 2]], [[2, 3, 4, 2], [1, 2, 3, 2]]]
type Split = readonly [Shape, sizes: Shape, axis: number]
const SPLITS: readonly Split[] = [[[9], [2, 3, 4], 0], [[5, 6], [1, 5], -1], [[2, 6, 3], [3, 3], 1]]
type Stack = readonly [Shape, count: number, axis: number]
const STACKS: readonly Stack[] = [[[3], 1, 0], [[3], 2, 0], [[2, 3], 3, -1], [[2, 3], 2, 1]]

const distinct: Inputs = { differentiable: [], values: (size, uniform) => distinctNumbers(size, uniform) }
export const largest = casesOf('argMax', PLACES, ([shape, axis]) => (
  { name: `[${shape}] along ${axis}`, shapes: [shape], apply: (x) => argMax(x, axis) }
), distinct)
export const smallest = casesOf('argMin', PLACES, ([shape, axis]) => (
  { name: `[${shape}] along ${axis}`, shapes: [shape], apply: (x) => argMin(x, axis) }
), distinct)
/** The indices are from −1, which is none, to one beyond the last of the shortest axis but one. */
export const gathers = casesOf('gather', GATHERS, ([shape, indices, axis]) => (
  { name: `[${indices}] of [${shape}] along ${axis}`, shapes: [shape, indices], apply: (x, i) => gather(x, i, axis) }
), { differentiable: [0], draw: (u, input) => (input ? Math.floor(u * 7) - 1 : 4 * u - 2) })
export const reverses = casesOf('reverse', REVERSES, ([shape, axes]) => (
  { name: `[${shape}] along ${axes}`, shapes: [shape], apply: (x) => reverse(x, axes) }
))
export const rolls = casesOf('roll', ROLLS, ([shape, shift, axis]) => (
  { name: `[${shape}] by ${shift} along ${axis}`, shapes: [shape], apply: (x) => roll(x, shift, axis) }
))
export const tiles = casesOf('tile', TILES, ([shape, repeats]) => (
  { name: `[${shape}] by ${repeats}`, shapes: [shape], apply: (x) => tile(x, repeats) }
))
/** The pieces joined the other way round. */
export const splits = casesOf('split', SPLITS, ([shape, sizes, axis]) => ({
  name: `[${shape}] by ${sizes} along ${axis}`, shapes: [shape], apply: (x) => concat(split(x, sizes, axis).reverse(), axis),
}))
export const stacks = casesOf('stack', STACKS, ([shape, count, axis]) => ({
  name: `${count} of [${shape}] along ${axis}`, shapes: Array.from({ length: count }, () => shape),
  apply: (...xs) => stack(xs, axis),
}))
export const gathering = [largest, smallest, gathers, reverses, rolls, tiles, splits, stacks]
