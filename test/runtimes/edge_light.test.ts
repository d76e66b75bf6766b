// Vercel's edge runtime, whose bundlers take the condition `edge-light`: the package trains there as it does here.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createRuntime, imageDataset, Model, vae } from '../../src/entries/index.ts'
import { inEdgeRuntime } from './lib/edge.ts'
import { project } from './lib/project.ts'

const images = Uint8Array.from({ length: 12 * 36 }, (_, i) => (i * 37) % 256)
const PROGRAM = `import { createRuntime, imageDataset, Model, vae } from 'ganglion'

export async function train(images) {
  const model = await Model.create(await createRuntime(), vae({ hidden: 8, latent: 2, imageShape: [6, 6, 1] }), { seed: 4 })
  await model.fit(imageDataset({ images: Uint8Array.from(images), shape: [6, 6, 1] }), { epochs: 3, batchSize: 4 })
  return model.digest()
}
`

test('trains, to the same bits', async () => {
  const folder = project()
  writeFileSync(join(folder, 'train.js'), PROGRAM)
  const model = await Model.create(await createRuntime(), vae({ hidden: 8, latent: 2, imageShape: [6, 6, 1] }), { seed: 4 })
  await model.fit(imageDataset({ images, shape: [6, 6, 1] }), { epochs: 3, batchSize: 4 })
  const found = await inEdgeRuntime(folder, 'train.js', `await program.train([${images.join()}])`)
  expect(found).toBe(await model.digest())
})

test('takes the module that its bundler made, for it compiles none itself', async () => {
  const folder = project()
  writeFileSync(join(folder, 'compile.js'), 'export const compile = (bytes) => WebAssembly.compile(Uint8Array.from(bytes))\n')
  const refused = 'await program.compile([0, 97, 115, 109, 1, 0, 0, 0]).then(() => "compiled", ({ name }) => name)'
  expect(await inEdgeRuntime(folder, 'compile.js', refused)).toBe('CompileError')
})
