// Dense arrays in doubles: what the reference implementations take and give. Slow and obvious on purpose.
import { type Shape, sizeOf } from '../../src/graph/tensor.ts'

export interface Array64 {
  readonly shape: Shape
  readonly data: Float64Array
}

/** The array of `shape` whose element at each index is `at(index)`. */
export function build(shape: Shape, at: (index: number[]) => number): Array64 {
  const data = new Float64Array(sizeOf(shape))
  const index = shape.map(() => 0)
  for (let i = 0; i < data.length; i++) {
    data[i] = at(index)
    for (let d = shape.length - 1; d >= 0; d--) {
      if (++index[d]! < shape[d]!) break
      index[d] = 0
    }
  }
  return { shape, data }
}

/** The element at `index`; with broadcasting: axes of 1 are read at 0, missing leading axes are ignored. */
export function get({ shape, data }: Array64, index: readonly number[]): number {
  let at = 0
  shape.forEach((d, i) => {
    const j = index[i - shape.length + index.length]!
    at = at * d + (d === 1 ? 0 : j)
  })
  return data[at]!
}
