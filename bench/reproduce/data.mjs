// Data of recipes, written once into their folder, each file whole or not at all. The fixed binarisation of Larochelle and Murray
// (2011) is in no registry: pixels are drawn once, white with the probability of their grey value, by the core's Philox from the
// seed 17.
import { createRuntime, ops } from 'ganglion'
import { encodeNpy } from 'ganglion/npy'
import { writeIdx } from 'ganglion/idx'
import { loadDataset } from 'ganglion/node'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeWhole } from './runs.mjs'

const SEED = 17
const SIZE = 784
const ROWS = 1000

/** Training and test images of MNIST as one file. */
export async function allDigits(folder) {
  const data = join(folder, 'mnist-70000.npy')
  if (!existsSync(data)) {
    const parts = await Promise.all(['train', 'test'].map((split) => loadDataset('mnist', { split })))
    const images = Uint8Array.from(parts.flatMap(({ images: some }) => [...some]))
    await writeWhole(data, encodeNpy({ shape: [images.length / SIZE, 28, 28, 1], data: images }))
  }
  return { data }
}

/** Black and white digits: `fit`, the first 50,000, and the last 10,000 to judge by; `test`, the 10,000 test images. */
export async function binaryDigits(folder) {
  const [fit, test] = [join(folder, 'fit'), join(folder, 'test-images')]
  if (existsSync(test)) return { fit, test }
  await mkdir(fit, { recursive: true })
  const draw = await binariser()
  const train = draw((await loadDataset('mnist')).images)
  const idx = (bytes) => writeIdx([bytes.length / SIZE, 28, 28], bytes)
  await writeWhole(join(fit, 'train-images-idx3-ubyte'), idx(train.subarray(0, 50_000 * SIZE)))
  await writeWhole(join(fit, 't10k-images-idx3-ubyte'), idx(train.subarray(50_000 * SIZE)))
  await writeWhole(test, idx(draw((await loadDataset('mnist', { split: 'test' })).images)))
  return { fit, test }
}

async function binariser() {
  const session = await (await createRuntime()).session(SEED)
  const fn = session.compile({ group: 'binarise', stages: [{ outputs: { u: ops.randomUniform([ROWS, SIZE], 'binarise') } }] })
  return (bytes) => {
    const made = new Uint8Array(bytes.length)
    for (let first = 0; first < bytes.length; first += ROWS * SIZE) {
      fn.run(1)
      fn.read('u').forEach((u, i) => { made[first + i] = u < bytes[first + i] / 255 ? 255 : 0 })
    }
    return made
  }
}
