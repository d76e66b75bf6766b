// The trainer in a worker: what Model does on this thread, bit for bit, and what only a worker can: pause, call in the
// middle of a training, die.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import {
  createRuntime, GanglionError, imageDataset, Model, type Progress, schedules, TrainingError, vae,
} from '../../src/entries/index.ts'
import { modelNames } from '../../src/models/kinds.ts'
import { createTrainer, imageDataset as onPage, type TrainerOptions } from '../../src/worker/index.ts'
import { built } from '../dist.ts'
import { all, fails, file, here, images, make, newData, options } from './harness.ts'

describe('the same as on this thread', () => {
  test('training, its figures and the digest', async () => {
    const [trainer, model] = [await make(), await here()]
    expect(trainer.info).toMatchObject({ kind: 'vae', imageShape: [6, 6, 1], codeShape: [3], threads: 1 })
    expect(await trainer.digest()).toBe(await model.digest())
    const settings = { epochs: 3, batchSize: 64 }
    const ends = async (steps: AsyncIterable<Progress>) => (await all(steps)).filter(({ epochDone }) => epochDone)
      .map(({ epoch, step, lastStep, metrics, samples }) => ({ epoch, step, lastStep, metrics, samples }))
    const data = newData()
    expect(await ends(trainer.train(data, settings))).toEqual(await ends(model.train(data, settings)))
    expect(await trainer.digest()).toBe(await model.digest())
    expect(await trainer.evaluate(data, { batchSize: 50 })).toEqual(model.evaluate(data, { batchSize: 50 }))
  })

  test('a schedule, or its JSON', async () => {
    const learningRate = schedules.warmup({ steps: 3, then: schedules.cosine({ initial: 1e-2, steps: 5 }) })
    const model = await Model.create(await createRuntime(), vae({ ...options, learningRate }), { seed: 5 })
    await all(model.train(newData(), { batchSize: 40 }))
    for (const given of [learningRate, learningRate.toJSON()]) {
      const trainer = await make({ model: { kind: 'vae', options: { ...options, learningRate: given } } })
      expect(trainer.info.options['learningRate']).toEqual(learningRate.toJSON())
      await all(trainer.train(newData(), { batchSize: 40 }))
      expect(await trainer.digest()).toBe(await model.digest())
    }
    const wrong = { learningRate: { schedule: 'cosine', initial: 1 } }
    const making = make({ model: { kind: 'vae', options: wrong } })
    await fails(making, TypeError, 'cosine: steps is undefined, expected a positive integer')
  })

  test('with threads in the worker', async () => {
    const [trainer, model] = [await make({ threads: 2, threadWorker: pathToFileURL(built('runtime/thread.js')) }), await here()]
    expect(trainer.info.threads).toBe(2)
    await all(trainer.train(newData(), { batchSize: 64 }))
    await all(model.train(newData(), { batchSize: 64 }))
    expect(await trainer.digest()).toBe(await model.digest())
  })

  test('codes, images, weights and state', async () => {
    const [trainer, model] = [await make(), await here()]
    expect(await trainer.sample(5, { seed: 9 })).toEqual(model.sample(5, { seed: 9 }))
    expect(await trainer.drawCodes(4)).toEqual(model.drawCodes(4))
    const codes = model.drawCodes(7)
    const pictures = model.decode(codes)
    expect(await trainer.decode(codes)).toEqual(pictures)
    expect(await trainer.encode(pictures)).toEqual(model.encode(pictures))
    expect(await trainer.reconstruct(pictures)).toEqual(model.reconstruct(pictures))
    await all(model.train(newData(), { batchSize: 30 }))
    await trainer.loadState(model.state())
    expect(await trainer.digest()).toBe(await model.digest())
    expect(await trainer.state()).toEqual(model.state())
    expect(await trainer.weights()).toEqual(model.weights())
    const other = await make({ seed: 6 })
    await other.loadWeights(await trainer.weights())
    expect(await other.weights()).toEqual(model.weights())
  })

  test('a core that is given', async () => {
    const trainer = await make({ core: pathToFileURL(built('ganglion.wasm')) })
    expect(await trainer.digest()).toBe(await (await here()).digest())
  })
})

describe('data', () => {
  test('is copied, a part without the rest, and sent once', async () => {
    const trainer = await make()
    const buffer = new Uint8Array(36 * 400)
    buffer.set(images, 36)
    const data = imageDataset({ images: buffer.subarray(36, 36 + images.length), shape: [6, 6, 1] })
    await all(trainer.train(data, { batchSize: 64 }))
    expect(buffer.length).toBe(36 * 400)
    buffer.fill(0, 0, 36)
    buffer.fill(0, 36 + images.length)
    await all(trainer.train(data, { batchSize: 64 }))
    const model = await here()
    const same = newData()
    for (let i = 0; i < 2; i++) await all(model.train(same, { batchSize: 64 }))
    expect(await trainer.digest()).toBe(await model.digest())
  })

  test('is given away if asked', async () => {
    const trainer = await make()
    const data = newData()
    await all(trainer.train(data, { batchSize: 64, transfer: true }))
    expect(data.images.length).toBe(0)
    await all(trainer.train(data, { batchSize: 64 }))
    const codes = new Float32Array(6)
    await trainer.decode(codes, { transfer: true })
    expect(codes.length).toBe(0)
  })

  test('that was given away says so where it is given again', async () => {
    const [trainer, other, model] = [await make(), await make(), await here()]
    const data = newData()
    await trainer.evaluate(data, { transfer: true })
    const gone = 'an array is empty: where it was given away (transfer), make it anew, or do not transfer it'
    await fails(other.evaluate(data), TypeError, gone)
    await fails(all(other.train(data)), TypeError, gone)
    await fails(trainer.fit(newData(), { validation: onPage({ ...data }) }), TypeError, gone)
    await fails(model.fit(data), TypeError, 'train: data was given away, and is empty here (transfer); make the dataset anew, ' +
      'or give it without transfer')
    // The worker has it, until four others were named, of which fit named one.
    for (let i = 0; i < 2; i++) await trainer.evaluate(newData())
    await trainer.evaluate(data)
    for (let i = 0; i < 4; i++) await trainer.evaluate(newData())
    await fails(trainer.evaluate(data), TypeError, gone)
  })

  test('that the worker has forgotten is sent again, and an epoch that was begun on it goes on', async () => {
    const [trainer, model] = [await make(), await here()]
    const data = newData()
    for (const each of [trainer, model]) {
      // A call's first chunk is one step.
      const stop = new AbortController()
      await each.fit(data, { batchSize: 30, signal: stop.signal, callbacks: { onBatchEnd: () => stop.abort() } })
      for (let i = 0; i < 5; i++) await each.evaluate(newData())
      await all(each.train(data, { batchSize: 30 }))
    }
    const { counters } = model.state()
    expect((await trainer.state()).counters).toEqual(counters)
    expect(await trainer.digest()).toBe(await model.digest())
  })
})

describe('in the middle of a training', () => {
  const long = { epochs: 100_000, batchSize: 10 }

  test('the end of an epoch waits for who reads: leaving there leaves the weights of that moment', async () => {
    const [trainer, model] = [await make(), await here()]
    for await (const { epoch, epochDone } of trainer.train(newData(), long)) {
      if (epochDone) await new Promise((done) => setTimeout(done, 30))
      if (epochDone && epoch === 2) break
    }
    await all(model.train(newData(), { ...long, epochs: 2 }))
    expect(await trainer.digest()).toBe(await model.digest())
  })

  test('it samples and judges between chunks, and changes nothing', async () => {
    const [trainer, model] = [await make(), await here()]
    const data = newData()
    let calls = 0
    for await (const { epochDone } of trainer.train(data, { epochs: 3, batchSize: 10 })) {
      if (!epochDone) continue
      const [pictures, figures] = await Promise.all([trainer.sample(2, { seed: 1 }), trainer.evaluate(data)])
      expect(pictures).toHaveLength(72)
      expect(figures['loss']).toBeGreaterThan(0)
      calls++
    }
    expect(calls).toBe(3)
    await all(model.train(data, { epochs: 3, batchSize: 10 }))
    expect(await trainer.digest()).toBe(await model.digest())
  })

  test('it pauses: what it is stays, until it resumes', async () => {
    const trainer = await make()
    const steps = trainer.train(newData(), long)
    await steps.next()
    await trainer.pause()
    const before = await trainer.digest()
    await new Promise((done) => setTimeout(done, 100))
    expect(await trainer.digest()).toBe(before)
    await trainer.resume()
    for (let i = 0; i < 12; i++) await steps.next()
    expect(await trainer.digest()).not.toBe(before)
    await steps.return()
    const after = await trainer.digest()
    await new Promise((done) => setTimeout(done, 50))
    expect(await trainer.digest()).toBe(after)
  })

  test('a signal ends it without an error, also while it is paused; one that was aborted trains nothing', async () => {
    const trainer = await make()
    const first = await trainer.digest()
    expect(await all(trainer.train(newData(), { ...long, signal: AbortSignal.abort() }))).toEqual([])
    expect(await trainer.digest()).toBe(first)
    const stop = new AbortController()
    let seen = 0
    for await (const _ of trainer.train(newData(), { ...long, signal: stop.signal })) if (++seen === 3) stop.abort()
    expect(seen).toBeGreaterThanOrEqual(3)
    const paused = new AbortController()
    const steps = trainer.train(newData(), { ...long, signal: paused.signal })
    await steps.next()
    await trainer.pause()
    paused.abort()
    expect((await all(steps)).length).toBeLessThan(10)
    await trainer.resume()
  })
})

describe('errors keep their class and their words', () => {
  test('of making a model', async () => {
    const message = `createTrainer: the worker knows no model 'cat'; it has ${modelNames.join(', ')}`
    await fails(make({ model: { kind: 'cat' } }), RangeError, message)
    await expect(make({ model: { kind: 'vae', options: { latent: 0 } } })).rejects.toThrow(RangeError)
    await expect(make({ precision: 'fast' as 'relaxed' })).rejects.toThrow(/^createTrainer: precision is 'fast', expected/)
    await expect(make({ wide: 'very' as unknown as boolean })).rejects.toThrow(/^createTrainer: wide is 'very', expected true or false/)
  })

  test('of options', async () => {
    await fails(make({ sed: 1 } as object), RangeError, "createTrainer: there is no option 'sed'; it takes model, seed, " +
      'core, worker, threadWorker, threads, precision, wide')
    const expected = "expected { kind: 'vae', options: … }, say, or { module: new URL('./mine.js', import.meta.url) }"
    const given = (options?: object) => createTrainer(options as TrainerOptions)
    for (const [nothing, shown] of [[undefined, 'undefined'], [null, 'null'], [5, '5'], ['vae', "'vae'"], [[], '[]']] as const) {
      await fails(given(nothing as never), TypeError, `createTrainer: options is ${shown}, expected an object`)
    }
    await fails(given({ seed: 1 }), TypeError, `createTrainer: model is undefined, ${expected}`)
    await fails(given({ model: 'vae' }), TypeError, `createTrainer: model is 'vae', ${expected}`)
  })

  test('of a worker that has a trainer already: the first one goes on', async () => {
    const worker = new Worker(file) as never
    const [first, model] = [await make({ worker }), await here()]
    const message = 'createTrainer: the worker has a trainer; give each its own'
    await fails(make({ worker, seed: 6 }), GanglionError, message)
    expect(await first.digest()).toBe(await model.digest())
    await all(first.train(newData(), { batchSize: 64 }))
    await all(model.train(newData(), { batchSize: 64 }))
    expect(await first.digest()).toBe(await model.digest())
  })

  test('of calls and training', async () => {
    const trainer = await make()
    const message = 'decode: 4 values given, expected a multiple of 3 (3 a sample)'
    await fails(trainer.decode(new Float32Array(4)), RangeError, message)
    await expect(all(trainer.train({} as never))).rejects.toThrow(TypeError)
    await expect(all(trainer.train(newData(), { batch: 3 } as never))).rejects.toThrow("train: there is no option 'batch'")
    const signal = 'no' as never
    await fails(all(trainer.train(newData(), { signal })), TypeError, "train: signal is 'no', expected an AbortSignal")
    const steps = trainer.train(newData(), { epochs: 1000 })
    await steps.next()
    const running = 'train: another loop is training this model; ' +
      'let it end, leave it, or call return() on what train() gave, and then train again'
    await fails(all(trainer.train(newData())), GanglionError, running)
    await steps.return()
    expect(await trainer.digest()).toMatch(/^[0-9a-f]{64}$/)
  })

  test('of training that leaves the finite numbers', async () => {
    const trainer = await make({ model: { kind: 'vae', options: { ...options, learningRate: 1e30 } } })
    const error = await all(trainer.train(newData(), { epochs: 20, batchSize: 10 })).then(() => null, (e: unknown) => e)
    expect(error).toBeInstanceOf(TrainingError)
    const { step, op, message, stack } = error as TrainingError
    expect(message).toContain(`training stopped at step ${step}: the op '${op}'`)
    // Where it arose in the worker.
    expect(stack).toContain('locate')
  })
})

describe('the end of a worker', () => {
  test('closing fails what is open and what comes after', async () => {
    const trainer = await make()
    const steps = trainer.train(newData(), { epochs: 100_000 })
    await steps.next()
    const sample = trainer.sample(1)
    const closed = trainer.close()
    await fails(sample, GanglionError, 'the trainer was closed')
    await closed
    await expect(all(steps)).rejects.toThrow('the trainer was closed')
    await expect(trainer.digest()).rejects.toThrow('the trainer was closed')
    await expect(all(trainer.train(newData()))).rejects.toThrow('the trainer was closed')
  })

  test('a worker that dies rejects all that is open, and says why', async () => {
    const worker = new Worker(file)
    const trainer = await make({ worker: worker as never })
    const steps = trainer.train(newData(), { epochs: 100_000 })
    await steps.next()
    const rest = all(steps)
    const digest = trainer.digest()
    void worker.terminate()
    const message = "the trainer's worker ended (it exited with code 1); make another trainer"
    await Promise.allSettled([rest, digest])
    await fails(rest, GanglionError, message)
    await fails(digest, GanglionError, message)
    await fails(trainer.digest(), GanglionError, message)
  })

  test('a file that is not there', async () => {
    const worker = new URL('file:///no/trainer.js')
    const mend = "give createTrainer's `worker` a file that may run here"
    await expect(make({ worker })).rejects.toThrow(/^the trainer's worker did not start \(.*trainer\.js/)
    await expect(make({ worker })).rejects.toThrow(mend)
  })

  test('an idle trainer does not keep a process', () => {
    const code = `
      import { createTrainer, imageDataset } from '${pathToFileURL(built('worker/index.js')).href}'
      const trainer = await createTrainer({ model: { kind: 'vae', options: { hidden: 8, imageShape: [2, 2, 1] } } })
      const data = imageDataset({ images: new Uint8Array(400), shape: [2, 2, 1] })
      for await (const { epochDone } of trainer.train(data, { batchSize: 10 })) if (epochDone) console.log('done')`
    const { stdout, stderr, status } = spawnSync(
      process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8', timeout: 20_000 },
    )
    expect([stderr, stdout, status]).toEqual(['', 'done\n', 0])
  })
})

test('a module of one\'s own makes the model, of options and of what it is made for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ganglion-worker-'))
  try {
    const mine = join(folder, 'mine.mjs')
    writeFileSync(mine, `
      import { vae } from '${pathToFileURL(built('index.js')).href}'
      export default ({ imageShape, options: { size } }) => ({ ...vae({ hidden: size, latent: 2, imageShape }), kind: 'mine' })`)
    const trainer = await make({ model: { module: pathToFileURL(mine), options: { size: 9 }, imageShape: [6, 6, 1] } })
    expect(trainer.info).toMatchObject({ kind: 'mine', codeShape: [2], imageShape: [6, 6, 1] })
    await all(trainer.train(newData()))
    const model = await Model.create(await createRuntime(), vae({ hidden: 9, latent: 2, imageShape: [6, 6, 1] }), { seed: 5 })
    await all(model.train(newData()))
    expect(await trainer.digest()).toBe(await model.digest())
    await expect(make({ model: { module: `${pathToFileURL(folder).href}/none.mjs` } })).rejects.toThrow(
      /^createTrainer: cannot load the model "file:.*none\.mjs": .*; check its address$/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a worker of one\'s own serves a model of one\'s own', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ganglion-worker-'))
  try {
    const own = join(folder, 'own.mjs')
    writeFileSync(own, `
      import { vae } from '${pathToFileURL(built('index.js')).href}'
      import { serveTrainer } from '${pathToFileURL(built('worker/serve.js')).href}'
      serveTrainer({ mine: ({ size }) => ({ ...vae({ hidden: size, latent: 2, imageShape: [6, 6, 1] }), kind: 'mine' }) })`)
    const trainer = await make({ worker: pathToFileURL(own), model: { kind: 'mine', options: { size: 9 } } })
    expect(trainer.info).toMatchObject({ kind: 'mine', codeShape: [2] })
    await all(trainer.train(newData()))
    const model = await Model.create(await createRuntime(), vae({ hidden: 9, latent: 2, imageShape: [6, 6, 1] }), { seed: 5 })
    await all(model.train(newData()))
    expect(await trainer.digest()).toBe(await model.digest())
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('labels and named tensors of parts of larger arrays cross with their images', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ganglion-worker-'))
  try {
    const own = join(folder, 'paired.mjs')
    // Each row's image, label and place say the same number: what differs is counted.
    writeFileSync(own, `
      import { ops } from '${pathToFileURL(built('index.js')).href}'
      import { serveTrainer } from '${pathToFileURL(built('worker/serve.js')).href}'
      const apart = (a, b) => ops.sum(ops.abs(ops.sub(a, b)))
      const figures = ({ images, labels, place }) => {
        const said = ops.sum(images, [1, 2, 3])
        return { labels: apart(said, labels), place: apart(said, place), all: ops.sum(said) }
      }
      serveTrainer({ paired: () => ({
        kind: 'paired', options: {}, imageShape: [1, 1, 1], codeShape: [1, 1, 1], optimizers: [],
        classes: 9, tensors: { place: [] },
        train: (batch) => [{ metrics: figures(batch) }], evaluate: figures,
        decode: (codes, pass, labels) => ops.add(ops.mul(codes, 0), ops.reshape(labels, [labels.shape[0], 1, 1, 1])),
      }) })`)
    const trainer = await make({ worker: pathToFileURL(own), model: { kind: 'paired' } })
    const numbers = Array.from({ length: 50 }, (_, i) => (i * 4) % 9)
    const data = imageDataset({
      images: Float32Array.from(numbers), shape: [1, 1, 1], labels: Int32Array.from([0, ...numbers]).subarray(1),
      tensors: { place: { data: Uint8Array.from([0, ...numbers]).subarray(1), shape: [] } },
    })
    const progress = await all(trainer.train(data, { batchSize: 8, epochs: 2 }))
    for (const { metrics } of progress) expect(metrics).toMatchObject({ labels: 0, place: 0 })
    expect(progress.at(-1)!.metrics.all).toBeGreaterThan(0)
    expect(await trainer.evaluate(data)).toMatchObject({ labels: 0, place: 0 })
    expect([...await trainer.decode(new Float32Array(3), { labels: [4, 1, 2] })]).toEqual([4, 1, 2])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
