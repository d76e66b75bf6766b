// One list of op cases for two ends: `verify` digests what they give, values and gradients, and the tests' specs
// (test/specs) add a reference in doubles and a tolerance.
import { type Shape, sizeOf, type Tensor } from '../../graph/tensor.ts'
import { floats, generator } from '../draw.ts'

export interface OpCase<Row = unknown> {
  /** Told apart from the other cases by this. */
  readonly name?: string
  /** Shapes of the inputs. */
  readonly shapes: readonly Shape[]
  /** The op, applied with this case's attributes. */
  readonly apply: (...inputs: Tensor[]) => Tensor
  /** What the case was made from, for its reference. */
  readonly row: Row
}

export interface OpCases<Row = unknown> {
  readonly op: string
  readonly cases: readonly OpCase<Row>[]
  /** Where inputs are drawn from: one range, or one an input. Keep away from kinks. Default [-2, 2]. */
  readonly domain?: readonly [number, number] | readonly (readonly [number, number])[]
  /** Draws one input element itself instead (`u` uniform in [0, 1)): for domains with holes (kinks) in them. */
  readonly draw?: (u: number, input: number) => number
  /** Draws a whole input itself: for inputs whose elements depend on each other. `undefined`: as without it. */
  readonly values?: (size: number, uniform: () => number, input: number) => readonly number[] | undefined
  /** The inputs that have a gradient. Default: all. Empty: none. */
  readonly differentiable?: readonly number[]
  /** Whether the gradient has a gradient. Default: true. */
  readonly second?: boolean
}

/** A case's inputs: the same for the same seed, everywhere. */
export function drawInputs({ domain = [-2, 2], draw, values }: OpCases, shapes: readonly Shape[], seed: number): Float32Array[] {
  const uniform = generator(seed)
  return shapes.map((shape, i) => {
    const [lo, hi] = (Array.isArray(domain[0]) ? domain[i] : domain) as [number, number]
    const given = values?.(sizeOf(shape), uniform, i)
    if (given) return Float32Array.from(given)
    return floats(sizeOf(shape), () => (draw ? draw(uniform(), i) : lo + (hi - lo) * uniform()))
  })
}
