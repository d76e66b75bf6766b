// As functions.ts, of the entries besides `ganglion`: the worker, its server, slim, verify, bench.
import { parentPort } from 'node:worker_threads'
import { GanglionError, imageDataset, Model, vae } from '../../src/entries/index.ts'
import * as bench from '../../src/bench/index.ts'
import * as swarm from '../../src/swarm/index.ts'
import * as slim from '../../src/entries/slim.ts'
import * as verify from '../../src/verify/index.ts'
import * as worker from '../../src/worker/index.ts'
import * as serve from '../../src/worker/serve.ts'
import { runtime } from '../harness.ts'
import { file, options } from '../worker/harness.ts'
import type { Call } from './functions.ts'

const data = imageDataset({ images: new Uint8Array(4 * 36), shape: [6, 6, 1] })
const creation = { model: { kind: 'vae', options }, worker: file }
const [trainer, other] = [await worker.createTrainer(creation), await worker.createTrainer(creation)]
const model = await Model.create(runtime, vae(options))
const work = swarm.createWork(model, data, { batchSize: 1, microBatches: 2 })
/** Where it is asked at all, no training was to begin. */
const crew = { reduce: () => Promise.reject(new GanglionError('trainTogether: nobody computes')) }
/** Its methods, by their names. */
const call = (name: Exclude<keyof worker.Trainer, 'info'>): Call[0] => trainer[name].bind(trainer)

/** What is no dataset is refused by what reads it, or by what makes one of it in the worker. */
const DATA = /train|fit|evaluate|imageDataset|data/

/** A trainer is made and ended again. */
async function created(...given: Parameters<typeof worker.createTrainer>): Promise<void> {
  await (await worker.createTrainer(...given)).close()
}
/** This thread has a port of its own, which the trainer's server takes. */
function served(...given: Parameters<typeof serve.serveTrainer>): void {
  try {
    serve.serveTrainer(...given)
  } finally {
    (parentPort as unknown as MessagePort).onmessage = null
  }
}

const figure = { median: 1, quartiles: [1, 1] as const, windows: [1] }
const kernel = { name: 'a', ms: figure, gflops: 1, ofPeak: 1, digest: '', result: 'same', gigabytesPerSecond: 1 } as const
const report = {
  format: 'ganglion-bench-1', ganglion: '0.1.0', core: '', precision: 'deterministic', fused: false, wide: false, threads: 1,
  threadsReason: '', quick: true, seconds: 1, machine: { engine: '', cores: 1, cpu: '', system: '' }, peak: figure,
  bandwidth: [{ name: 'a', ms: figure, gigabytesPerSecond: 1 }], kernels: [kernel],
  models: [{
    ...kernel, model: 'vae', batch: 1, stepsPerSecond: 1, samplesPerSecond: 1, planBytes: 1, variableBytes: 1,
  }],
} as const satisfies bench.BenchReport
/** A core of zeros is refused, so that nothing is measured or verified. */
const asked = { threads: 1, precision: 'deterministic', wide: false, core: new Uint8Array(8), worker: 'file:///a.js' } as const

/** Where no option is given, all would be done. */
const quick = (f: (options: object) => unknown): Call[0] => (given?: object) => (
  f(typeof (given ?? {}) === 'object' && !Object.keys(given ?? {}).length && given !== null ? asked : given!))

export const TRAINER: object = Object.getPrototypeOf(trainer)

export const OF_ENTRIES: Readonly<Record<string, Call>> = {
  'worker.imageDataset': [worker.imageDataset, () => [{ images: new Uint8Array(4), shape: [2, 2, 1], name: 'a' }]],
  'worker.createTrainer': [created, () => [{
    ...creation, seed: 1, threads: 1, precision: 'deterministic', wide: false, core: undefined, threadWorker: file,
  }], /createTrainer|createRuntime|Model.create|core|wide|threads/],
  'trainer.train': [call('train'), () => [data, {
    epochs: 1, batchSize: 2, accumulate: 2, steps: 1, signal: AbortSignal.abort(), transfer: false,
  }], DATA],
  'trainer.fit': [call('fit'), () => [data, {
    epochs: 1, batchSize: 2, signal: AbortSignal.abort(), validation: data, callbacks: {}, checkpoint: () => undefined,
    earlyStopping: { monitor: 'loss' }, keepBest: { monitor: 'loss' }, transfer: false,
  }], DATA],
  'trainer.pause': [call('pause'), () => []],
  'trainer.resume': [call('resume'), () => []],
  'trainer.evaluate': [call('evaluate'), () => [data, { batchSize: 2, transfer: false }], DATA],
  'trainer.sample': [call('sample'), () => [2, { seed: 1 }]],
  'trainer.drawCodes': [call('drawCodes'), () => [2, { seed: 1 }], /sample|drawCodes/],
  'trainer.decode': [call('decode'), () => [new Float32Array(3), { seed: 1, transfer: false }]],
  'trainer.encode': [call('encode'), () => [new Float32Array(36), { seed: 1, transfer: false }]],
  'trainer.reconstruct': [call('reconstruct'), () => [new Float32Array(36), { seed: 1, transfer: false }], /encode|reconstruct/],
  'trainer.weights': [call('weights'), () => []],
  'trainer.loadWeights': [call('loadWeights'), () => [model.weights(), { strict: true, rename: (n: string) => n }], /[wW]eights/],
  'trainer.state': [call('state'), () => []],
  'trainer.loadState': [call('loadState'), () => [model.state()], /[sS]tate/],
  'trainer.hyperparameters': [call('hyperparameters'), () => []],
  'trainer.setHyperparameter': [call('setHyperparameter'), () => ['adam/learningRate', 1e-3]],
  'trainer.digest': [call('digest'), () => []],
  'trainer.close': [other.close.bind(other), () => []],
  'serve.serveTrainer': [served, () => [{ mine: () => vae() }]],
  'slim.createRuntime': [slim.createRuntime, () => [asked], /createRuntime|core|wide/],
  'swarm.createWork': [swarm.createWork, () => [model, data, { batchSize: 1, microBatches: 2 }], /createWork|train/],
  // Where no server is: it refuses what is given to it before it looks.
  'swarm.join': [swarm.join, () => [{ url: 'ws://127.0.0.1:9', consent: true, throttle: 1, signal: AbortSignal.abort() }], /join/],
  'swarm.inRounds': [swarm.inRounds, () => [vae(options), { localSteps: 2, learningRate: 0.5, momentum: 0.5 }]],
  'swarm.localCrew': [swarm.localCrew, () => [work]],
  'swarm.trainTogether': [swarm.trainTogether, () => [work, crew, { epochs: 1, signal: AbortSignal.abort() }]],
  'verify.verify': [quick(verify.verify), () => [{
    ...asked, recipes: ['op/exp'], runtime: undefined, onProgress: () => undefined,
  }], /verify|createRuntime|core|wide/],
  'bench.bench': [quick(bench.bench), () => [{ ...asked, quick: true, seconds: 1, onProgress: () => undefined }],
    /bench|createRuntime|core|wide/],
  'bench.parseReport': [bench.parseReport, () => [JSON.stringify(report)], /parseReport|JSON|report/],
  'bench.compareReports': [bench.compareReports, () => [report, report]],
  'bench.comparisonTable': [bench.comparisonTable, () => [bench.compareReports(report, report), ['a', 'b']]],
  'bench.reportTable': [bench.reportTable, () => [report]],
  'bench.wrong': [bench.wrong, () => [report]],
}
