// The same run in Node: the package, told by hand what the page's address says, on the file that the page has.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { createRuntime, Model, take } from 'ganglion'
import { imagesFromIdx, withIdxLabels } from 'ganglion/idx'
import { defineFor, type ImageShape, type ModelName } from 'ganglion/node'

const file = (name: string) => (
  new Uint8Array(gunzipSync(readFileSync(new URL(`../../public/data/mnist-${name}.idx.gz`, import.meta.url)))))

/** What the page trains on. */
export const digits = () => take(withIdxLabels(imagesFromIdx(file('images'), 'mnist'), file('labels'), 'mnist'), 5000)

const PAGE = ['model', 'data', 'batch', 'latent', 'rate', 'seed', 'steps', 'view', 'digest']
const one = (text: string) => (Number.isNaN(Number(text)) ? text : Number(text))
const valueOf = (text: string) => (text.includes(',') ? text.split(',').map(one) : one(text))

/** The digest that settings, as an address has them, end in. */
export async function digestOf(hash: string): Promise<string> {
  const given = Object.fromEntries(new URLSearchParams(hash.replace('#', ''))) as Record<string, string | undefined>
  const { model: kind = 'vae', batch = 64, latent, rate, seed = 1, steps } = given
  const others = Object.entries(given).filter(([name]) => !PAGE.includes(name)).map(([name, text]) => [name, valueOf(text!)])
  const options = {
    ...(latent && { latent: Number(latent) }), ...(rate && { learningRate: Number(rate) }), ...Object.fromEntries(others),
  }
  const data = digits()
  const definition = defineFor(data.shape as ImageShape, kind as ModelName, options, 10)
  const model = await Model.create(await createRuntime(), definition, { seed: Number(seed) })
  await model.fit(data, { epochs: 1000, batchSize: Number(batch), steps: Number(steps) })
  return model.digest()
}
