// What follows a sum: bias, then activation.
import { leakyRelu, relu } from '../activation'
import { loadUpTo4, storeUpTo4 } from '../simd'
import { Gemm } from './gemm'
import { MR } from './sizes'

/** What is applied to a product's result after its bias. @host */
export enum Activation { LINEAR, RELU, LEAKY_RELU }

export function finish(v: v128, activation: i32, alpha: f32): v128 {
  switch (activation) {
    case Activation.RELU: return relu(v)
    case Activation.LEAKY_RELU: return leakyRelu(v, f32x4.splat(alpha))
    default: return v
  }
}

/** Bias and activation on MR rows of C, whose addresses are at `rows`, columns j … j + 7. */
export function finishRows(g: Gemm, rows: usize, j: i32): void {
  if (!g.bias && !g.activation) return
  const b0 = g.bias ? v128.load(g.bias + (<usize>j << 2)) : f32x4.splat(0)
  const b1 = g.bias ? v128.load(g.bias + (<usize>j << 2), 16) : f32x4.splat(0)
  for (let r = 0; r < MR; r++) {
    const p = load<usize>(rows + (<usize>r << 2)) + (<usize>j << 2)
    let v0 = v128.load(p)
    let v1 = v128.load(p, 16)
    if (g.bias) {
      v0 = f32x4.add(v0, b0)
      v1 = f32x4.add(v1, b1)
    }
    v128.store(p, finish(v0, g.activation, g.alpha))
    v128.store(p, finish(v1, g.activation, g.alpha), 16)
  }
}

/**
 * What C holds of a tile goes to C, `count` rows of `columns` columns from j on: the same operations in the same order as in a
 * whole tile. `last`: with bias and activation.
 */
export function mergeTile(
  g: Gemm, tile: usize, rows: usize, count: i32, j: i32, columns: i32, accumulate: i32, last: bool,
): void {
  for (let r = 0; r < count; r++) {
    const row = load<usize>(rows + (<usize>r << 2))
    for (let q = 0; q < columns; q += 4) {
      const n = min(4, columns - q)
      const at = <usize>(j + q) << 2
      let v = v128.load(tile + (<usize>r << 5) + (<usize>q << 2))
      if (accumulate) v = f32x4.add(loadUpTo4(row + at, n), v)
      if (last) {
        if (g.bias) v = f32x4.add(v, loadUpTo4(g.bias + at, n))
        v = finish(v, g.activation, g.alpha)
      }
      storeUpTo4(row + at, v, n)
    }
  }
}
