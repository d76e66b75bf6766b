import { rounding, unary } from '../../src/verify/cases/unary.ts'
import { erf } from '../reference/erf.ts'
import { each } from './elementwise.ts'
import { specsOf } from './spec.ts'

export const specs = [...specsOf(unary, {
  negative: each((x) => -x),
  abs: each(Math.abs),
  sign: each(Math.sign),
  square: each((x) => x * x),
  reciprocal: each((x) => 1 / x),
  sqrt: each(Math.sqrt),
  rsqrt: each((x) => 1 / Math.sqrt(x)),
  exp: each(Math.exp),
  expm1: each(Math.expm1),
  log: each(Math.log),
  log1p: each(Math.log1p),
  sin: each(Math.sin),
  cos: each(Math.cos),
  erf: each(erf),
}, { tolerance: 3e-7 }), ...specsOf(rounding, { floor: each(Math.floor) }, { tolerance: 0 })]
