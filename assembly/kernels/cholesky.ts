// The Cholesky factor of a symmetric matrix, in doubles inside. One thread does it: it is small.
import { register } from '../lib/kernel'
import { Address } from '../lib/layout'

@unmanaged
class CholeskyArgs {
  a: Address
  l: Address
  n: i32
  ridge: f32
}

/** L lower triangular with L·Lᵀ = A + ridge·I; a pivot that is not positive becomes 0, and so does its column. */
export function cholesky_f32(args: usize, part: i32, _parts: i32): void {
  if (part) return
  const g = changetype<CholeskyArgs>(args)
  const n = <usize>g.n
  for (let i: usize = 0; i < n; i++) {
    for (let j: usize = 0; j < n; j++) {
      const to = g.l + ((i * n + j) << 2)
      if (j > i) {
        store<f32>(to, 0)
        continue
      }
      let s = <f64>load<f32>(g.a + ((i * n + j) << 2)) + (i == j ? <f64>g.ridge : 0)
      for (let k: usize = 0; k < j; k++) s -= <f64>load<f32>(g.l + ((i * n + k) << 2)) * <f64>load<f32>(g.l + ((j * n + k) << 2))
      const pivot = load<f32>(g.l + ((j * n + j) << 2))
      if (i == j) store<f32>(to, s > 0 ? <f32>sqrt<f64>(s) : 0)
      else store<f32>(to, pivot > 0 ? <f32>(s / <f64>pivot) : 0)
    }
  }
}
register<CholeskyArgs>(cholesky_f32)
