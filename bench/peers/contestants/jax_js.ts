// jax-js on its wasm backend: the whole step, Adam included, is one jitted function, in jax's layouts (NCHW).
// Arrays are owned: a function consumes its arguments, `.ref` keeps one for another use.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { init as start, jit, lax, nn, numpy as np, random, tree, valueAndGrad } from '@jax-js/jax'
import type { Contestant, Init } from '../models.ts'
import { noiseLike, noiseReader, readBatches, readWeights, serve } from './serve.ts'

type Arrays = { [name: string]: np.Array }
type State = { p: Arrays; m: Arrays; v: Arrays }
type Pads = [number, number][]

const leaky = (x: np.Array) => nn.leakyRelu(x, 0.2)
const dense = (p: Arrays, x: np.Array, name: string) => np.dot(x, p[`${name}.w`]!.ref).add(p[`${name}.b`]!.ref)
const biased = (p: Arrays, x: np.Array, name: string) => x.add(p[`${name}.b`]!.ref.reshape([1, -1, 1, 1]))
const conv = (p: Arrays, x: np.Array, name: string, stride: number) =>
  biased(p, lax.convGeneralDilated(x, p[`${name}.w`]!.ref, [stride, stride], [[1, 1], [1, 1]]), name)
/** A convolution of the spread image; its filter was turned once, when it was loaded. */
const convT = (p: Arrays, x: np.Array, name: string, stride: number, pads: Pads) =>
  biased(p, lax.convGeneralDilated(x, p[`${name}.w`]!.ref, [1, 1], pads, { lhsDilation: [stride, stride] }), name)
const pool = (x: np.Array) => lax.reduceWindow(x, np.max, [2, 2], [2, 2])
const both = (low: number, high = low): Pads => [[low, high], [low, high]]

function norm(p: Arrays, x: np.Array, name: string): np.Array {
  const centred = x.ref.sub(np.mean(x, [0, 2, 3], { keepdims: true }))
  const deviation = np.sqrt(np.mean(np.square(centred.ref), [0, 2, 3], { keepdims: true }).add(1e-5))
  const affine = (part: string) => p[`${name}.${part}`]!.ref.reshape([1, -1, 1, 1])
  return centred.div(deviation).mul(affine('gamma')).add(affine('beta'))
}

/** TensorFlow 1's bilinear resizing from n to m points, as a matrix [m, n]. */
function resizing(n: number, m: number): Float32Array {
  const r = new Float32Array(m * n)
  for (let i = 0; i < m; i++) {
    const s = (i * n) / m
    const f = Math.floor(s)
    r[i * n + f]! += 1 - (s - f)
    r[i * n + Math.min(f + 1, n - 1)]! += s - f
  }
  return r
}

function autoencoder(p: Arrays, x: np.Array): np.Array {
  const h = pool(nn.relu(conv(p, x.ref, 'c1', 3)))
  const code = pool(np.pad(nn.relu(conv(p, h, 'c2', 2)), [[0, 0], [0, 0], [0, 1], [0, 1]]))
  const up = nn.relu(convT(p, nn.relu(convT(p, code, 't1', 2, both(2))), 't2', 3, both(3)))
  const matrix = np.array(resizing(30, 28)).reshape([28, 30]).transpose()
  const rows = np.dot(convT(p, up, 't3', 2, both(2, 1)).reshape([-1, 30]), matrix.ref).reshape([-1, 30, 28])
  const y = np.dot(rows.transpose([0, 2, 1]).reshape([-1, 30]), matrix).reshape([-1, 28, 28]).transpose([0, 2, 1])
  return np.mean(np.square(np.tanh(y.reshape(x.shape)).sub(x)))
}

function vae(p: Arrays, x: np.Array, epsilon: np.Array): np.Array {
  const h = nn.relu(dense(p, x.ref, 'e1'))
  const mu = dense(p, h.ref, 'mu')
  const std = np.exp(dense(p, h, 'lv').mul(0.5))
  const r = np.tanh(dense(p, nn.relu(dense(p, mu.ref.add(std.ref.mul(epsilon)), 'd1')), 'd2'))
  const kl = np.square(mu).add(np.square(std.ref)).sub(np.log(std.add(1e-8)).mul(2)).sub(1)
  return np.sum(np.square(x.sub(r))).add(np.sum(kl).mul(0.5))
}

const GENERATORS = {
  gan: (p: Arrays, z: np.Array) => np.tanh(dense(p, nn.relu(dense(p, nn.relu(dense(p, z, 'g1')), 'g2')), 'g3')),
  dcgan(p: Arrays, z: np.Array) {
    const h = nn.relu(norm(p, dense(p, z, 'gf').reshape([-1, 128, 7, 7]), 'gn0'))
    return np.tanh(convT(p, nn.relu(norm(p, convT(p, h, 'gt1', 2, both(2)), 'gn1')), 'gt2', 2, both(2)))
  },
}
const JUDGES = {
  gan: (p: Arrays, x: np.Array) => dense(p, leaky(dense(p, leaky(dense(p, x, 'd1')), 'd2')), 'd3'),
  dcgan(p: Arrays, x: np.Array) {
    const h = leaky(norm(p, conv(p, leaky(conv(p, x, 'dc1', 2)), 'dc2', 2), 'dn'))
    return dense(p, h.reshape([-1, 6272]), 'df')
  },
}

/** f(p, …), which uses up p. */
function owning<A extends np.Array[]>(f: (p: Arrays, ...rest: A) => np.Array) {
  return (p: Arrays, ...rest: A) => {
    const y = f(p, ...rest)
    tree.dispose(p)
    return y
  }
}

/** One Adam step of the parameters in `g`; `c` holds 1 / (1 − βᵗ) of both β. */
function adam({ learningRate, beta1 }: Init, { p, m, v }: State, g: Arrays, c: np.Array[]): State {
  const out: State = { p: {}, m: {}, v: {} }
  for (const name of Object.keys(g)) {
    const mean = m[name]!.mul(beta1).add(g[name]!.ref.mul(1 - beta1))
    const square = v[name]!.mul(0.999).add(np.square(g[name]!).mul(1 - 0.999))
    const step = mean.ref.mul(c[0]!.ref).div(np.sqrt(square.ref.mul(c[1]!.ref)).add(1e-8))
    out.p[name] = p[name]!.sub(step.mul(learningRate))
    out.m[name] = mean
    out.v[name] = square
  }
  return out
}

const part = (all: Arrays, first: string): Arrays =>
  Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith(first)))
const only = ({ p, m, v }: State, first: string): State => ({ p: part(p, first), m: part(m, first), v: part(v, first) })

function step(init: Init, state: State, x: np.Array, z: np.Array[], c: np.Array[]): { state: State; losses: np.Array[] } {
  const { model } = init
  if (model === 'autoencoder' || model === 'vae') {
    const f = model === 'vae' ? owning(vae) : owning(autoencoder)
    const made = valueAndGrad(f as (p: Arrays, ...rest: np.Array[]) => np.Array)(tree.ref(state.p), x, ...z)
    const [loss, g] = made as [np.Array, Arrays]
    const next = adam(init, state, g, c)
    tree.dispose(c)
    return { state: next, losses: [model === 'vae' ? loss.div(init.batch) : loss] }
  }
  const [generate, judge] = [GENERATORS[model], JUDGES[model]]
  const [d, g] = [only(state, 'd'), only(state, 'g')]
  const made = generate(g.p, z[0]!)
  const dLoss = owning((p, images: np.Array, fakes: np.Array) =>
    np.mean(nn.softplus(judge(p, images).neg())).add(np.mean(nn.softplus(judge(p, fakes)))))
  const [lossD, gradD] = valueAndGrad(dLoss)(tree.ref(d.p), x, made) as [np.Array, Arrays]
  const nextD = adam(init, d, gradD, c)
  const gLoss = owning((p, noise: np.Array) => np.mean(nn.softplus(judge(nextD.p, generate(p, noise)).neg())))
  const [lossG, gradG] = valueAndGrad(gLoss)(tree.ref(g.p), z[1]!) as [np.Array, Arrays]
  const nextG = adam(init, g, gradG, c)
  tree.dispose(c)
  const join = (key: keyof State) => ({ ...nextD[key], ...nextG[key] })
  return { state: { p: join('p'), m: join('m'), v: join('v') }, losses: [lossD, lossG] }
}

/** TensorFlow's layouts in jax's: [out, in, height, width], rows of images channels first. */
async function arranged(name: string, shape: number[], values: Float32Array, model: string): Promise<np.Array> {
  const from = np.array(values).reshape(shape)
  const turn = (x: np.Array, inner: number[], perm: number[]) => x.reshape(inner).transpose(perm).reshape(shape)
  let to = from
  if (shape.length === 4) {
    const transposedConv = /^g?t/.test(name)
    to = transposedConv ? np.flip(from, [0, 1]).transpose([2, 3, 0, 1]) : from.transpose([3, 2, 0, 1])
  } else if (model === 'dcgan') {
    if (name === 'gf.w') to = turn(from, [shape[0]!, 7, 7, 128], [0, 3, 1, 2])
    if (name === 'gf.b') to = turn(from, [7, 7, 128], [2, 0, 1])
    if (name === 'df.w') to = turn(from, [7, 7, 128], [2, 0, 1])
  }
  const finalShape = to.shape
  return np.array((await to.data()) as Float32Array).reshape(finalShape)
}

function version(): string {
  const folder = createRequire(import.meta.url).resolve('@jax-js/jax').replace(/dist[\\/][^\\/]*$/, '')
  return (JSON.parse(readFileSync(`${folder}package.json`, 'utf8')) as { version: string }).version
}

async function load(): Promise<Contestant> {
  if (!(await start('wasm')).includes('wasm')) throw new Error('its wasm backend does not start')
  let state: State
  let batches: np.Array[]
  let noise: ReturnType<typeof noiseReader>
  let config: Init
  let t = 0
  let fed: (s: State, x: np.Array, z: np.Array[], c: np.Array[]) => ReturnType<typeof step>
  let drawn: (s: State, x: np.Array, key: np.Array, c: np.Array[]) => ReturnType<typeof step>

  return {
    versions: { 'jax-js': version() },
    async init(init) {
      config = init
      const shape = init.model === 'vae' || init.model === 'gan' ? [-1, 784] : [-1, 1, 28, 28]
      batches = readBatches(init).map((x) => np.array(x).reshape(shape))
      state = { p: {}, m: {}, v: {} }
      for (const [name, w] of readWeights(init)) {
        state.p[name] = await arranged(name, w.shape, w.values, init.model)
        state.m[name] = np.zeros(state.p[name].shape)
        state.v[name] = np.zeros(state.p[name].shape)
      }
      noise = noiseReader(init)
      t = 0
      const draw = (key: np.Array): np.Array[] => {
        if (!init.noise.length) {
          key.dispose()
          return []
        }
        const keys = np.split(random.split(key, init.noise.length), init.noise.length)
        return init.noise.map((size, i) => random.normal(keys[i]!.reshape([-1]), [init.batch, size]))
      }
      fed = jit((s: State, x: np.Array, z: np.Array[], c: np.Array[]) => step(init, s, x, z, c)) as typeof fed
      drawn = jit((s: State, x: np.Array, key: np.Array, c: np.Array[]) => step(init, s, x, draw(key), c)) as typeof drawn
    },
    async steps(n) {
      let losses: np.Array[] = []
      for (let i = 0; i < n; i++) {
        tree.dispose(losses)
        const x = batches[t % batches.length]!.ref
        const z = noise(t)?.map((values, v) => np.array(values).reshape([config.batch, config.noise[v]!]))
        t++
        const c = [config.beta1, 0.999].map((beta) => np.array([1 / (1 - beta ** t)]))
        const done = z ? fed(state, x, z, c) : drawn(state, x, random.key(t), c)
        ;({ state, losses } = done)
      }
      return Promise.all(losses.map(async (l) => (await l.data())[0]!))
    },
    async gemm(m, k, n) {
      const a = np.array(noiseLike(m * k)).reshape([m, k])
      const b = np.array(noiseLike(k * n)).reshape([k, n])
      const product = jit((x: np.Array, y: np.Array) => np.dot(x, y))
      const once = async () => {
        const y = product(a.ref, b.ref)
        await y.blockUntilReady()
        y.dispose()
      }
      await once()
      return async (times) => { for (let i = 0; i < times; i++) await once() }
    },
  }
}

await serve(load)
