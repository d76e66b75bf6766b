// All specs. test/ops.test.ts runs them; an op without one fails test/ops.complete.test.ts, and so does one whose cases are
// not those that `verify` runs.
import { specs as activation } from './activation.ts'
import { specs as arithmetic } from './arithmetic.ts'
import { specs as broadcastTo } from './broadcast_to.ts'
import { specs as cholesky } from './cholesky.ts'
import { specs as compare } from './compare.ts'
import { specs as conv2d } from './conv2d.ts'
import { specs as depthwise } from './depthwise.ts'
import { specs as gathering } from './gathering.ts'
import { specs as losses } from './losses.ts'
import { specs as matmul } from './matmul.ts'
import { specs as normalization } from './normalization.ts'
import { specs as pooling } from './pooling.ts'
import { specs as resize } from './resize.ts'
import type { Spec } from './spec.ts'
import { specs as statistics } from './statistics.ts'
import { specs as structure } from './structure.ts'
import { specs as unary } from './unary.ts'

export const specs: readonly Spec[] = [
  ...activation,
  ...arithmetic,
  ...broadcastTo,
  ...cholesky,
  ...compare,
  ...conv2d,
  ...depthwise,
  ...gathering,
  ...losses,
  ...matmul,
  ...normalization,
  ...pooling,
  ...resize,
  ...statistics,
  ...structure,
  ...unary,
]
