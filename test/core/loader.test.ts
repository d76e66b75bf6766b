// The raw cores of the package, embedded the AssemblyScript way: `@assemblyscript/loader` instantiates each from bytes, from a
// module and from an answer, and a tape written by hand runs. (The package itself does without the loader, see CONTRIBUTING.)
import { readFileSync } from 'node:fs'
import { instantiate } from '@assemblyscript/loader'
import { describe, expect, test } from 'vitest'

interface Exports extends Record<string, unknown> {
  memory: WebAssembly.Memory
  table: WebAssembly.Table
  heapBase(): number
  run(tape: number, steps: number): number
}

const bytesOf = (name: string) => readFileSync(new URL(`../../build/${name}`, import.meta.url))
const FILE = 'ganglion.wasm'
const SOURCES = {
  bytes: () => bytesOf(FILE),
  module: () => new WebAssembly.Module(bytesOf(FILE)),
  answer: () => new Response(bytesOf(FILE), { headers: { 'content-type': 'application/wasm' } }),
}

/** y = −x for four floats, by a tape of one op. The loader's own exports are wrapped; a kernel is known by its own name. */
function negate(instance: WebAssembly.Instance, memory?: WebAssembly.Memory): number[] {
  const exports = instance.exports as unknown as Exports
  memory ??= exports.memory
  const kernel = (exports['negative_f32'] as { name: string }).name
  const index = Array.from({ length: exports.table.length }, (_, i) => i)
    .find((i) => (exports.table.get(i) as { name: string } | null)?.name === kernel)!
  const base = Math.ceil(exports.heapBase() / 64) * 64
  const [control, x, y, tape] = [base, base + 64, base + 128, base + 192]
  new Float32Array(memory.buffer, x, 4).set([1, -2, 0.5, 3])
  new Int32Array(memory.buffer, tape, 9).set([control, index, 7, x, y, 4, 0, 0, 0])
  expect(exports.run(tape, 2)).toBe(2)
  return [...new Float32Array(memory.buffer, y, 4)]
}

describe('@assemblyscript/loader runs the raw core', () => {
  test.each(Object.entries(SOURCES))('from its %s', async (_, source) => {
    const { instance } = await instantiate<Exports>(source())
    expect(negate(instance)).toEqual([-1, 2, -0.5, -3])
  })
  test('for threads, on a shared memory', async () => {
    const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true })
    const { instance } = await instantiate<Exports>(bytesOf('ganglion-threads.wasm'), { env: { memory } })
    expect(negate(instance, memory)).toEqual([-1, 2, -0.5, -3])
  })
})
