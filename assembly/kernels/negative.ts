import { unary, UnaryArgs } from '../lib/elementwise'
import { register } from '../lib/kernel'
@unmanaged class Negative extends UnaryArgs { @inline f(x: v128): v128 { return f32x4.neg(x) } }
export function negative_f32(args: usize, thread: i32, threads: i32): void { unary<Negative>(args, thread, threads) }
register(negative_f32)
