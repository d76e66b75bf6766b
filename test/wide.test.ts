// Cores for vectors of 256 bits: the same bits, refused with a reason where there are none. What V8 makes of them is asked of
// Node 24 and 26, in test/runtimes.
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { GanglionError } from '../src/errors.ts'
import { features } from '../src/runtime/features.ts'
import { createRuntime } from '../src/runtime/create_runtime.ts'
import { verify } from '../src/verify/index.ts'
import { ganglion } from './cli/ganglion.ts'

afterEach(() => void vi.unstubAllGlobals())

test('the wide core gives the golden digests where nothing joins its vectors', async () => {
  const core = readFileSync(new URL('../build/ganglion-wide.wasm', import.meta.url))
  const { results, summary } = await verify({ core })
  expect(results.filter(({ ok }) => !ok)).toEqual([])
  expect(summary).toContain('the same bits')
})

const node = (node: string, arch = 'x64', more = {}) => ({ process: { arch, versions: { node, ...more } } })
describe('wide vectors', () => {
  test.each<[string, boolean, object]>([
    ['Node 24 on x64', true, node('24.21.0')],
    ['Node 22', false, node('22.20.0')],
    ['Node 24 on arm64', false, node('24.21.0', 'arm64')],
    ['Deno, which has a Node', false, node('24.2.0', 'x64', { deno: '2.9.6' })],
    ['Bun, which has a Node', false, node('24.3.0', 'x64', { bun: '1.4.0' })],
    ['Electron, which has a Node', false, node('24.2.0', 'x64', { electron: '44.0.0' })],
    ['a page', false, { process: undefined }],
  ])('%s: %s', (_, available, globals) => {
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value)
    const found = features().wideVectors
    expect(found.available).toBe(available)
    expect(found.reason).toMatch(/^V8 joins two of 128 bits in Node 24 or newer, on x64, with --experimental-wasm/)
  })

  test('refused where there are none', async () => {
    vi.stubGlobal('process', node('22.20.0').process)
    const refused = createRuntime({ wide: true })
    await expect(refused).rejects.toThrow(GanglionError)
    await expect(refused).rejects.toThrow('wide vectors are not available: V8 joins two of 128 bits in Node 24 or newer')
  })

  test('only true and false', async () => {
    await expect(createRuntime({ wide: 'auto' as unknown as boolean })).rejects.toThrow(
      new TypeError("createRuntime: wide is 'auto', expected true or false"),
    )
  })

  test('on the command line: on, off, auto', async () => {
    const { stderr, code } = await ganglion(['verify', 'op/exp', '--wide', 'maybe'])
    expect(stderr).toContain('--wide expected on or off or auto, got "maybe"')
    expect(code).toBe(2)
    for (const wide of ['off', 'auto']) {
      const { stdout } = await ganglion(['verify', 'op/exp', '--wide', wide])
      expect(stdout).toContain('the same bits: 1 of 1 digests')
    }
  })
})
