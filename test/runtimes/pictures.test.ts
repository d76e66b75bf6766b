// Pictures of every kind are prepared to the same bytes in every runtime, here and in workers.
import { describe, expect, test } from 'vitest'
import { DIGEST, FOLDER, OPTIONS, read } from '../pictures/prepared.ts'
import type { Question } from './lib/place.ts'
import { RUNTIMES } from './lib/runtimes.ts'

const files = Object.entries(FOLDER).map(([path, name]) => [path, Buffer.from(read(name)).toString('base64')] as const)
const asked: Omit<Question, 'workers'> = { what: 'pictures', files, options: OPTIONS }
const expected = { digest: DIGEST, same: true, count: 14, classNames: ['others', 'png'] }

describe.each(['Node 20', 'Node 24', 'Deno', 'Bun', 'Chromium', 'Firefox', 'WebKitGTK'] as const)('%s', (name) => {
  const { missing, start } = RUNTIMES[name]
  const pages = /^(Chromium|Firefox|WebKit)/.test(name)

  test('the digest of a prepared set', async ({ skip }) => {
    if (missing) skip(`not run here: ${missing}`)
    const place = await start()
    try {
      for (const workers of [0, 2]) expect(await place.ask({ ...asked, workers, in: 'worker' })).toMatchObject(expected)
      if (!pages) return
      // Under a policy that allows WebAssembly and files of the site, and no more.
      for (const workers of [0, 2]) {
        expect(await place.ask({ ...asked, workers, in: 'page', site: 'strict' })).toMatchObject(expected)
      }
    } finally {
      await place.close()
    }
  })
})
