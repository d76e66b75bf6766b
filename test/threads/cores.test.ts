// The eight cores: what they import, what they export, and that the same kernels have the same names in all.
import { expect, test } from 'vitest'
import { coreBytes } from '../../src/runtime/cores.ts'
import { features } from '../../src/runtime/features.ts'

const precisions = features().relaxedSimd.available ? ['deterministic', 'relaxed'] as const : ['deterministic'] as const
const SHARED = ['failThread', 'runThread']

const builds = precisions.flatMap((precision) => [[precision, false], [precision, true]] as const)

test.each(builds)('%s, wide %s: alone it imports nothing, for threads its memory only', async (precision, wide) => {
  const alone = await WebAssembly.compile(await coreBytes(precision, false, wide))
  const shared = await WebAssembly.compile(await coreBytes(precision, true, wide))
  expect(WebAssembly.Module.imports(alone)).toEqual([])
  expect(WebAssembly.Module.imports(shared)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }])
  const names = (module: WebAssembly.Module) => WebAssembly.Module.exports(module).map(({ name }) => name).sort()
  expect(names(shared)).toEqual([...names(alone), ...SHARED].sort())
})
