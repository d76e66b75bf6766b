// The engine as it is, and engines that lack something, played.
import { spawnSync } from 'node:child_process'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { features } from '../../src/runtime/features.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

test('this Node has SIMD and threads', () => {
  const { simd, threads } = features()
  expect(simd).toEqual({ available: true, reason: 'every kernel uses it' })
  expect(threads).toEqual({ available: true, reason: 'the engine has shared memory and atomics' })
})

const on20 = test.runIf(process.versions.node.startsWith('20.'))
on20('relaxed SIMD: behind a flag in Node 20, and with the flag the probe is valid', () => {
  const flag = '--experimental-wasm-relaxed-simd'
  const reason = `Node ${process.versions.node} has it behind the flag ${flag}; Node 22 has it without`
  expect(features().relaxedSimd).toEqual({ available: false, reason })
  const code = `import('./dist/index.js').then(({ features }) => console.log(features().relaxedSimd.available))`
  expect(spawnSync(process.execPath, [flag, '-e', code], { encoding: 'utf8' }).stdout).toBe('true\n')
})

describe('an engine', () => {
  test('that validates nothing', () => {
    vi.spyOn(WebAssembly, 'validate').mockReturnValue(false)
    vi.stubGlobal('process', { versions: { node: '22.1.0' } })
    const { simd, relaxedSimd, threads } = features()
    expect([simd.available, relaxedSimd.available, threads.available]).toEqual([false, false, false])
    expect(simd.reason).toContain('does not know WebAssembly SIMD, which Ganglion needs')
    expect(relaxedSimd.reason).toBe('this engine does not know WebAssembly relaxed SIMD; the deterministic core does not need it')
    expect(threads.reason).toBe('this engine does not know WebAssembly atomics')
  })

  test.each<[string, object]>([
    ['EdgeRuntime', { EdgeRuntime: 'edge-runtime' }], ['workerd', { navigator: { userAgent: 'Cloudflare-Workers' } }],
  ])('of the edge starts no workers, though it may have Node\'s modules: %s', (_, globals) => {
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value)
    expect(features().threads).toEqual({ available: false, reason: 'no worker can be started from here' })
  })

  test.each([
    ['not isolated', { crossOriginIsolated: false }, 'this page is not cross-origin isolated, and so has no shared memory; ' +
      'serve it with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, ' +
      'and train in a Web Worker'],
    ['isolated', { crossOriginIsolated: true, SharedArrayBuffer: undefined },
      'this engine has no SharedArrayBuffer, though the page is cross-origin isolated'],
    ['without pages', { SharedArrayBuffer: undefined }, 'this engine has no SharedArrayBuffer'],
  ])('without shared memory: %s', (_, globals, reason) => {
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value)
    expect(features().threads).toEqual({ available: false, reason })
  })
})
