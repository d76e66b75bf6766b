// Elementwise arithmetic of two tensors, with broadcasting.
import { binary, BinaryArgs } from '../lib/elementwise'
import { register } from '../lib/kernel'

@unmanaged class Add extends BinaryArgs { @inline f(a: v128, b: v128): v128 { return f32x4.add(a, b) } }
export function add_f32(args: usize, part: i32, parts: i32): void { binary<Add>(args, part, parts) }
register(add_f32)

@unmanaged class Sub extends BinaryArgs { @inline f(a: v128, b: v128): v128 { return f32x4.sub(a, b) } }
export function sub_f32(args: usize, part: i32, parts: i32): void { binary<Sub>(args, part, parts) }
register(sub_f32)

@unmanaged class Mul extends BinaryArgs { @inline f(a: v128, b: v128): v128 { return f32x4.mul(a, b) } }
export function mul_f32(args: usize, part: i32, parts: i32): void { binary<Mul>(args, part, parts) }
register(mul_f32)

@unmanaged class Div extends BinaryArgs { @inline f(a: v128, b: v128): v128 { return f32x4.div(a, b) } }
export function div_f32(args: usize, part: i32, parts: i32): void { binary<Div>(args, part, parts) }
register(div_f32)

/** y = p · a, stretched */
@unmanaged class BroadcastTo extends BinaryArgs {
  @inline f(a: v128, _b: v128): v128 { return f32x4.mul(a, f32x4.splat(this.p)) }
}
export function broadcast_to_f32(args: usize, part: i32, parts: i32): void { binary<BroadcastTo>(args, part, parts) }
register(broadcast_to_f32)
