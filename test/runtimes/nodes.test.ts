// Every Node that the package supports: as a module, and through `require`; with vectors of 256 bits where V8 makes them.
import { expect, test } from 'vitest'
import { inProcess, type Place } from './lib/place.ts'
import { module, project, run } from './lib/project.ts'
import { expectSame, type Report } from './lib/report.ts'
import { expectVerified, MOST, runtimeTest, USUAL } from './lib/runtime_test.ts'

/** A product, often enough for V8's optimizing compiler to have met its tile. */
const product = (wide: boolean): string => `
  import { createRuntime, input, ops } from 'ganglion'
  const session = await (await createRuntime({ wide: ${wide} })).session()
  const y = ops.matmul(input('a', [128, 256]), input('b', [256, 128]))
  const fn = session.compile({ group: 'product', stages: [{ outputs: { y } }] })
  for (const name of ['a', 'b']) fn.feed(name, new Float32Array(128 * 256))
  for (let i = 0; i < 50; i++) {
    fn.run(20)
    await new Promise((done) => setTimeout(done, 10))
  }
`

for (const major of [20, 22, 24, 26] as const) {
  const binary = module(`node-${major}/bin/node`)
  const verified = major === 24 ? MOST : USUAL
  const more = (ask: Place['ask'], missing: string | null): void => {
    test('require', async ({ skip }) => {
      if (missing) skip(`not run here: ${missing}`)
      const place = await inProcess(binary, [], '', 'required.cjs')
      expectSame(await place.ask<Report>({ most: 2 }), 2)
    })

    if (major < 24) {
      test('wide vectors are refused', async ({ skip }) => {
        if (missing) skip(`not run here: ${missing}`)
        await expect(ask({ what: 'verify', wide: true, recipes: ['op/exp'] })).rejects.toThrow('wide vectors are not available')
      })
      return
    }
    const counts = major === 24 ? [1, 2, 3] : [1, 2]
    test(`wide vectors: the same digests, with ${counts.join(', ')} threads`, async ({ skip }) => {
      if (missing) skip(`not run here: ${missing}`)
      for (const threads of counts) await expectVerified({ ask }, threads, Infinity, true)
    })
    test('wide vectors: V8 joins those of the matrix product, and none without', async ({ skip }) => {
      if (missing) skip(`not run here: ${missing}`)
      const cwd = project({ 'wide.mjs': product(true), 'narrow.mjs': product(false) })
      const traced = (file: string) => run(binary, ['--trace-wasm-revectorize', file], { cwd })
      // A row of the tile is two products of two vectors each.
      expect((await traced('wide.mjs')).match(/PackNode .*\[F32x4Mul\]/g)?.length).toBeGreaterThanOrEqual(8)
      expect(await traced('narrow.mjs')).not.toContain('PackNode')
    })
  }
  runtimeTest(`Node ${major}`, true, { more, verified })
}
