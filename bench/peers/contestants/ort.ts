// onnxruntime-web, which has no gradients: the backward pass and Adam are written into the graph, for dense models only.
// Argument: its threads, if not 1.
import * as ort from 'onnxruntime-web'
import type { Contestant, Init } from '../protocol.ts'
import { float, Graph } from './ort_graph.ts'
import { addressOf, args } from './platform.ts'
import { noiseReader, readBatches, readWeights, serve, versionOf } from './serve.ts'

/** 1/n·Σ softplus(sign·x): its value, and its gradient by x. */
function logLoss(g: Graph, x: string, sign: 1 | -1, n: number): [loss: string, dx: string] {
  const signed = sign === 1 ? x : g.op('Neg', [x])
  const dx = g.op('Mul', [g.op('Sigmoid', [signed]), sign / n])
  return [g.op('ReduceMean', [g.op('Softplus', [signed])], { keepdims: 0 }), dx]
}

/** Replaces the named weights by what Adam makes of them. */
type Update = (gradients: ReadonlyMap<string, string>, names: readonly string[]) => void

/** What a model's part of the graph is made from; `p` gives a weight as it is after the updates so far. */
interface Parts {
  readonly g: Graph
  readonly p: (name: string) => string
  readonly names: readonly string[]
  readonly x: string
  readonly z: readonly string[]
  readonly batch: number
  readonly update: Update
}

/** Forward and backward; returns the losses. */
function vae({ g, p, names, x, z: [epsilon], batch, update }: Parts): string[] {
  const layer = (v: string, name: string) => g.dense(v, p(`${name}.w`), p(`${name}.b`))
  const h = g.relu(layer(x, 'e1'))
  const mu = layer(h, 'mu')
  const lv = layer(h, 'lv')
  const std = g.op('Exp', [g.op('Mul', [lv, 0.5])])
  const noise = g.op('Mul', [std, epsilon!])
  const z = g.record(g.op('Add', [mu, noise]), { [mu]: (dy) => dy, [lv]: (dy) => g.op('Mul', [g.op('Mul', [dy, noise]), 0.5]) })
  const r = g.tanh(layer(g.relu(layer(z, 'd1')), 'd2'))
  const difference = g.op('Sub', [r, x])
  const shifted = g.op('Add', [std, 1e-8])
  const variance = g.op('Mul', [std, std])
  const logs = g.op('Add', [g.op('Mul', [g.op('Log', [shifted]), 2]), 1])
  const terms = g.op('Sub', [g.op('Add', [g.op('Mul', [mu, mu]), variance]), logs])
  const kl = g.op('Mul', [g.op('ReduceSum', [terms], { keepdims: 0 }), 0.5])
  const loss = g.op('Add', [g.op('ReduceSumSquare', [difference], { keepdims: 0 }), kl])
  // d kl / d lv = (std² − std / (std + 1e-8)) / 2
  const dlv = g.op('Mul', [g.op('Sub', [variance, g.op('Div', [std, shifted])]), 0.5])
  update(g.gradients(new Map([[r, g.op('Mul', [difference, 2])], [mu, mu], [lv, dlv]]), names.map(p)), names)
  return [g.op('Div', [loss, batch])]
}

function gan({ g, p, names, x, z: [z1, z2], batch, update }: Parts): string[] {
  const layer = (v: string, name: string) => g.dense(v, p(`${name}.w`), p(`${name}.b`))
  const generate = (z: string) => g.tanh(layer(g.relu(layer(g.relu(layer(z, 'g1')), 'g2')), 'g3'))
  const judge = (v: string) => layer(g.leaky(layer(g.leaky(layer(v, 'd1')), 'd2')), 'd3')
  const [dNames, gNames] = ['d', 'g'].map((first) => names.filter((n) => n.startsWith(first))) as [string[], string[]]
  const [real, made] = [judge(x), judge(generate(z1!))]
  const [[lossReal, dReal], [lossMade, dMade]] = [logLoss(g, real, -1, batch), logLoss(g, made, 1, batch)]
  update(g.gradients(new Map([[real, dReal], [made, dMade]]), dNames.map(p)), dNames)
  const fooled = judge(generate(z2!))
  const [lossG, dFooled] = logLoss(g, fooled, -1, batch)
  update(g.gradients(new Map([[fooled, dFooled]]), gNames.map(p)), gNames)
  return [g.op('Add', [lossReal, lossMade]), lossG]
}

/** The whole step: weights and slots in, weights and slots out. */
function stepGraph({ model, params, noise, noiseFile, batch, beta1, learningRate }: Init): Uint8Array {
  if (model !== 'vae' && model !== 'gan') throw new Error('it has no gradients; those written by hand are for dense layers only')
  const g = new Graph()
  const now = new Map(params.map(({ name, shape }) => [name, g.input(name, shape)]))
  const shapes = new Map(params.map(({ name, shape }) => [name, shape]))
  const x = g.input('x', [batch, 784])
  const [c1, c2] = [g.input('c1', []), g.input('c2', [])]
  const drawn = (size: number, i: number) => g.op('RandomNormal', [], { shape: [batch, size], seed: float(i + 1) })
  const z = noise.map((size, i) => (noiseFile ? g.input(`z${i}`, [batch, size]) : drawn(size, i)))

  const update: Update = (gradients, names) => {
    for (const name of names) {
      const shape = shapes.get(name)!
      const dw = gradients.get(now.get(name)!)!
      const decay = (slot: string, beta: number, value: string) =>
        g.op('Add', [g.op('Mul', [g.input(`${slot}.${name}`, shape), beta]), g.op('Mul', [value, 1 - beta])])
      const [m, v] = [decay('m', beta1, dw), decay('v', 0.999, g.op('Mul', [dw, dw]))]
      const root = g.op('Add', [g.op('Sqrt', [g.op('Mul', [v, c2])]), 1e-8])
      const next = g.op('Sub', [now.get(name)!, g.op('Div', [g.op('Mul', [m, g.op('Mul', [c1, learningRate])]), root])])
      now.set(name, next)
      for (const [key, value] of [[name, next], [`m.${name}`, m], [`v.${name}`, v]] as const) g.output(`new ${key}`, value, shape)
    }
  }
  const names = params.map((d) => d.name)
  const losses = { vae, gan }[model]({ g, p: (name) => now.get(name)!, names, x, z, batch, update })
  losses.forEach((loss, i) => g.output(`loss${i}`, loss, []))
  return g.model()
}

async function load(): Promise<Contestant> {
  const address = addressOf('onnxruntime-web/dist')
  if (address) ort.env.wasm.wasmPaths = address
  ort.env.wasm.numThreads = Number(args[0] ?? 1)
  let session: ort.InferenceSession
  let feeds: Record<string, ort.Tensor>
  let batches: ort.Tensor[]
  let noise: ReturnType<typeof noiseReader>
  let config: Init
  let t = 0
  return {
    versions: { 'onnxruntime-web': versionOf('onnxruntime-web') },
    async init(init) {
      session = await ort.InferenceSession.create(stepGraph(init), { executionProviders: ['wasm'], graphOptimizationLevel: 'all' })
      batches = readBatches(init).map((x) => new ort.Tensor(x, [init.batch, 784]))
      feeds = {}
      for (const [name, { shape, values }] of readWeights(init)) {
        feeds[name] = new ort.Tensor(values, shape)
        for (const slot of ['m', 'v']) feeds[`${slot}.${name}`] = new ort.Tensor(new Float32Array(values.length), shape)
      }
      noise = noiseReader(init)
      config = init
      t = 0
    },
    async steps(n) {
      let losses: number[] = []
      for (let i = 0; i < n; i++) {
        feeds.x = batches[t % batches.length]!
        noise(t)?.forEach((values, v) => { feeds[`z${v}`] = new ort.Tensor(values, [config.batch, config.noise[v]!]) })
        t++
        const correction = (beta: number) => new ort.Tensor(Float32Array.of(1 / (1 - beta ** t)), [])
        Object.assign(feeds, { c1: correction(config.beta1), c2: correction(0.999) })
        const out = await session.run(feeds)
        for (const [name, value] of Object.entries(out)) if (name.startsWith('new ')) feeds[name.slice(4)] = value
        const figures = Object.keys(out).filter((name) => name.startsWith('loss')).sort()
        losses = figures.map((name) => (out[name]!.data as Float32Array)[0]!)
      }
      return losses
    },
  }
}

await serve(load)
