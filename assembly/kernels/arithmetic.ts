// Elementwise arithmetic of two tensors, with broadcasting.
import { binary, BinaryArgs } from '../lib/elementwise'
import { register } from '../lib/kernel'

@unmanaged class Add extends BinaryArgs { @inline f(a: v128, b: v128): v128 { return f32x4.add(a, b) } }
export function add_f32(args: usize, part: i32, parts: i32): void { binary<Add>(args, part, parts) }
register<Add>(add_f32)

@unmanaged class Sub extends BinaryArgs { @inline f(a: v128, b: v128): v128 { return f32x4.sub(a, b) } }
export function sub_f32(args: usize, part: i32, parts: i32): void { binary<Sub>(args, part, parts) }
register<Sub>(sub_f32)

@unmanaged class Mul extends BinaryArgs { @inline f(a: v128, b: v128): v128 { return f32x4.mul(a, b) } }
export function mul_f32(args: usize, part: i32, parts: i32): void { binary<Mul>(args, part, parts) }
register<Mul>(mul_f32)

@unmanaged class Div extends BinaryArgs { @inline f(a: v128, b: v128): v128 { return f32x4.div(a, b) } }
export function div_f32(args: usize, part: i32, parts: i32): void { binary<Div>(args, part, parts) }
register<Div>(div_f32)

/** y = scale · a, stretched; b is not read */
@unmanaged class BroadcastTo extends BinaryArgs {
  scale: f32
  @inline f(a: v128, _b: v128): v128 { return f32x4.mul(a, f32x4.splat(this.scale)) }
}
export function broadcast_to_f32(args: usize, part: i32, parts: i32): void { binary<BroadcastTo>(args, part, parts) }
register<BroadcastTo>(broadcast_to_f32)
