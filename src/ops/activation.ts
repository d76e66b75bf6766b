// Activations. Each gradient is an op in the activation's result y, so that the input need not be kept for backward:
// where y is rounded to its limit (tanh beyond |x| = 9, sigmoid above 17, elu below −17) the gradient is exactly 0.
import {
  elu_f32, elu_grad_f32, leaky_relu_f32, leaky_relu_grad_f32, relu_f32, relu_grad_f32, sigmoid_f32, sigmoid_grad_f32,
  softplus_f32, softplus_grad_f32, tanh_f32, tanh_grad_f32,
} from '../graph/contract.generated.ts'
import { call } from '../graph/kernel_call.ts'
import { apply, type Op, type Tensor, tensor } from '../graph/tensor.ts'
import { checked, notNegative, optional } from '../options.ts'
import { add, mul, negative, sub } from './arithmetic.ts'
import { lessEqual } from './compare.ts'
import { pairOp, unary, unaryOp } from './lowering/elementwise.ts'
import { erf } from './unary.ts'

type Alpha = { alpha: number }

/** A negative α would make y's sign useless to the gradient. */
/* @__NO_SIDE_EFFECTS__ */
function withAlpha(op: Op<Alpha>, initial: number): (x: Tensor, alpha?: number) => Tensor {
  return checked(op.name, { x: tensor, alpha: optional(notNegative) }, (x: Tensor, alpha = initial) => apply(op, [x], { alpha }))
}

export const reluGradOp: Op = pairOp('reluGrad', relu_grad_f32, (node, g) => [reluGrad(g, node.inputs[1]!), null])
const reluGrad = (dy: Tensor, y: Tensor): Tensor => apply(reluGradOp, [dy, y], {})

export const reluOp: Op = unaryOp('relu', relu_f32, (y, dy) => [reluGrad(dy, y)])
/**
 * max(x, 0); the gradient at 0 is 0.
 * @example
 * ops.relu(constant([-1, 2])) // [0, 2]
 */
export const relu = unary(reluOp)

export const leakyReluGradOp: Op<Alpha> = pairOp('leakyReluGrad',
  (args, { alpha }) => call(leaky_relu_grad_f32, { ...args, alpha }),
  (node, g) => [leakyReluGrad(g, node.inputs[1]!, node.attrs), null], 2)
const leakyReluGrad = (dy: Tensor, y: Tensor, attrs: Alpha): Tensor => apply(leakyReluGradOp, [dy, y], attrs)

export const leakyReLUOp: Op<Alpha> = unaryOp('leakyReLU',
  (args, { alpha }) => call(leaky_relu_f32, { ...args, alpha }), (y, dy) => [leakyReluGrad(dy, y, y.attrs)], 2)
/**
 * x > 0 ? x : alpha · x; the gradient at 0 is alpha. @throws RangeError when alpha is negative or not finite
 * @example
 * ops.leakyReLU(constant([-1, 2]), 0.2) // [-0.2, 2]
 */
export const leakyReLU = withAlpha(leakyReLUOp, 0.2)

export const eluGradOp: Op<Alpha> = pairOp('eluGrad',
  (args, { alpha }) => call(elu_grad_f32, { ...args, alpha }),
  ({ inputs, attrs }, g) => {
    const [dy, y] = inputs as [Tensor, Tensor]
    return [eluGrad(g, y, attrs), mul(mul(g, dy), lessEqual(y, 0))]
  }, 2)
const eluGrad = (dy: Tensor, y: Tensor, attrs: Alpha): Tensor => apply(eluGradOp, [dy, y], attrs)

export const eluOp: Op<Alpha> = unaryOp('elu',
  (args, { alpha }) => call(elu_f32, { ...args, alpha }), (y, dy) => [eluGrad(dy, y, y.attrs)], 20)
/**
 * x > 0 ? x : alpha · (e^x − 1); the gradient at 0 is alpha. @throws RangeError when alpha is negative or not finite
 * @example
 * ops.elu(constant([-1, 2]), 0.5) // [-0.316, 2]
 */
export const elu = withAlpha(eluOp, 1)

export const tanhGradOp: Op = pairOp('tanhGrad', tanh_grad_f32, ({ inputs }, g) => {
  const [dy, y] = inputs as [Tensor, Tensor]
  return [tanhGrad(g, y), mul(mul(g, dy), mul(y, -2))]
}, 4)
const tanhGrad = (dy: Tensor, y: Tensor): Tensor => apply(tanhGradOp, [dy, y], {})

export const tanhOp: Op = unaryOp('tanh', tanh_f32, (y, dy) => [tanhGrad(dy, y)], 20)
/**
 * (e^x − e^−x) / (e^x + e^−x), within 1.4 ulp.
 * @example
 * ops.tanh(constant([0, 1])) // [0, 0.762]
 */
export const tanh = unary(tanhOp)

export const sigmoidGradOp: Op = pairOp('sigmoidGrad', sigmoid_grad_f32, ({ inputs }, g) => {
  const [dy, y] = inputs as [Tensor, Tensor]
  return [sigmoidGrad(g, y), mul(mul(g, dy), sub(1, mul(y, 2)))]
}, 3)
const sigmoidGrad = (dy: Tensor, y: Tensor): Tensor => apply(sigmoidGradOp, [dy, y], {})

export const sigmoidOp: Op = unaryOp('sigmoid', sigmoid_f32, (y, dy) => [sigmoidGrad(dy, y)], 20)
/**
 * 1 / (1 + e^−x), within 1.9 ulp.
 * @example
 * ops.sigmoid(constant([0, 2])) // [0.5, 0.881]
 */
export const sigmoid = unary(sigmoidOp)

// sigmoid(−x), because 1 − sigmoid(x) loses all digits where x is large.
export const softplusGradOp: Op = pairOp('softplusGrad', softplus_grad_f32, ({ inputs }, g) => {
  const [dy, x] = inputs as [Tensor, Tensor]
  return [softplusGrad(g, x), mul(mul(g, dy), mul(sigmoid(x), sigmoid(negative(x))))]
}, 20)
const softplusGrad = (dy: Tensor, x: Tensor): Tensor => apply(softplusGradOp, [dy, x], {})

export const softplusOp: Op = unaryOp('softplus', softplus_f32, (y, dy) => [softplusGrad(dy, y.inputs[0]!)], 30)
/**
 * ln(1 + e^x), within 1.7 ulp: no overflow, no loss where it is near 0; nor in its first and second derivatives.
 * @example
 * ops.softplus(constant([0, 2])) // [0.693, 2.127]
 */
export const softplus = unary(softplusOp)

/**
 * x · sigmoid(x) (Ramachandran et al. 2017, with β = 1).
 * @example
 * ops.swish(constant([-1, 2])) // [-0.269, 1.762]
 */
export const swish = checked('swish', { x: tensor }, (x: Tensor) => mul(x, sigmoid(x)))

/** √½ */
const ROOT_HALF = 0.7071067811865476
/**
 * ½ x (1 + erf(x/√2)) (Hendrycks & Gimpel 2016, exact form); absolute error 1e-7 · |x|.
 * @example
 * ops.gelu(constant([-1, 2])) // [-0.159, 1.954]
 */
export const gelu = checked('gelu', { x: tensor }, (x: Tensor) => mul(mul(x, 0.5), add(erf(mul(x, ROOT_HALF)), 1)))
