// Rounds of local steps: the same digest by any number of workers, and what one machine makes of the steps by itself.
import { describe, expect, it } from 'vitest'
import { TrainingError } from '../../src/errors.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { minimize } from '../../src/models/minimize.ts'
import { inRounds, type RoundOptions } from '../../src/models/rounds.ts'
import { vae } from '../../src/models/vae.ts'
import { dense } from '../../src/nn/layers.ts'
import { sgd } from '../../src/nn/optimizers.ts'
import { mean } from '../../src/ops/reduce.ts'
import { reshape } from '../../src/ops/reshape.ts'
import { square } from '../../src/ops/unary.ts'
import { bytesOf } from '../../src/swarm/arrays.ts'
import { auditStretch } from '../../src/swarm/audit.ts'
import { Coordinator } from '../../src/swarm/coordinator.ts'
import { localCrew, trainTogether } from '../../src/swarm/index.ts'
import { type StageRecord, TaskRecords } from '../../src/swarm/record.ts'
import { serve } from '../../src/swarm/worker.ts'
import { createWork } from '../../src/swarm/work.ts'
import type { Model } from '../../src/train/model.ts'
import { countersOf } from '../../src/train/state.ts'
import { generator } from '../harness.ts'
import { alone, data, EPOCHS, KINDS, modelOf, RECIPE, trainedBy } from './kinds.ts'

/** Five steps an epoch: rounds of two, two and one. */
const ROUNDS: RoundOptions = { localSteps: 2 }
const inSome = (define: () => ModelDefinition, options = ROUNDS) => () => inRounds(define(), options)

async function here(define: () => ModelDefinition, recipe = RECIPE, epochs = EPOCHS) {
  const work = createWork(await modelOf(define), data, recipe)
  return trainedBy(work.model, trainTogether(work, localCrew(work), { epochs }))
}

/** By workers with models of their own; what was recorded. */
async function byWorkers(define: () => ModelDefinition, names: readonly string[], audit = 0) {
  const work = createWork(await modelOf(define), data, RECIPE)
  const records: StageRecord[] = []
  const coordinator = new Coordinator(work, { run: 'run', recipe: {}, ganglion: 'test', fresh: await work.model.digest() }, {
    leaseMs: 10_000, audit, chance: generator(3), digests: true, pollMs: 1000, onStage: (record) => records.push(record),
  })
  const make = async () => createWork(await modelOf(define), data, RECIPE)
  const workers = names.map((name) => serve({ request: coordinator.handle }, { name, ganglion: 'test', make, retryMs: 1 }))
  const made = await trainedBy(work.model, trainTogether(work, coordinator, { epochs: EPOCHS }))
  coordinator.close()
  await Promise.all(workers)
  return { ...made, records }
}

describe.each(Object.entries(KINDS))('%s', (_, plain) => {
  it('by one and by three workers: the digest and the figures of one machine', async () => {
    const define = inSome(plain)
    const oracle = await here(define)
    expect(oracle.epochs.at(-1)!.step).toBe(10)
    for (const [names, audit] of [[['a'], 0], [['a', 'b', 'c'], 0.3]] as const) {
      const { digest, epochs, records } = await byWorkers(define, names, audit)
      expect(digest).toBe(oracle.digest)
      expect(epochs).toEqual(oracle.epochs)
      expect(records.map(({ step }) => step)).toEqual([2, 4, 5, 7, 9, 10])
    }
    expect(oracle.digest).not.toBe((await here(inSome(plain, { localSteps: 5 }))).digest)
  })

  it('of one micro-batch: what Model.train makes of the steps, then an outer step in Nesterov\'s form', async () => {
    const [learningRate, momentum] = [0.5, 0.75]
    const recipe = { batchSize: 12, microBatches: 1 }
    const model = await modelOf(inSome(plain, { localSteps: 2, learningRate, momentum }))
    const work = createWork(model, data, recipe)
    const training = trainTogether(work, localCrew(work), { epochs: EPOCHS })
    const local = await modelOf(() => ({ ...plain(), dropRemainder: true }))
    const f = Math.fround
    const expected = local.state()
    const memory = new Map([...expected.variables].map(([name, values]) => [name, new Float32Array(values.length)]))
    // Counters that begin an epoch are written when the next step begins.
    const steps = [2, 2, 1, 2, 2, 1]
    for await (const { step } of training) {
      local.loadState(expected)
      const before = local.state()
      for await (const _ of local.train(data, { batchSize: 12, epochs: 9, steps: steps.shift()! }));
      const after = local.state()
      expected.counters.set(after.counters)
      for (const { attrs: { name, role } } of local.session.variables) {
        const [x, now, to] = [before, after, expected].map(({ variables }) => variables.get(name)!) as [
          Float32Array, Float32Array, Float32Array]
        if (role !== 'parameter') to.set(now)
        else {
          const m = memory.get(name)!
          x.forEach((value, i) => {
            const change = f(value - now[i]!)
            m[i] = f(f(m[i]! * momentum) + change)
            to[i] = f(value - f(f(change + f(m[i] * momentum)) * learningRate))
          })
        }
      }
      const made = model.state().variables
      const others = [...expected.variables].filter(([name, values]) => Buffer.compare(bytesOf(made.get(name)!), bytesOf(values)))
      expect(others.map(([name]) => name), `after step ${step}`).toEqual([])
    }
    expect(steps).toEqual([])
  })
})

/** Plain gradient descent, where a step of each micro-batch by itself is a step of all together, but for rounding. */
function descent(): ModelDefinition {
  const net = dense({ units: 3 })
  const optimizer = sgd({ learningRate: 0.05 })
  return {
    kind: 'descent', options: {}, imageShape: [28, 28, 1], codeShape: [28, 28, 1], optimizers: [optimizer], dropRemainder: true,
    train: ({ images }, pass) => [
      minimize(optimizer, mean(square(net.apply(reshape(images, [images.shape[0]!, 784]), pass))), [net])],
    decode: (codes) => codes,
  }
}
const weightsOf = ({ session }: Model): number[] => session.variables.filter((v) => v.attrs.role === 'parameter')
  .flatMap((v) => [...session.read(v)])

it('of one step each, without momentum, at a rate of 1, gradient descent is that of accumulate', async () => {
  const rounds = await here(inSome(descent, { localSteps: 1, learningRate: 1, momentum: 0 }))
  const whole = weightsOf((await alone(descent)).model)
  const start = weightsOf(await modelOf(descent))
  weightsOf(rounds.model).forEach((x, i) => expect(x).toBeCloseTo(whole[i]!, 6))
  expect(Math.max(...whole.map((x, i) => Math.abs(x - start[i]!)))).toBeGreaterThan(1e-3)
})

it('goes on from a state to the same digest: the outer momentum is a part of it', async () => {
  const define = inSome(KINDS['vae']!)
  const first = await here(define, RECIPE, 1)
  const names = [...first.model.state().variables.keys()].filter((name) => name.startsWith('rounds/momentum/'))
  expect(names.length).toBeGreaterThan(4)
  const model = await modelOf(define)
  model.loadState(first.model.state())
  const work = createWork(model, data, RECIPE)
  const { digest } = await trainedBy(model, trainTogether(work, localCrew(work), { epochs: 1 }))
  expect(digest).toBe((await here(define)).digest)
})

it('a task leaves the model as it was, and does not depend on what was computed before', async () => {
  const work = createWork(await modelOf(inSome(KINDS['dcgan']!)), data, RECIPE)
  const before = await work.model.digest()
  const [a, b] = work.createTasks(0)
  const values = [a, b].map((task) => work.runTask(task!))
  expect(await work.model.digest()).toBe(before)
  expect(work.runTask(b!)).toEqual(values[1])
  expect(work.runTask(a!)).toEqual(values[0])
  expect(values[0]).not.toEqual(values[1])
})

it('tasks are audited by rounds', async () => {
  const define = inSome(KINDS['gan']!)
  const { records, digest } = await byWorkers(define, ['a', 'b'])
  const audited = async (all: readonly object[]) => {
    const work = createWork(await modelOf(define), data, RECIPE)
    const text = all.map((record) => `${JSON.stringify(record)}\n`).join('')
    return auditStretch(work, TaskRecords.of(text, 'tasks'), 10)
  }
  expect(await audited([...records, { step: 10, state: digest }])).toMatchObject({ faults: [], to: 10, otherState: false })
  const spoilt = records.map((record) => ({ ...record, sha256: [...record.sha256] }))
  spoilt[2]!.sha256[1] = '0'.repeat(64)
  const { faults, unjudged } = await audited(spoilt)
  expect(faults).toEqual([{ worker: spoilt[2]!.by[1], step: 5, stage: 0, microBatch: 1 }])
  expect(unjudged).toBe(5)
})

it('a number that is not finite ends it, with the last good weights', async () => {
  const define = inSome(() => vae({ hidden: 20, latent: 3, learningRate: 1e20 }))
  const work = createWork(await modelOf(define), data, RECIPE)
  const before = await work.model.digest()
  const training = trainedBy(work.model, trainTogether(work, localCrew(work), { epochs: 1 }))
  await expect(training).rejects.toThrow(TrainingError)
  await expect(training).rejects.toThrow('training stopped in a round after step 0: there was a NaN or an infinity; ' +
    'the weights are those after step 0. Use a lower learning rate, or fewer local steps')
  expect(await work.model.digest()).toBe(before)
  expect(countersOf(work.model.session).step).toBe(0)
})

it('Model.train does not train in rounds, and says who does', async () => {
  const model = await modelOf(inSome(KINDS['vae']!))
  await expect(model.fit(data, { batchSize: 3 })).rejects.toThrow('train it with trainTogether of ganglion/swarm')
})
