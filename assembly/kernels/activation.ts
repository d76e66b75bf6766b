// Activations and their gradients. Each gradient is written in the activation's result y, so the input need not be kept;
// softplus's is written in its input x, which is as cheap and loses nothing where y is near 0.
import { elu, leakyRelu, relu, sigmoid, tanh } from '../lib/activation'
import { pair, PairArgs, unary, UnaryArgs } from '../lib/elementwise'
import { register } from '../lib/kernel'
import { TABLE } from '../lib/math/exp'
import { softplus_f32x4 } from '../lib/math/softplus'
import { tanhBy } from '../lib/math/tanh'
import { gate } from '../lib/simd'

@unmanaged class Relu extends UnaryArgs { @inline f(x: v128): v128 { return relu(x) } }
export function relu_f32(args: usize, part: i32, parts: i32): void { unary<Relu>(args, part, parts) }
register<Relu>(relu_f32)

/** y > 0 ? dy : 0 */
@unmanaged
class ReluGrad extends PairArgs {
  @inline f(dy: v128, y: v128): v128 {
    return gate(dy, f32x4.gt(y, f32x4.splat(0)))
  }
}
export function relu_grad_f32(args: usize, part: i32, parts: i32): void { pair<ReluGrad>(args, part, parts) }
register<ReluGrad>(relu_grad_f32)

@unmanaged class LeakyRelu extends UnaryArgs {
  alpha: f32
  @inline f(x: v128): v128 { return leakyRelu(x, f32x4.splat(this.alpha)) }
}
export function leaky_relu_f32(args: usize, part: i32, parts: i32): void { unary<LeakyRelu>(args, part, parts) }
register<LeakyRelu>(leaky_relu_f32)

/** y > 0 ? dy : alpha · dy */
@unmanaged
class LeakyReluGrad extends PairArgs {
  alpha: f32
  @inline f(dy: v128, y: v128): v128 {
    return v128.bitselect(dy, f32x4.mul(dy, f32x4.splat(this.alpha)), f32x4.gt(y, f32x4.splat(0)))
  }
}
export function leaky_relu_grad_f32(args: usize, part: i32, parts: i32): void { pair<LeakyReluGrad>(args, part, parts) }
register<LeakyReluGrad>(leaky_relu_grad_f32)

@unmanaged class Elu extends UnaryArgs {
  alpha: f32
  @inline f(x: v128): v128 { return elu(x, f32x4.splat(this.alpha)) }
}
export function elu_f32(args: usize, part: i32, parts: i32): void { unary<Elu>(args, part, parts) }
register<Elu>(elu_f32)

/** y > 0 ? dy : dy · (y + alpha) */
@unmanaged
class EluGrad extends PairArgs {
  alpha: f32
  @inline f(dy: v128, y: v128): v128 {
    return v128.bitselect(dy, f32x4.mul(dy, f32x4.add(y, f32x4.splat(this.alpha))), f32x4.gt(y, f32x4.splat(0)))
  }
}
export function elu_grad_f32(args: usize, part: i32, parts: i32): void { pair<EluGrad>(args, part, parts) }
register<EluGrad>(elu_grad_f32)

@unmanaged
class Tanh extends UnaryArgs {
  @inline f(x: v128): v128 {
    // V8 joins vectors only where all loads are of one kind, and one at a fixed address is of another: it cannot trap.
    return WIDE ? tanhBy(TABLE + (changetype<usize>(this) & 1), x) : tanh(x)
  }
}
export function tanh_f32(args: usize, part: i32, parts: i32): void { unary<Tanh>(args, part, parts, true) }
register<Tanh>(tanh_f32)

/** dy · (1 − y)(1 + y): 1 − y is exact near y = 1, 1 − y² would not be. */
@unmanaged
class TanhGrad extends PairArgs {
  @inline f(dy: v128, y: v128): v128 {
    const one = f32x4.splat(1)
    return f32x4.mul(dy, f32x4.mul(f32x4.sub(one, y), f32x4.add(one, y)))
  }
}
export function tanh_grad_f32(args: usize, part: i32, parts: i32): void { pair<TanhGrad>(args, part, parts) }
register<TanhGrad>(tanh_grad_f32)

@unmanaged class Sigmoid extends UnaryArgs { @inline f(x: v128): v128 { return sigmoid(x) } }
export function sigmoid_f32(args: usize, part: i32, parts: i32): void { unary<Sigmoid>(args, part, parts) }
register<Sigmoid>(sigmoid_f32)

/** dy · y(1 − y) */
@unmanaged
class SigmoidGrad extends PairArgs {
  @inline f(dy: v128, y: v128): v128 {
    return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(f32x4.splat(1), y)))
  }
}
export function sigmoid_grad_f32(args: usize, part: i32, parts: i32): void { pair<SigmoidGrad>(args, part, parts) }
register<SigmoidGrad>(sigmoid_grad_f32)

@unmanaged class Softplus extends UnaryArgs { @inline f(x: v128): v128 { return softplus_f32x4(x) } }
export function softplus_f32(args: usize, part: i32, parts: i32): void { unary<Softplus>(args, part, parts) }
register<Softplus>(softplus_f32)

/** dy · sigmoid(x) */
@unmanaged class SoftplusGrad extends PairArgs { @inline f(dy: v128, x: v128): v128 { return f32x4.mul(dy, sigmoid(x)) } }
export function softplus_grad_f32(args: usize, part: i32, parts: i32): void { pair<SoftplusGrad>(args, part, parts) }
register<SoftplusGrad>(softplus_grad_f32)
