// The eight cores: what they import, what they export, and that the same kernels have the same names in all.
import { readFileSync } from 'node:fs'
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

test.each(builds)('%s, wide %s: unpacked it is the compiled file, byte for byte', async (precision, wide) => {
  for (const shared of [false, true]) {
    const name = [precision === 'relaxed' && 'relaxed', wide && 'wide', shared && 'threads'].filter(Boolean)
    const built = readFileSync(new URL(`../../build/${['ganglion', ...name].join('-')}.wasm`, import.meta.url))
    expect(built.equals(await coreBytes(precision, shared, wide))).toBe(true)
  }
})
