// The four cores: what they import, what they export, and that the same kernels have the same names in all.
import { expect, test } from 'vitest'
import { coreBytes } from '../../src/runtime/cores.ts'
import { features } from '../../src/runtime/features.ts'

const precisions = features().relaxedSimd.available ? ['deterministic', 'relaxed'] as const : ['deterministic'] as const
const SHARED = ['failThread', 'runThread']

test.each(precisions)('%s: alone it imports nothing, for threads its memory only', async (precision) => {
  const alone = await WebAssembly.compile(await coreBytes(precision, false))
  const shared = await WebAssembly.compile(await coreBytes(precision, true))
  expect(WebAssembly.Module.imports(alone)).toEqual([])
  expect(WebAssembly.Module.imports(shared)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }])
  const names = (module: WebAssembly.Module) => WebAssembly.Module.exports(module).map(({ name }) => name).sort()
  expect(names(shared)).toEqual([...names(alone), ...SHARED].sort())
})
