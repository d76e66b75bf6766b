// All specs. An op without a spec fails test/ops.test.ts.
import { specs as arithmetic } from './arithmetic.ts'
import type { Spec } from './spec.ts'

export const specs: readonly Spec[] = [...arithmetic]
