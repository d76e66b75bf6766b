// All specs. An op without a spec fails test/ops.test.ts.
import { specs as arithmetic } from './arithmetic.ts'
import { specs as depthwise } from './depthwise.ts'
import { specs as normalization } from './normalization.ts'
import { specs as pooling } from './pooling.ts'
import { specs as resize } from './resize.ts'
import type { Spec } from './spec.ts'
import { specs as structure } from './structure.ts'

export const specs: readonly Spec[] = [...arithmetic, ...pooling, ...depthwise, ...resize, ...structure, ...normalization]
