// Exported modules draw what `sample` draws: in every runtime, and in hosts that are not JavaScript.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { wabt } from './hosts/wabt.ts'
import { wasmtime } from './hosts/wasmtime.ts'
import { COUNT, hashOf, SEED } from './lib/standalone.ts'
import { RUNTIMES, type RuntimeName } from './lib/runtimes.ts'

const folder = join(inject('installed'), 'standalone')
const drawn = JSON.parse(readFileSync(join(folder, 'drawn.json'), 'utf8')) as Readonly<Record<string, string>>

test.for(Object.keys(RUNTIMES) as RuntimeName[])('in %s', async (name, { skip }) => {
  const { missing, start } = RUNTIMES[name]
  if (missing) skip(`not run here: ${missing}`)
  const place = await start()
  try {
    expect(await place.ask({ what: 'standalone', in: 'worker' })).toEqual(drawn)
  } finally {
    await place.close()
  }
})

const hosts = [await wasmtime(), await wabt()]
afterAll(() => Promise.all(hosts.map(({ close }) => close())))

describe.each(hosts)('in $name', ({ missing, call }) => {
  test.for(Object.keys(drawn))('%s', async (name, { skip }) => {
    if (missing) skip(`not run here: ${missing}`)
    const bytes = readFileSync(join(folder, name))
    const { memory, result } = await call(bytes, 'generate', [SEED % 2 ** 32, Math.floor(SEED / 2 ** 32), COUNT])
    expect(hashOf(new Uint8Array(memory, result, COUNT * sizeOf(bytes)))).toBe(drawn[name])
  })
})

/** Bytes of an image of a module. */
function sizeOf(bytes: Uint8Array<ArrayBuffer>): number {
  const { memory, info } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as
    { memory: WebAssembly.Memory, info(): number }
  const text = new Uint8Array(memory.buffer, info())
  const { imageShape } = JSON.parse(new TextDecoder().decode(text.slice(0, text.indexOf(0)))) as { imageShape: number[] }
  return imageShape.reduce((n, d) => n * d, 4)
}
