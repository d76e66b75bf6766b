// The larger, the smaller, comparisons (1 where they hold, else 0) and the choice between two tensors.
import { binary, BinaryArgs, quads } from '../lib/elementwise'
import { register } from '../lib/kernel'
import { Address } from '../lib/layout'
import { gate, loadUpTo4, storeUpTo4 } from '../lib/simd'

@unmanaged class Maximum extends BinaryArgs { @inline f(a: v128, b: v128): v128 { return f32x4.max(a, b) } }
export function maximum_f32(args: usize, part: i32, parts: i32): void { binary<Maximum>(args, part, parts) }
register<Maximum>(maximum_f32)

@unmanaged class Minimum extends BinaryArgs { @inline f(a: v128, b: v128): v128 { return f32x4.min(a, b) } }
export function minimum_f32(args: usize, part: i32, parts: i32): void { binary<Minimum>(args, part, parts) }
register<Minimum>(minimum_f32)

@unmanaged class Less extends BinaryArgs { @inline f(a: v128, b: v128): v128 { return gate(f32x4.splat(1), f32x4.lt(a, b)) } }
export function less_f32(args: usize, part: i32, parts: i32): void { binary<Less>(args, part, parts) }
register<Less>(less_f32)

@unmanaged class LessEqual extends BinaryArgs {
  @inline f(a: v128, b: v128): v128 { return gate(f32x4.splat(1), f32x4.le(a, b)) }
}
export function less_equal_f32(args: usize, part: i32, parts: i32): void { binary<LessEqual>(args, part, parts) }
register<LessEqual>(less_equal_f32)

@unmanaged class Equal extends BinaryArgs { @inline f(a: v128, b: v128): v128 { return gate(f32x4.splat(1), f32x4.eq(a, b)) } }
export function equal_f32(args: usize, part: i32, parts: i32): void { binary<Equal>(args, part, parts) }
register<Equal>(equal_f32)

@unmanaged
class Select {
  c: Address
  a: Address
  b: Address
  y: Address
  n: i32
  @inline f(i: usize, n: i32): void {
    const chosen = f32x4.ne(loadUpTo4(this.c + i, n), f32x4.splat(0))
    storeUpTo4(this.y + i, v128.bitselect(loadUpTo4(this.a + i, n), loadUpTo4(this.b + i, n), chosen), n)
  }
}
/** y[i] = c[i] ≠ 0 ? a[i] : b[i]; a NaN condition chooses a, as it is not 0. */
export function select_f32(args: usize, part: i32, parts: i32): void {
  const op = changetype<Select>(args)
  quads(op, op.n, part, parts)
}
register<Select>(select_f32)
