// The names that examples of docstrings use without making them: what stands around an example. Tensors are small, for the
// examples that are run; what would need a trained model, a file or a network is declared alone.
import type { Task } from '../src/swarm/work.ts'
import * as ganglion from '../src/entries/index.ts'

const { constant, initializers, input, layers, losses, ops, optimizers, variable } = ganglion

export { writeFile } from 'node:fs/promises'

export const pass = new layers.Pass(true)
export const x = input('x', [4, 6])
export const y = input('y', [4, 6])
export const w = variable('w', [6, 6], initializers.glorotUniform())
export const average = variable('average', [], initializers.zeros())
export const book = variable('book', [10, 16], initializers.randomUniform())
export const lambda = 0.5

/** NHWC, and what changes it. */
export const picture = input('picture', [2, 8, 8, 3])
export const kernel = variable('kernel', [3, 3, 3, 8], initializers.glorotUniform())
export const gamma = variable('gamma', [3], initializers.ones())
export const beta = variable('beta', [3], initializers.zeros())
export const runningMean = constant([0, 0, 0])
export const runningVariance = constant([1, 1, 1])

export const labels = constant([3, 1, 4, 1])
export const logits = input('logits', [4, 10])
export const mu = input('mu', [4, 6])
export const logStd = input('log_std', [4, 6])
export const realScores = input('real_scores', [4, 1])
export const fakeScores = input('fake_scores', [4, 1])

export const encoder = layers.sequential('encoder', [layers.dense({ units: 6 })])
export const loss = losses.meanSquaredError(y, encoder.apply(ops.matmul(x, w), pass))
export const optimizer = optimizers.adam()
export const stages: ReturnType<typeof ganglion.trainingStages> = [ganglion.minimize(optimizer, loss, [encoder])]

export declare const firstHalf: ReturnType<typeof ganglion.trainingStages>
export declare const secondHalf: ReturnType<typeof ganglion.trainingStages>
export declare const runtime: ganglion.Runtime
export declare const model: ganglion.Model
export declare const digits: ganglion.ImageDataset
export declare const bytes: Uint8Array<ArrayBuffer>
export declare const text: string
export declare const extractor: import('../src/metrics/extractors.ts').FeatureExtractor
export declare const real: Float32Array
export declare const mixture: import('../src/metrics/mixture.ts').GaussianMixture
export declare const report: import('../src/bench/index.ts').BenchReport
export declare const crew: { reduce(tasks: readonly Task[]): Promise<import('../src/swarm/reduction.ts').Reduction> }
