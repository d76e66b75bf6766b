import * as ops from '../../src/ops/activation.ts'
import { erf } from '../reference/erf.ts'
import type { Spec } from './spec.ts'
import { around, elementwise } from './unary.ts'

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

export const specs: Spec[] = [
  elementwise('relu', ops.relu, (x) => Math.max(x, 0), { draw: around(5) }),
  elementwise('leakyReLU', (x) => ops.leakyReLU(x), (x) => (x > 0 ? x : 0.2 * x), { draw: around(5) }),
  elementwise('leakyReLU, alpha 0.01', (x) => ops.leakyReLU(x, 0.01), (x) => (x > 0 ? x : 0.01 * x),
    { draw: around(5), ladder: [] }),
  elementwise('elu', (x) => ops.elu(x), (x) => (x > 0 ? x : Math.expm1(x)), { draw: around(8) }),
  elementwise('elu, alpha 0.3', (x) => ops.elu(x, 0.3), (x) => (x > 0 ? x : 0.3 * Math.expm1(x)),
    { draw: around(8), ladder: [] }),
  // Narrow, because the gradient in y loses digits where y nears its limits: test/oracles/elementwise.test.ts says how many.
  elementwise('tanh', ops.tanh, Math.tanh, { domain: [-3, 3] }),
  elementwise('sigmoid', ops.sigmoid, sigmoid, { domain: [-6, 6] }),
  elementwise('softplus', ops.softplus, (x) => Math.log1p(Math.exp(x)), { domain: [-15, 15] }),
  elementwise('swish', ops.swish, (x) => x * sigmoid(x), { domain: [-8, 8] }),
  // 1 + erf cancels below 0: an absolute error of 1e-7 · |x|
  elementwise('gelu', ops.gelu, (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)), { domain: [-4, 4], tolerance: 1e-6 }),
]
