// Elementwise functions of one tensor. Bounds in ulp are those of assembly/lib/math; `cost` is a rough count.
import {
  abs_f32, cos_f32, erf_f32, exp_f32, expm1_f32, floor_f32, log1p_f32, log_f32, reciprocal_f32, rsqrt_f32, sign_f32, sin_f32,
  sqrt_f32, square_f32,
} from '../graph/contract.generated.ts'
import type { Op } from '../graph/tensor.ts'
import { add, div, mul, negative } from './arithmetic.ts'
import { unary, unaryOp } from './lowering/elementwise.ts'

export const absOp: Op = unaryOp('abs', abs_f32, (y, dy) => [mul(dy, sign(y.inputs[0]!))])
/**
 * |x|; the gradient at 0 is 0.
 * @example
 * ops.abs(constant([-2, 3])) // [2, 3]
 */
export const abs = unary(absOp)

export const signOp: Op = unaryOp('sign', sign_f32, () => [null])
/**
 * −1, 0 or 1; NaN stays NaN. Its gradient is 0 everywhere.
 * @example
 * ops.sign(constant([-2, 0, 3])) // [-1, 0, 1]
 */
export const sign = unary(signOp)

export const floorOp: Op = unaryOp('floor', floor_f32, () => [null])
/**
 * The largest integer up to x; NaN stays NaN. Its gradient is 0 everywhere.
 * @example
 * ops.floor(constant([-1.5, 2.7])) // [-2, 2]
 */
export const floor = unary(floorOp)

export const squareOp: Op = unaryOp('square', square_f32, (y, dy) => [mul(dy, mul(y.inputs[0]!, 2))])
/**
 * x²
 * @example
 * ops.square(constant([-3, 2])) // [9, 4]
 */
export const square = unary(squareOp)

export const reciprocalOp: Op = unaryOp('reciprocal', reciprocal_f32, (y, dy) => [negative(mul(dy, square(y)))])
/**
 * 1 / x
 * @example
 * ops.reciprocal(constant([2, 4])) // [0.5, 0.25]
 */
export const reciprocal = unary(reciprocalOp)

export const sqrtOp: Op = unaryOp('sqrt', sqrt_f32, (y, dy) => [div(mul(dy, 0.5), y)])
/**
 * √x; NaN below 0. The gradient at 0 is infinite: add a small number before.
 * @example
 * ops.sqrt(constant([4, 9])) // [2, 3]
 */
export const sqrt = unary(sqrtOp)

export const rsqrtOp: Op = unaryOp('rsqrt', rsqrt_f32, (y, dy) => [mul(mul(mul(dy, -0.5), y), square(y))], 2)
/**
 * 1 / √x, within 1.5 ulp; NaN below 0.
 * @example
 * ops.rsqrt(constant([4, 16])) // [0.5, 0.25]
 */
export const rsqrt = unary(rsqrtOp)

export const expOp: Op = unaryOp('exp', exp_f32, (y, dy) => [mul(dy, y)], 20)
/**
 * e^x; within 0.91 ulp; infinite above 88.72, 0 below −103.97.
 * @example
 * ops.exp(constant([0, 1])) // [1, 2.718]
 */
export const exp = unary(expOp)

// In x, not in y: y + 1 would lose all digits where e^x is small.
export const expm1Op: Op = unaryOp('expm1', expm1_f32, (y, dy) => [mul(dy, exp(y.inputs[0]!))], 20)
/**
 * e^x − 1, within 1.75 ulp for small x too.
 * @example
 * ops.expm1(constant([0, 1])) // [0, 1.718]
 */
export const expm1 = unary(expm1Op)

export const logOp: Op = unaryOp('log', log_f32, (y, dy) => [div(dy, y.inputs[0]!)], 20)
/**
 * ln x, within 0.9 ulp; −Infinity at 0, NaN below.
 * @example
 * ops.log(constant([1, 10])) // [0, 2.303]
 */
export const log = unary(logOp)

export const log1pOp: Op = unaryOp('log1p', log1p_f32, (y, dy) => [div(dy, add(y.inputs[0]!, 1))], 20)
/**
 * ln(1 + x), within 1.5 ulp for small x too; −Infinity at −1, NaN below.
 * @example
 * ops.log1p(constant([0, 1])) // [0, 0.693]
 */
export const log1p = unary(log1pOp)

export const sinOp: Op = unaryOp('sin', sin_f32, (y, dy) => [mul(dy, cos(y.inputs[0]!))], 20)
/**
 * Sine of x radians, within 1.6 ulp for all x.
 * @example
 * ops.sin(constant([0, 1])) // [0, 0.841]
 */
export const sin = unary(sinOp)

export const cosOp: Op = unaryOp('cos', cos_f32, (y, dy) => [negative(mul(dy, sin(y.inputs[0]!)))], 20)
/**
 * Cosine of x radians, within 1.6 ulp for all x.
 * @example
 * ops.cos(constant([0, 1])) // [1, 0.54]
 */
export const cos = unary(cosOp)

/** 2/√π */
const TWO_OVER_ROOT_PI = 1.1283791670955126
export const erfOp: Op = unaryOp('erf', erf_f32, (y, dy) => {
  const slope = exp(negative(square(y.inputs[0]!)))
  return [mul(mul(dy, TWO_OVER_ROOT_PI), slope)]
}, 20)
/**
 * The error function 2/√π ∫₀ˣ e^−t² dt, within 1.2 ulp.
 * @example
 * ops.erf(constant([0, 1])) // [0, 0.843]
 */
export const erf = unary(erfOp)
