import * as ops from '../../ops/activation.ts'
import { around } from '../draw.ts'
import type { OpCases } from './case.ts'
import { elementwise } from './unary.ts'

export const activation: readonly OpCases[] = [
  elementwise('relu', ops.relu, { draw: around(5) }),
  elementwise('leakyReLU', (x) => ops.leakyReLU(x), { draw: around(5) }),
  elementwise('leakyReLU(0.01)', (x) => ops.leakyReLU(x, 0.01), { draw: around(5) }),
  elementwise('elu', (x) => ops.elu(x), { draw: around(8) }),
  elementwise('elu(0.3)', (x) => ops.elu(x, 0.3), { draw: around(8) }),
  // Narrow, because the gradient in y loses digits where y nears its limits: test/oracles/elementwise.test.ts says how many.
  elementwise('tanh', ops.tanh, { domain: [-3, 3] }),
  elementwise('sigmoid', ops.sigmoid, { domain: [-6, 6] }),
  elementwise('softplus', ops.softplus, { domain: [-15, 15] }),
  elementwise('swish', ops.swish, { domain: [-8, 8] }),
  elementwise('gelu', ops.gelu, { domain: [-4, 4] }),
]
