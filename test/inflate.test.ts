// The inlined core is unpacked by zlib where there is Node's, by DecompressionStream elsewhere: the same bytes.
import { readFileSync } from 'node:fs'
import { deflateRawSync } from 'node:zlib'
import { afterEach, expect, test, vi } from 'vitest'
import { GanglionError } from '../src/errors.ts'
import { inflate } from '../src/runtime/inflate.ts'

const bytes = readFileSync(new URL('../build/ganglion.wasm', import.meta.url))
const text = deflateRawSync(bytes).toString('base64')

const withoutZlib = () => vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined)
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

test('zlib unpacks it where it is there, and nothing else is asked', async () => {
  vi.stubGlobal('DecompressionStream', undefined)
  expect(bytes.equals(await inflate(text))).toBe(true)
})

test('DecompressionStream unpacks it elsewhere', async () => {
  withoutZlib()
  expect(bytes.equals(await inflate(text))).toBe(true)
})

const OLD: [string, unknown][] = [
  ['no DecompressionStream', undefined],
  ['one without deflate-raw', class { constructor(format: string) { throw new TypeError(format) } }],
]
test.each(OLD)('an engine with %s is refused with what to do', async (_, found) => {
  withoutZlib()
  vi.stubGlobal('DecompressionStream', found)
  const refused = inflate(text)
  await expect(refused).rejects.toBeInstanceOf(GanglionError)
  await expect(refused).rejects.toThrow(
    "the core cannot be unpacked here: this engine has no DecompressionStream('deflate-raw'); use Chrome 103, " +
    "Firefox 113, Safari 16.4 or newer, or give the core as a file, createRuntime({ core: new URL('…/ganglion.wasm') })",
  )
})
