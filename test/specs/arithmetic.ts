import { arithmetic } from '../../src/verify/cases/arithmetic.ts'
import { pairs } from './elementwise.ts'
import { specsOf } from './spec.ts'

export const specs = specsOf(arithmetic, {
  add: pairs((a, b) => a + b),
  sub: pairs((a, b) => a - b),
  mul: pairs((a, b) => a * b),
  div: pairs((a, b) => a / b),
})
