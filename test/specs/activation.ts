import { activation } from '../../src/verify/cases/activation.ts'
import { erf } from '../reference/erf.ts'
import { each } from './elementwise.ts'
import { specsOf } from './spec.ts'

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

export const specs = specsOf(activation, {
  relu: each((x) => Math.max(x, 0)),
  leakyReLU: each((x) => (x > 0 ? x : 0.2 * x)),
  'leakyReLU(0.01)': each((x) => (x > 0 ? x : 0.01 * x)),
  elu: each((x) => (x > 0 ? x : Math.expm1(x))),
  'elu(0.3)': each((x) => (x > 0 ? x : 0.3 * Math.expm1(x))),
  tanh: each(Math.tanh),
  sigmoid: each(sigmoid),
  softplus: each((x) => Math.log1p(Math.exp(x))),
  swish: each((x) => x * sigmoid(x)),
  // 1 + erf cancels below 0: an absolute error of 1e-7 · |x|
  gelu: [each((x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2))), { tolerance: 1e-6 }],
}, { tolerance: 3e-7 })
