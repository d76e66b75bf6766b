// Axes of a reduction. Kernels reduce one run of neighbouring axes; several runs are several ops.
import { type Shape, shapeError, show, sizeOf, type Tensor } from '../../graph/tensor.ts'
import { flag, option } from '../../options.ts'
import { reshape } from '../reshape.ts'

export type Axes = number | readonly number[]

/** What reductions take. */
export const REDUCTION = {
  /** Leaves reduced axes as 1. Default false. */
  keepDims: option(flag, false),
}

/** A run of axes: `from` … `to` − 1. */
export interface Run {
  readonly from: number
  readonly to: number
}

/** Axes as a sorted list without repeats; all of them where none are given; negative ones count from the end. */
export function axesOf(op: string, shape: Shape, axes: Axes | undefined): number[] {
  const list = axes === undefined ? shape.map((_, i) => i) : typeof axes === 'number' ? [axes] : axes
  const found = list.map((a) => {
    const axis = a < 0 ? a + shape.length : a
    if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length) {
      throw shapeError(op, `axis ${a} does not exist in the shape ${show(shape)}`)
    }
    return axis
  })
  return [...new Set(found)].sort((a, b) => a - b)
}

/** The shape without the run's axes. */
export const without = (shape: Shape, { from, to }: Run): Shape => shape.filter((_, i) => i < from || i >= to)
/** The shape with the run's axes as 1. */
export const kept = (shape: Shape, { from, to }: Run): Shape => shape.map((d, i) => (i >= from && i < to ? 1 : d))
/** The elements before, in and after a run, as kernels take them. */
export interface Extents {
  readonly outer: number
  readonly middle: number
  readonly inner: number
}
export const extentsOf = (shape: Shape, { from, to }: Run): Extents =>
  ({ outer: sizeOf(shape.slice(0, from)), middle: sizeOf(shape.slice(from, to)), inner: sizeOf(shape.slice(to)) })

/**
 * x reduced over the sorted `axes`, run by run: the last first, so that the axes before keep their numbers.
 * @param reduce reduces one run of axes away; `first` for the first run
 */
export function overRuns(
  x: Tensor, axes: readonly number[], keepDims: boolean, reduce: (x: Tensor, run: Run, first: boolean) => Tensor,
): Tensor {
  let y = x
  for (let last = axes.length - 1; last >= 0; ) {
    let start = last
    while (start > 0 && axes[start - 1] === axes[start]! - 1) start--
    y = reduce(y, { from: axes[start]!, to: axes[last]! + 1 }, last === axes.length - 1)
    last = start - 1
  }
  return keepDims ? reshape(y, x.shape.map((d, i) => (axes.includes(i) ? 1 : d))) : y
}
