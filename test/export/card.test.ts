// The model card of a safetensors folder: what Hugging Face's tools read of it, by part and by whom the weights are for.
import { expect, test } from 'vitest'
import { exportModel } from '../../src/export/export.ts'
import type { Part } from '../../src/export/part.ts'
import { gan, vae } from '../../src/entries/index.ts'
import { Model } from '../../src/train/model.ts'
import { runtime } from '../harness.ts'

const models = {
  vae: await Model.create(runtime, vae({ hidden: 4, latent: 2 })), gan: await Model.create(runtime, gan({ hidden: 4 })),
}
const cardOf = async (model: Model, options: object) =>
  (await exportModel(model, 'safetensors', options)).get('README.md') as string

test.each<[Part, keyof typeof models, string]>([
  ['generator', 'gan', 'unconditional-image-generation'], ['decoder', 'vae', 'unconditional-image-generation'],
  ['encoder', 'vae', 'image-feature-extraction'], ['autoencoder', 'vae', 'image-to-image'],
  ['discriminator', 'gan', 'image-classification'],
])('the %s of a %s is for %s', async (part, kind, tag) => {
  const card = await cardOf(models[kind], { part, license: 'mit' })
  expect(card.split('\n').slice(0, 10)).toEqual([
    '---', 'library_name: pytorch', `pipeline_tag: ${tag}`, 'license: mit', 'tags:', '- ganglion', `- ${kind}`, `- ${part}`,
    '---', '',
  ])
  expect(card).toContain(`SHA-256 is \`${await models[kind].digest()}\``)
  expect(card).toContain("module = load('model.safetensors')")
})

test('for Keras it says so, and names no module', async () => {
  const card = await cardOf(models.vae, { for: 'keras' })
  expect(card).toContain('library_name: keras\n')
  expect(card).toContain('license: unknown\n')
  expect(card).not.toContain('load(')
})
