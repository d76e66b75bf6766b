// One spec an op: what it computes (in doubles), where, how closely. The same spec drives the value test, the gradient
// checks, the guard and thread tests (test/ops.test.ts), and the benchmark.
import type { Shape, Tensor } from '../../src/graph/tensor.ts'
import type { Array64 } from '../reference/arrays.ts'

export interface Case {
  /** Shapes of the inputs. */
  readonly shapes: readonly Shape[]
  /** The op, applied with this case's attributes. */
  readonly apply: (...inputs: Tensor[]) => Tensor
  /** The same in doubles. */
  readonly reference: (...inputs: Array64[]) => Array64
  /** Told apart from the other cases by this. */
  readonly name?: string
}

export interface Spec {
  readonly op: string
  readonly cases: readonly Case[]
  /** Cases of growing size, for bench/kernels.ts; nothing is compared. Empty: another spec's op does the work. */
  readonly ladder: readonly Case[]
  /** Where inputs are drawn from: one range, or one an input. Keep away from kinks. Default [-2, 2]. */
  readonly domain?: readonly [number, number] | readonly (readonly [number, number])[]
  /** Draws one input element itself instead (`u` uniform in [0, 1)): for domains with holes (kinks) in them. */
  readonly draw?: (u: number, input: number) => number
  /** Draws a whole input itself: for inputs whose elements depend on each other. `undefined`: as without it. */
  readonly values?: (size: number, uniform: () => number, input: number) => readonly number[] | undefined
  /** Largest error of a value, relative to |reference| + the reference's root mean square. Default 1e-6. */
  readonly tolerance?: number
  /** The inputs that have a gradient. Default: all. Empty: none. */
  readonly differentiable?: readonly number[]
  /** Largest error of a directional derivative relative to the sum of its terms' sizes. Default 1e-5. */
  readonly gradientTolerance?: number
  /** Whether the gradient has a gradient. Default: true. */
  readonly second?: boolean
}

/** Sizes around SIMD width and tiles, and primes. */
export const LENGTHS: readonly number[] = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 64, 127]

/** Elements of an elementwise op, from a first-level cache's to the memory's. */
export const LADDER: readonly number[] = [1e3, 1e4, 1e5, 1e6, 4e6]
/** Batch sizes of images, where they are what grows. */
export const BATCHES: readonly number[] = [1, 16, 128]

/** `size` different numbers around 0, `gap` apart from each other, in random order: for ops with kinks where two are equal. */
export function apart(size: number, uniform: () => number, gap = 0.02): number[] {
  const values = Array.from({ length: size }, (_, i) => (i - size / 2) * gap)
  for (let i = size - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1))
    ;[values[i], values[j]] = [values[j]!, values[i]!]
  }
  return values
}
