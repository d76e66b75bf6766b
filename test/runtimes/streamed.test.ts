// Sets that stay in their file, which threads read while a run trains: where a runtime has files, the run is that of memory.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeNpy } from '../../src/formats/npy.ts'
import { RUNTIMES } from './lib/runtimes.ts'

const folder = mkdtempSync(join(tmpdir(), 'ganglion-streamed-'))
const path = join(folder, 'images.npy')
/** Ten megabytes: the window on a file has eight. */
const COUNT = 40_000
beforeAll(() => {
  const data = Uint8Array.from({ length: COUNT * 256 }, (_, i) => (i * 37 + (i >> 8) * 11) % 256)
  writeFileSync(path, encodeNpy({ shape: [COUNT, 16, 16], data }))
})
afterAll(() => rmSync(folder, { recursive: true }))

const digests = new Set<string>()
test.for(['Node 20', 'Node 26', 'Deno', 'Bun'] as const)('in %s', { timeout: 120_000 }, async (name, { skip }) => {
  const { missing, start } = RUNTIMES[name]
  if (missing) skip(`not run here: ${missing}`)
  const place = await start()
  try {
    const { memory, file } = await place.ask<{ memory: string, file: string }>({ what: 'streamed', path })
    expect(file).toBe(memory)
    digests.add(file)
    expect(digests.size).toBe(1)
  } finally {
    await place.close()
  }
})
