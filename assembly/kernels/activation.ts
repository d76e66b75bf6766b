// Activations and their gradients. Each gradient is written in the activation's result y, so the input need not be kept.
import { binary, BinaryArgs, unary, UnaryArgs } from '../lib/elementwise'
import { register } from '../lib/kernel'
import { relu } from '../lib/activation'

@unmanaged class Relu extends UnaryArgs { @inline f(x: v128): v128 { return relu(x) } }
export function relu_f32(args: usize, thread: i32, threads: i32): void { unary<Relu>(args, thread, threads) }
register(relu_f32)

/** dx = y > 0 ? dy : 0 */
@unmanaged class ReluGrad extends BinaryArgs { @inline f(dy: v128, y: v128): v128 { return v128.and(dy, f32x4.gt(y, f32x4.splat(0))) } }
export function relu_grad_f32(args: usize, thread: i32, threads: i32): void { binary<ReluGrad>(args, thread, threads) }
register(relu_grad_f32)
