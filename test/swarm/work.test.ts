// A step as tasks: computed by any number of workers, in any order, the bits and the figures are those of one machine.
import { describe, expect, it } from 'vitest'
import { generator } from '../../src/verify/draw.ts'
import { dense } from '../../src/nn/layers.ts'
import { batchNormalization } from '../../src/nn/normalization.ts'
import { treeSum } from '../../src/models/accumulate.ts'
import { minimize } from '../../src/models/minimize.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { TrainingError } from '../../src/errors.ts'
import { vae } from '../../src/models/vae.ts'
import { countersOf } from '../../src/train/state.ts'
import { ema } from '../../src/nn/ema.ts'
import { adam } from '../../src/nn/optimizers.ts'
import { linear, piecewise } from '../../src/nn/schedules.ts'
import { sequential } from '../../src/nn/sequential.ts'
import { mean } from '../../src/ops/reduce.ts'
import { reshape } from '../../src/ops/reshape.ts'
import { square } from '../../src/ops/unary.ts'
import { type Crew, createWork, type StepWork, type Task, trainTogether } from '../../src/swarm/index.ts'
import { Reduction } from '../../src/swarm/reduction.ts'
import { alone, data, EPOCHS, KINDS, modelOf, RECIPE, trainedBy } from './kinds.ts'

const uniform = generator(5)
function shuffled<T>(items: readonly T[]): T[] {
  const all = [...items]
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1))
    ;[all[i], all[j]] = [all[j]!, all[i]!]
  }
  return all
}

/** Has tasks done by workers with models of their own, in a random order. */
function crewOf(work: StepWork, workers: readonly StepWork[]): Crew {
  return {
    reduce(tasks: readonly Task[]) {
      const sum = work.newReduction(tasks[0]!)
      for (const worker of workers) worker.model.loadWeights(work.model.weights())
      for (const task of shuffled(tasks)) {
        const worker = workers[Math.floor(uniform() * workers.length)]!
        sum.add(task.microBatch, worker.runTask(structuredClone(task)))
      }
      return Promise.resolve(sum)
    },
  }
}

/** Frozen statistics, a schedule, an average of weights, a metric that is the same in all micro-batches. */
function scheduled(): ModelDefinition {
  const net = sequential('net', [dense({ units: 6 }), batchNormalization({ momentum: 0.5 }), dense({ units: 2 })])
  const optimizer = adam({ learningRate: linear({ initial: 0.1, final: 0, steps: 10 }) })
  const average = ema([net], { decay: 0.5, warmup: true })
  return {
    kind: 'scheduled', options: {}, imageShape: [28, 28, 1], codeShape: [28, 28, 1], optimizers: [optimizer], dropRemainder: true,
    train({ images }, pass) {
      const loss = mean(square(net.apply(reshape(images, [images.shape[0]!, 784]), pass)))
      return [minimize(optimizer, loss, [net], { metrics: { loss, step: pass.step } }), average.stage()]
    },
    decode: (codes) => codes,
  }
}

describe.each(Object.entries({ ...KINDS, scheduled }))('%s', (_, define) => {
  it.each([1, 2, 3, 5])('by %d workers, in any order', async (count) => {
    const oracle = await alone(define)
    const work = createWork(await modelOf(define), data, RECIPE)
    const workers = await Promise.all(Array.from({ length: count }, async () => createWork(await modelOf(define), data, RECIPE)))
    const made = await trainedBy(work.model, trainTogether(work, crewOf(work, workers), { epochs: EPOCHS }))
    expect(made.digest).toBe(oracle.digest)
    expect(made.epochs).toEqual(oracle.epochs)
  })
})

it('what a task gives depends on nothing that was computed before', async () => {
  const define = KINDS['dcgan']!
  const work = createWork(await modelOf(define), data, RECIPE)
  const tasks = work.createTasks(0)
  const before = await work.model.digest()
  const values = tasks.map((task) => work.runTask(task))
  expect(await work.model.digest()).toBe(before)
  for (const i of shuffled([...tasks.keys()])) expect(work.runTask(tasks[i]!)).toEqual(values[i])
  expect(new Set(values.map((v) => v.join())).size).toBe(tasks.length)
})

it('more programs than are kept give the same', async () => {
  const images = data
  const recipe = { batchSize: 1, microBatches: 62 }
  const define = KINDS['vae']!
  const oracle = await alone(define, images, recipe, 1)
  const work = createWork(await modelOf(define), images, recipe)
  const made = await trainedBy(work.model, trainTogether(work, crewOf(work, [work]), { epochs: 1 }))
  expect(made.digest).toBe(oracle.digest)
})

describe('a reduction', () => {
  const layout = { sums: 5, floats: 7, rounded: 0 }
  const values = (k: number) => Float32Array.from({ length: 7 }, (_, i) => Math.fround(1 / (k + 3) + i * 1e3 * (k % 3)))
  it.each([1, 2, 3, 5, 6, 7, 8, 13])('adds %d up as treeSum does, in any order, and holds little', (count) => {
    const sums = treeSum(Array.from({ length: count }, (_, k) => values(k).slice(0, 5)))
    for (let round = 0; round < 20; round++) {
      const reduction = new Reduction(count, layout)
      const order = round ? shuffled([...Array(count).keys()]) : [...Array(count).keys()]
      let most = 0
      for (const k of order) {
        expect(reduction.done).toBe(false)
        expect(reduction.add(k, values(k))).toBe(true)
        expect(reduction.add(k, values(k))).toBe(false)
        most = Math.max(most, reduction.floats - 2 * reduction.count)
      }
      expect(reduction.result().sum).toEqual(sums)
      const own = [...Array(count).keys()].map((k) => values(k).slice(5))
      expect(reduction.result().own).toEqual(own)
      // In their order, a sum for each level of the tree.
      if (!round) expect(most).toBeLessThanOrEqual(5 * Math.ceil(Math.log2(count) + 1))
    }
  })
})

it.each([0, 3])('a number that is not finite ends it as it ends one machine, %d steps later', async (steps) => {
  const learningRate = piecewise({ boundaries: [steps], values: [1e-3, 1e20] })
  const define = () => vae({ hidden: 20, latent: 3, learningRate })
  const error = await alone(define).then(() => undefined, (e: unknown) => e as TrainingError)
  const work = createWork(await modelOf(define), data, RECIPE)
  const training = trainedBy(work.model, trainTogether(work, crewOf(work, [work]), { epochs: EPOCHS }))
  await expect(training).rejects.toThrow(error!)
  expect(error).toBeInstanceOf(TrainingError)
  expect(work.model.session.notFinite).toBeUndefined()
  expect(countersOf(work.model.session).step).toBe(error!.step - 1)
})

describe('refusals', () => {
  it('of tasks that are none of the work', async () => {
    const work = createWork(await modelOf(KINDS['vae']!), data, RECIPE)
    const [task] = work.createTasks(0) as [Task]
    const run = (other: object) => () => work.runTask({ ...task, ...other })
    expect(run({ stage: 1 })).toThrow('runTask: the task is micro-batch 0 of stage 1, expected one of 4 of 1')
    expect(run({ microBatch: 4 })).toThrow('runTask: the task is micro-batch 4 of stage 0')
    expect(run({ microBatch: -1 })).toThrow(RangeError)
    expect(run({ size: 5 })).toThrow(new RangeError('runTask: task.size is 5, expected 12 or 2'))
    expect(run({ words: [1, 2] })).toThrow(/runTask: task.words is \[1, 2\], expected 6 words/)
    expect(run({ words: [...task.words.slice(1), 2 ** 32] })).toThrow(/expected 6 words/)
    expect(() => work.createTasks(3)).toThrow('createTasks: stage is 3, expected an integer from 0 to 0')
  })
  it('of data and options that do not fit', async () => {
    const model = await modelOf(KINDS['vae']!)
    expect(() => createWork(model, data, { batchSize: 40, microBatches: 2 })).toThrow(
      'a step of 2 micro-batches of 40 is larger than the data (62 images); use a smaller batch size')
    expect(() => createWork(model, data, { microBatches: 0 })).toThrow(
      'createWork: microBatches is 0, expected a positive integer')
  })
})
