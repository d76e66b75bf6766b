// The activations on four lanes, shared by the elementwise kernels and the epilogue of matrix products.
// NaN stays NaN in all of them.
import { expm1_f32x4 } from './math/exp'
import { sigmoid_f32x4, tanh_f32x4 } from './math/tanh'

/** max(x, 0) */
// @ts-ignore: decorator
@inline
export function relu(x: v128): v128 {
  return f32x4.max(x, f32x4.splat(0))
}

/** x > 0 ? x : alpha · x */
// @ts-ignore: decorator
@inline
export function leakyRelu(x: v128, alpha: v128): v128 {
  return v128.bitselect(x, f32x4.mul(x, alpha), f32x4.gt(x, f32x4.splat(0)))
}

/** x > 0 ? x : alpha · (e^x − 1) */
// @ts-ignore: decorator
@inline
export function elu(x: v128, alpha: v128): v128 {
  return v128.bitselect(x, f32x4.mul(expm1_f32x4(x), alpha), f32x4.gt(x, f32x4.splat(0)))
}

/** (e^x − e^−x) / (e^x + e^−x) */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  return tanh_f32x4(x)
}

/** 1 / (1 + e^−x) */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  return sigmoid_f32x4(x)
}
