// The same run in Node: the package, told by hand what the page's address says, on the file that the page has.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { createRuntime, imageDataset, Model, take } from 'ganglion'
import { imagesFromIdx, withIdxLabels } from 'ganglion/idx'
import { augmented } from 'ganglion/models'
import { defineFor, type ImageShape, type ModelName } from 'ganglion/node'
import { pointsOf } from '../../src/state/points.ts'
import sets from '../../src/state/sets.json'

/** What the page trains on: the first images of a set's file. */
function setOf(name: keyof typeof sets) {
  const [images, labels] = ['images', 'labels'].map((what) => (
    new Uint8Array(gunzipSync(readFileSync(new URL(`../../public/data/${name}-${what}.idx.gz`, import.meta.url))))))
  return take(withIdxLabels(imagesFromIdx(images!, name), labels!, name), sets[name].trained)
}
export const digits = () => setOf('mnist')

const points = (name: string) => imageDataset({ name, shape: [1, 1, 2], ...pointsOf(name, 5000) })

const PAGE = ['model', 'data', 'batch', 'latent', 'rate', 'seed', 'steps', 'view', 'digest', 'augment']
const one = (text: string) => (Number.isNaN(Number(text)) ? text : Number(text))
const valueOf = (text: string) => (text.includes(',') ? text.split(',').map(one) : one(text))

/** The digest that settings, as an address has them, end in. */
export async function digestOf(hash: string): Promise<string> {
  const given = Object.fromEntries(new URLSearchParams(hash.replace('#', ''))) as Record<string, string | undefined>
  const { model: kind = 'vae', data: from = 'mnist', batch = 64, latent, rate, seed = 1, steps, augment } = given
  const others = Object.entries(given).filter(([name]) => !PAGE.includes(name)).map(([name, text]) => [name, valueOf(text!)])
  const options = {
    ...(latent && { latent: Number(latent) }), ...(rate && { learningRate: Number(rate) }), ...Object.fromEntries(others),
  }
  const data = from in sets ? setOf(from as keyof typeof sets) : points(from)
  const definition = defineFor(data.shape as ImageShape, kind as ModelName, options, data.classes ?? 10)
  const changed = augment ? augmented(definition, augment) : definition
  const model = await Model.create(await createRuntime(), changed, { seed: Number(seed) })
  await model.fit(data, { epochs: 1000, batchSize: Number(batch), steps: Number(steps) })
  return model.digest()
}
