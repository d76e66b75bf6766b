// jax-js on its wasm backend: the whole step, Adam included, is one jitted function. Dense models only: its convolutions took
// fifteen times as long as tfjs's. Arrays are owned: a function consumes its arguments, `.ref` keeps one for another use.
import { init as start, jit, nn, numpy as np, random, tree, valueAndGrad } from '@jax-js/jax'
import type { Contestant, Init } from '../protocol.ts'
import { noiseReader, readBatches, readWeights, serve, versionOf } from './serve.ts'

type Arrays = { [name: string]: np.Array }
type State = { p: Arrays; m: Arrays; v: Arrays }

const leaky = (x: np.Array) => nn.leakyRelu(x, 0.2)
const dense = (p: Arrays, x: np.Array, name: string) => np.dot(x, p[`${name}.w`]!.ref).add(p[`${name}.b`]!.ref)

function vae(p: Arrays, x: np.Array, epsilon: np.Array): np.Array {
  const h = nn.relu(dense(p, x.ref, 'e1'))
  const mu = dense(p, h.ref, 'mu')
  const std = np.exp(dense(p, h, 'lv').mul(0.5))
  const r = np.tanh(dense(p, nn.relu(dense(p, mu.ref.add(std.ref.mul(epsilon)), 'd1')), 'd2'))
  const kl = np.square(mu).add(np.square(std.ref)).sub(np.log(std.add(1e-8)).mul(2)).sub(1)
  return np.sum(np.square(x.sub(r))).add(np.sum(kl).mul(0.5))
}

const generate = (p: Arrays, z: np.Array) => np.tanh(dense(p, nn.relu(dense(p, nn.relu(dense(p, z, 'g1')), 'g2')), 'g3'))
const judge = (p: Arrays, x: np.Array) => dense(p, leaky(dense(p, leaky(dense(p, x, 'd1')), 'd2')), 'd3')

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
  if (init.model === 'vae') {
    const [loss, g] = valueAndGrad(owning(vae))(tree.ref(state.p), x, z[0]!) as [np.Array, Arrays]
    const next = adam(init, state, g, c)
    tree.dispose(c)
    return { state: next, losses: [loss.div(init.batch)] }
  }
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
    versions: { 'jax-js': versionOf('@jax-js/jax') },
    init(init) {
      if (init.model !== 'vae' && init.model !== 'gan') throw new Error('its convolutions are too slow to compare')
      config = init
      batches = readBatches(init).map((x) => np.array(x).reshape([-1, 784]))
      state = { p: {}, m: {}, v: {} }
      for (const [name, w] of readWeights(init)) {
        state.p[name] = np.array(w.values).reshape(w.shape)
        state.m[name] = np.zeros(state.p[name].shape)
        state.v[name] = np.zeros(state.p[name].shape)
      }
      noise = noiseReader(init)
      t = 0
      const draw = (key: np.Array): np.Array[] => {
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
  }
}

await serve(load)
