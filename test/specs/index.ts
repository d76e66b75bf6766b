// All specs. An op without a spec fails test/ops.test.ts.
import { specs as arithmetic } from './arithmetic.ts'
import { specs as conv2d } from './conv2d.ts'
import { specs as matmul } from './matmul.ts'
import type { Spec } from './spec.ts'

export const specs: readonly Spec[] = [...arithmetic, ...conv2d, ...matmul]
