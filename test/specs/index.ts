// All specs. An op without a spec fails test/ops.test.ts.
import { specs as activation } from './activation.ts'
import { specs as arithmetic } from './arithmetic.ts'
import { specs as compare } from './compare.ts'
import { specs as conv2d } from './conv2d.ts'
import { specs as losses } from './losses.ts'
import { specs as matmul } from './matmul.ts'
import type { Spec } from './spec.ts'
import { specs as unary } from './unary.ts'

export const specs: readonly Spec[] = [...arithmetic, ...unary, ...activation, ...compare, ...conv2d, ...matmul, ...losses]
