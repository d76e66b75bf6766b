// The same run in Node: the package, told by hand what the page's address says, on the file that the page has.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import * as ganglion from 'ganglion'
import { imagesFromIdx } from 'ganglion/idx'

const { createRuntime, Model, take } = ganglion
const images = () => new Uint8Array(gunzipSync(readFileSync(new URL('../../public/data/mnist-images.idx.gz', import.meta.url))))

/** The digest that settings, as an address has them, end in. */
export async function digestOf(hash: string): Promise<string> {
  const { model: kind = 'vae', ...given } = Object.fromEntries(new URLSearchParams(hash.replace('#', '')))
  const { batch = 64, latent, rate, seed = 1, steps } = given as Record<string, string | undefined>
  const options = { ...(latent && { latent: Number(latent) }), ...(rate && { learningRate: Number(rate) }) }
  const define = ganglion[kind as 'vae']
  const model = await Model.create(await createRuntime(), define(options), { seed: Number(seed) })
  const data = take(imagesFromIdx(images(), 'mnist'), 5000)
  await model.fit(data, { epochs: 1000, batchSize: Number(batch), steps: Number(steps) })
  return model.digest()
}
