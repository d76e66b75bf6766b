// TensorFlow.js. Arguments: `cpu`, `wasm` (as it comes) or `wasm-patched` (tfjs_patches.ts); its threads, if not 1.
import * as tf from '@tensorflow/tfjs'
import type { Contestant, Init } from '../protocol.ts'
import { addressOf, args } from './platform.ts'
import { noiseReader, readBatches, readWeights, serve } from './serve.ts'

const [flavour = 'cpu', threads = '1'] = args

type Weights = (name: string) => tf.Variable
type Scalar = tf.Scalar

const leaky = (x: tf.Tensor) => tf.leakyRelu(x, 0.2)
const dense = (w: Weights, x: tf.Tensor, name: string) =>
  tf.add(tf.matMul(x as tf.Tensor2D, w(`${name}.w`) as tf.Tensor2D), w(`${name}.b`))
const conv = (w: Weights, x: tf.Tensor, name: string, stride: number) =>
  tf.add(tf.conv2d(x as tf.Tensor4D, w(`${name}.w`) as tf.Tensor4D, stride, 'same'), w(`${name}.b`)) as tf.Tensor4D

function convT(w: Weights, x: tf.Tensor, name: string, stride: number, side: number, padding: 'same' | 'valid' = 'same') {
  const filter = w(`${name}.w`) as tf.Tensor4D
  const y = tf.conv2dTranspose(x as tf.Tensor4D, filter, [x.shape[0]!, side, side, filter.shape[2]], stride, padding)
  return tf.add(y, w(`${name}.b`)) as tf.Tensor4D
}

function norm(w: Weights, x: tf.Tensor, name: string) {
  const { mean, variance } = tf.moments(x, [0, 1, 2])
  const scale = tf.mul(tf.rsqrt(tf.add(variance, 1e-5)), w(`${name}.gamma`))
  return tf.add(tf.mul(tf.sub(x, mean), scale), w(`${name}.beta`))
}

function autoencoder(w: Weights, x: tf.Tensor): Scalar {
  const encoded = tf.maxPool(tf.relu(conv(w, x, 'c1', 3)), 2, 2, 'same')
  const code = tf.maxPool(tf.relu(conv(w, encoded, 'c2', 2)), 2, 2, 'same')
  const h = tf.relu(convT(w, tf.relu(convT(w, code, 't1', 2, 5, 'valid')), 't2', 3, 15))
  const y = tf.tanh(tf.image.resizeBilinear(convT(w, h, 't3', 2, 30), [28, 28]))
  return tf.mean(tf.square(tf.sub(y, x)))
}

function vae(w: Weights, x: tf.Tensor, epsilon: tf.Tensor): Scalar {
  const h = tf.relu(dense(w, x, 'e1'))
  const mu = dense(w, h, 'mu')
  const std = tf.exp(tf.div(dense(w, h, 'lv'), 2))
  const r = tf.tanh(dense(w, tf.relu(dense(w, tf.add(mu, tf.mul(std, epsilon)), 'd1')), 'd2'))
  const kl = tf.sub(tf.add(tf.square(mu), tf.square(std)), tf.add(tf.mul(tf.log(tf.add(std, 1e-8)), 2), 1))
  return tf.add(tf.sum(tf.square(tf.sub(x, r))), tf.mul(tf.sum(kl), 0.5))
}

const GENERATORS = {
  gan: (w: Weights, z: tf.Tensor) => tf.tanh(dense(w, tf.relu(dense(w, tf.relu(dense(w, z, 'g1')), 'g2')), 'g3')),
  dcgan(w: Weights, z: tf.Tensor) {
    const h = tf.relu(norm(w, tf.reshape(dense(w, z, 'gf'), [-1, 7, 7, 128]), 'gn0'))
    return tf.tanh(convT(w, tf.relu(norm(w, convT(w, h, 'gt1', 2, 14), 'gn1')), 'gt2', 2, 28))
  },
}
const JUDGES = {
  gan: (w: Weights, x: tf.Tensor) => dense(w, leaky(dense(w, leaky(dense(w, x, 'd1')), 'd2')), 'd3'),
  dcgan(w: Weights, x: tf.Tensor) {
    const h = leaky(norm(w, conv(w, leaky(conv(w, x, 'dc1', 2)), 'dc2', 2), 'dn'))
    return dense(w, tf.reshape(h, [h.shape[0]!, -1]), 'df')
  },
}
const real = (logits: tf.Tensor): Scalar => tf.mean(tf.softplus(tf.neg(logits)))
const fake = (logits: tf.Tensor): Scalar => tf.mean(tf.softplus(logits))

/** A step as a function of its images and noise; returns the losses. */
function stepOf({ model, learningRate, beta1, batch }: Init, variables: ReadonlyMap<string, tf.Variable>) {
  const w: Weights = (name) => variables.get(name)!
  const list = (first: string) => [...variables].filter(([name]) => name.startsWith(first)).map(([, v]) => v)
  const adam = () => tf.train.adam(learningRate, beta1, 0.999, 1e-8)
  if (model === 'autoencoder' || model === 'vae') {
    const optimizer = adam()
    const all = list('')
    return (x: tf.Tensor, [epsilon]: readonly tf.Tensor[]) => {
      const loss = optimizer.minimize(() => (model === 'vae' ? vae(w, x, epsilon!) : autoencoder(w, x)), true, all)!
      return [model === 'vae' ? tf.div(loss, batch) : loss]
    }
  }
  const [generate, judge] = [GENERATORS[model as 'gan' | 'dcgan'], JUDGES[model as 'gan' | 'dcgan']]
  const [dAdam, gAdam, dList, gList] = [adam(), adam(), list('d'), list('g')]
  return (x: tf.Tensor, [z1, z2]: readonly tf.Tensor[]) => {
    const images = generate(w, z1!)
    const d = dAdam.minimize(() => tf.add(real(judge(w, x)), fake(judge(w, images))), true, dList)!
    return [d, gAdam.minimize(() => real(judge(w, generate(w, z2!))), true, gList)!]
  }
}

async function load(): Promise<Contestant> {
  if (flavour !== 'cpu') {
    const { setThreadsCount, setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm')
    const address = addressOf('@tensorflow/tfjs-backend-wasm/wasm-out')
    if (address) setWasmPaths(address)
    setThreadsCount(Number(threads))
    if (flavour === 'wasm-patched') (await import('./tfjs_patches.ts')).patch()
  }
  await tf.setBackend(flavour === 'cpu' ? 'cpu' : 'wasm')
  await tf.ready()

  let run: ReturnType<typeof stepOf>
  let batches: tf.Tensor[]
  let noise: ReturnType<typeof noiseReader>
  let config: Init
  let t = 0
  return {
    versions: { tfjs: tf.version['tfjs-core'] },
    init(init) {
      const shape = init.model === 'vae' || init.model === 'gan' ? [-1, 784] : [-1, 28, 28, 1]
      batches = readBatches(init).map((x) => tf.reshape(tf.tensor1d(x), shape))
      const variables = new Map<string, tf.Variable>()
      for (const [name, w] of readWeights(init)) variables.set(name, tf.variable(tf.tensor(w.values, w.shape)))
      run = stepOf(init, variables)
      noise = noiseReader(init)
      config = init
      t = 0
    },
    async steps(n) {
      let losses: tf.Tensor[] = []
      for (let i = 0; i < n; i++, t++) {
        tf.dispose(losses)
        losses = tf.tidy(() => {
          const fed = noise(t)
          const shapes = config.noise.map((size): [number, number] => [config.batch, size])
          const vectors = shapes.map((shape, v) => (fed ? tf.tensor2d(fed[v]!, shape) : tf.randomNormal(shape)))
          return run(batches[t % batches.length]!, vectors)
        })
      }
      const values = await Promise.all(losses.map(async (l) => (await l.data())[0]!))
      tf.dispose(losses)
      return values
    },
  }
}

await serve(load)
