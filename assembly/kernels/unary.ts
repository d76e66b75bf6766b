// Elementwise functions of one tensor.
import { unary, UnaryArgs } from '../lib/elementwise'
import { register } from '../lib/kernel'
import { erf_f32x4 } from '../lib/math/erf'
import { exp_f32x4, expm1_f32x4 } from '../lib/math/exp'
import { log1p_f32x4, log_f32x4 } from '../lib/math/log'
import { cos_f32x4, sin_f32x4 } from '../lib/math/sincos'
import { sign } from '../lib/simd'

@unmanaged class Negative extends UnaryArgs { @inline f(x: v128): v128 { return f32x4.neg(x) } }
export function negative_f32(args: usize, part: i32, parts: i32): void { unary<Negative>(args, part, parts) }
register<Negative>(negative_f32)

@unmanaged class Abs extends UnaryArgs { @inline f(x: v128): v128 { return f32x4.abs(x) } }
export function abs_f32(args: usize, part: i32, parts: i32): void { unary<Abs>(args, part, parts) }
register<Abs>(abs_f32)

@unmanaged class Sign extends UnaryArgs { @inline f(x: v128): v128 { return sign(x) } }
export function sign_f32(args: usize, part: i32, parts: i32): void { unary<Sign>(args, part, parts) }
register<Sign>(sign_f32)

@unmanaged class Floor extends UnaryArgs { @inline f(x: v128): v128 { return f32x4.floor(x) } }
export function floor_f32(args: usize, part: i32, parts: i32): void { unary<Floor>(args, part, parts) }
register<Floor>(floor_f32)

@unmanaged class Square extends UnaryArgs { @inline f(x: v128): v128 { return f32x4.mul(x, x) } }
export function square_f32(args: usize, part: i32, parts: i32): void { unary<Square>(args, part, parts) }
register<Square>(square_f32)

@unmanaged class Reciprocal extends UnaryArgs { @inline f(x: v128): v128 { return f32x4.div(f32x4.splat(1), x) } }
export function reciprocal_f32(args: usize, part: i32, parts: i32): void { unary<Reciprocal>(args, part, parts) }
register<Reciprocal>(reciprocal_f32)

@unmanaged class Sqrt extends UnaryArgs { @inline f(x: v128): v128 { return f32x4.sqrt(x) } }
export function sqrt_f32(args: usize, part: i32, parts: i32): void { unary<Sqrt>(args, part, parts) }
register<Sqrt>(sqrt_f32)

@unmanaged class Rsqrt extends UnaryArgs { @inline f(x: v128): v128 { return f32x4.div(f32x4.splat(1), f32x4.sqrt(x)) } }
export function rsqrt_f32(args: usize, part: i32, parts: i32): void { unary<Rsqrt>(args, part, parts) }
register<Rsqrt>(rsqrt_f32)

@unmanaged class Exp extends UnaryArgs { @inline f(x: v128): v128 { return exp_f32x4(x) } }
export function exp_f32(args: usize, part: i32, parts: i32): void { unary<Exp>(args, part, parts) }
register<Exp>(exp_f32)

@unmanaged class Expm1 extends UnaryArgs { @inline f(x: v128): v128 { return expm1_f32x4(x) } }
export function expm1_f32(args: usize, part: i32, parts: i32): void { unary<Expm1>(args, part, parts) }
register<Expm1>(expm1_f32)

@unmanaged class Log extends UnaryArgs { @inline f(x: v128): v128 { return log_f32x4(x) } }
export function log_f32(args: usize, part: i32, parts: i32): void { unary<Log>(args, part, parts) }
register<Log>(log_f32)

@unmanaged class Log1p extends UnaryArgs { @inline f(x: v128): v128 { return log1p_f32x4(x) } }
export function log1p_f32(args: usize, part: i32, parts: i32): void { unary<Log1p>(args, part, parts) }
register<Log1p>(log1p_f32)

@unmanaged class Sin extends UnaryArgs { @inline f(x: v128): v128 { return sin_f32x4(x) } }
export function sin_f32(args: usize, part: i32, parts: i32): void { unary<Sin>(args, part, parts) }
register<Sin>(sin_f32)

@unmanaged class Cos extends UnaryArgs { @inline f(x: v128): v128 { return cos_f32x4(x) } }
export function cos_f32(args: usize, part: i32, parts: i32): void { unary<Cos>(args, part, parts) }
register<Cos>(cos_f32)

@unmanaged class Erf extends UnaryArgs { @inline f(x: v128): v128 { return erf_f32x4(x) } }
export function erf_f32(args: usize, part: i32, parts: i32): void { unary<Erf>(args, part, parts) }
register<Erf>(erf_f32)

/** min(max(x, low), high) */
@unmanaged
class Clip extends UnaryArgs {
  low: f32
  high: f32
  @inline f(x: v128): v128 {
    return f32x4.min(f32x4.max(x, f32x4.splat(this.low)), f32x4.splat(this.high))
  }
}
export function clip_f32(args: usize, part: i32, parts: i32): void { unary<Clip>(args, part, parts) }
register<Clip>(clip_f32)
