// Matrix products and convolutions in the register tile that this engine does not choose (`tall` in src/ops/lowering/gemm.ts).
import { describe, it, vi } from 'vitest'
import { specs as conv2d } from './specs/conv2d.ts'
import { specs as matmul } from './specs/matmul.ts'
import { expectValues } from './values.ts'

vi.hoisted(() => {
  const engine = globalThis as { Float16Array?: unknown }
  if (engine.Float16Array) delete engine.Float16Array
  else engine.Float16Array = class {}
})

describe.each([...conv2d, ...matmul].map((spec) => [spec.op, spec] as const))('%s', (_, spec) => {
  it.each(spec.cases.map((c, i) => [c.name ?? c.shapes.join(' '), c, i + 1] as const))('%s', async (_name, c, seed) => {
    await expectValues(spec, c, seed)
  })
})
