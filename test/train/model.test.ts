// A model's uses besides training, and every error of theirs, word by word.
import { beforeAll, describe, expect, it } from 'vitest'
import { imageDataset } from '../../src/data/dataset.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { autoencoder } from '../../src/models/autoencoder.ts'
import { dcgan } from '../../src/models/dcgan.ts'
import { gan } from '../../src/models/gan.ts'
import { type ModelName, modelNames, models } from '../../src/models/kinds.ts'
import { vae } from '../../src/models/vae.ts'
import { Model } from '../../src/train/model.ts'
import { constant, variable } from '../../src/graph/leaves.ts'
import { sizeOf, type Tensor } from '../../src/graph/tensor.ts'
import type { Pass } from '../../src/nn/layer.ts'
import { flatten } from '../../src/nn/layers.ts'
import { sequential } from '../../src/nn/sequential.ts'
import { scaledImages } from '../../src/train/batches.ts'
import { runtime } from '../harness.ts'
import { bytesData, newModel, SHAPE, smallVae, trained, trainSteps } from './data.ts'

/** Data that a model of the package takes as `verify` trains it, and the model after some steps. */
async function trainedKind(name: ModelName) {
  const define = models[name]
  const { batchSize, options } = define.verify
  const model = await newModel(define(options))
  const { classes, batchesPerStep = 1, imageShape } = model.definition
  const plain = bytesData(Math.max(30, 2 * batchSize * batchesPerStep), imageShape as [number, number, number])
  const labels = Uint8Array.from({ length: plain.count }, (_, i) => i % (classes ?? 1))
  const data = classes === undefined ? plain : imageDataset({ images: plain.images, shape: plain.shape, labels })
  await trained(model, data, { batchSize, epochs: 2, steps: 2 })
  return { model, data, pixels: sizeOf(imageShape), codes: sizeOf(model.definition.codeShape) }
}

describe.each(modelNames)('%s', (name) => {
  let made: Awaited<ReturnType<typeof trainedKind>>
  beforeAll(async () => { made = await trainedKind(name) })
  /** The classes of rows from `first` on, where the model has some. */
  const ofClasses = ({ classes }: ModelDefinition, count: number, first = 0) => (
    classes === undefined ? {} : { labels: Array.from({ length: count }, (_, i) => (first + i) % classes) })

  it('samples: the first k of n are the same, in [-1, 1], by seed', () => {
    const { model, pixels } = made
    const many = model.sample(150)
    expect(many).toHaveLength(150 * pixels)
    expect(many.every((x) => x >= -1 && x <= 1)).toBe(true)
    for (const k of [1, 3, 64, 70]) expect(model.sample(k)).toEqual(many.slice(0, k * pixels))
    expect(model.sample(3, { seed: 1 })).toEqual(many.slice(0, 3 * pixels))
    expect(model.drawCodes(2, { seed: 2 })).not.toEqual(model.drawCodes(2))
  })

  it('does not change by being used', async () => {
    const { model, data, pixels } = made
    const before = await model.digest()
    model.sample(3)
    if (model.definition.encode) model.reconstruct(new Float32Array(pixels), ofClasses(model.definition, 1))
    if (model.definition.evaluate) model.evaluate(data)
    expect(await model.digest()).toBe(before)
  })

  it('decodes each code by itself', () => {
    const { model, pixels, codes } = made
    const drawn = model.drawCodes(70)
    const all = model.decode(drawn, ofClasses(model.definition, 70))
    expect(all).toHaveLength(70 * pixels)
    for (const i of [0, 63, 69]) {
      const one = model.decode(drawn.slice(i * codes, (i + 1) * codes), ofClasses(model.definition, 1, i))
      expect(one).toEqual(all.slice(i * pixels, (i + 1) * pixels))
    }
  })

  it('encodes, reconstructs and judges where it can', () => {
    const { model, data, pixels, codes } = made
    const { kind, encode, evaluate } = model.definition
    const rows = 30
    const images = scaledImages(data, Array.from({ length: rows }, (_, i) => i))
    const classes = ofClasses(model.definition, rows)
    if (encode) {
      expect(model.encode(images, classes)).toHaveLength(rows * codes)
      expect(model.reconstruct(images, classes)).toHaveLength(rows * pixels)
    } else {
      expect(() => model.encode(images)).toThrow(
        `encode: a ${kind} has no encoder; train an autoencoder or a vae to encode images`,
      )
    }
    if (!evaluate) {
      expect(() => model.evaluate(data)).toThrow(`evaluate: a ${kind} has no figure of its own on a dataset`)
      return
    }
    const [once, again] = [model.evaluate(data), model.evaluate(data, { batchSize: 7 })]
    expect(model.evaluate(data)).toEqual(once)
    // Noise differs with the batch size, its mean hardly does.
    for (const figure of Object.keys(once)) expect(Math.abs(again[figure]! / once[figure]! - 1), figure).toBeLessThan(0.2)
  })
})

it("an autoencoder's loss is the squared error of what it makes of the images", async () => {
  const { model, data } = await trainedKind('autoencoder')
  const images = scaledImages(data, Array.from({ length: data.count }, (_, i) => i))
  const rebuilt = model.reconstruct(images)
  const mse = rebuilt.reduce((s, y, i) => s + (y - images[i]!) * (y - images[i]!), 0) / rebuilt.length
  for (const { loss } of [model.evaluate(data), model.evaluate(data, { batchSize: 7 })]) {
    expect(Math.abs(loss! / mse - 1)).toBeLessThan(1e-5)
  }
})

describe('errors', () => {
  const data = bytesData(10)
  const OPTIONS = 'epochs, batchSize, accumulate, checkpointing, steps, every, signal'
  it.each([
    [{ epochs: -1 }, 'train: epochs is -1, expected a positive integer'],
    [{ epochs: 0 }, 'train: epochs is 0, expected a positive integer'],
    [{ epochs: 1.5 }, 'train: epochs is 1.5, expected a positive integer'],
    [{ batchSize: NaN }, 'train: batchSize is NaN, expected a positive integer'],
    [{ epohs: 9 }, `train: there is no option 'epohs'; it takes ${OPTIONS}`],
    [{ batchSize: 11 }, 'train: a batch of 11 is larger than the data (10 images); use a smaller batch size'],
  ])('train %o', async (options, message) => {
    await expect(trained(await newModel(), data, options as object)).rejects.toThrow(new RangeError(message))
  })

  it.each([
    [null, `train: the options are null, expected an object with ${OPTIONS}`],
    [3, `train: the options are 3, expected an object with ${OPTIONS}`],
    [{ signal: 1 }, 'train: signal is 1, expected an AbortSignal'],
    [{ batchSize: '8' }, "train: batchSize is '8', expected a positive integer"],
  ])('train %o', async (options, message) => {
    await expect(trained(await newModel(), data, options as object)).rejects.toThrow(new TypeError(message))
  })

  it.each([{}, null, undefined, new Uint8Array(120), { ...data, count: 11 }, { ...data, images: [...data.images] }])(
    'data: %o', async (other) => {
      const wrong = other as typeof data
      const model = await newModel()
      const message = 'data expected an image dataset; make one with imageDataset() or loadDataset()'
      await expect(trained(model, wrong)).rejects.toThrow(new TypeError(`train: ${message}`))
      expect(() => model.evaluate(wrong)).toThrow(new TypeError(`evaluate: ${message}`))
    })

  it('options of other methods', async () => {
    const model = await newModel()
    const options = { sed: 1 } as object
    expect(() => model.evaluate(data, options)).toThrow(new RangeError("evaluate: there is no option 'sed'; it takes batchSize"))
    expect(() => model.evaluate(data, { batchSize: 0 })).toThrow('evaluate: batchSize is 0, expected a positive integer')
    expect(() => model.sample(1, options)).toThrow(
      new RangeError("sample: there is no option 'sed'; it takes seed, labels, label, classWeights"))
    await expect(Model.create(runtime, smallVae(), options)).rejects.toThrow(
      "Model.create: there is no option 'sed'; it takes seed")
  })

  it('images of another shape', async () => {
    const other = bytesData(10, [3, 2, 2])
    await expect(trained(await newModel(), other, { batchSize: 2 })).rejects.toThrow(
      new RangeError("the images of 'images' are [3, 2, 2] and the vae takes [2, 3, 2]; resize the images or set imageShape"))
    // Whatever else is wrong: a batch that fits would not help.
    await expect(trained(await newModel(), other, { batchSize: 11 })).rejects.toThrow("the images of 'images' are [3, 2, 2]")
  })

  it('a step that does not read its images', async () => {
    const definition = smallVae()
    const blind = { ...definition, train: () => [] }
    await expect(trained(await newModel(blind), data, { batchSize: 2 })).rejects.toThrow(
      new RangeError("train: the vae's training step does not read its images, so an epoch would not end"))
  })

  it.each([
    [() => vae({ latent: 0 }), 'vae: latent is 0, expected a positive integer'],
    [() => vae({ learningRate: -1 }), 'vae: learningRate is -1, expected 0 or more, within float32, or a schedule'],
    ...[1e-46, 1e39].map((rate): [() => ModelDefinition, string] => [() => vae({ learningRate: rate }),
      `vae: learningRate is ${rate}, expected 0 or more, within float32, or a schedule`]),
    [() => autoencoder({ latent: 1.5 }), 'autoencoder: latent is 1.5, expected a positive integer'],
    [() => gan({ beta1: 1 }), 'gan: beta1 is 1, expected 0 or more and less than 1'],
    [
      () => dcgan({ imageShape: [30, 28, 1] }),
      'dcgan: the images are 30 × 28, expected sides that four divides; resize or pad them',
    ],
  ])('options: %s', (make, message) => {
    expect(make).toThrow(new RangeError(message))
  })

  it.each([
    ['bytes', new Uint8Array(12), 'a Uint8Array'],
    ['a canvas\'s bytes', new Uint8ClampedArray(12), 'a Uint8ClampedArray'],
    ['doubles', new Float64Array(12), 'a Float64Array'],
    ['a list', Array(12).fill(0), 'an Array'],
    ['a short list', [0, 1], '[0, 1]'],
    ['nothing', undefined, 'undefined'],
  ])('%s where floats are expected', async (_, values, shown) => {
    const model = await newModel()
    const floats = values as unknown as Float32Array
    const images = new TypeError(`encode: images is ${shown}, expected a Float32Array in [-1, 1]; scale bytes by x / 127.5 - 1`)
    expect(() => model.encode(floats)).toThrow(images)
    expect(() => model.reconstruct(floats)).toThrow(images)
    expect(() => model.decode(floats)).toThrow(new TypeError(`decode: codes is ${shown}, expected a Float32Array`))
  })

  it('no runtime, no definition, or one that lacks something', async () => {
    const create = (...given: unknown[]) => Model.create(...given as Parameters<typeof Model.create>)
    const definition = smallVae()
    const await_ = 'a Runtime, which createRuntime() promises: await it'
    await expect(create(Promise.resolve(runtime), definition)).rejects.toThrow(
      new TypeError(`Model.create: runtime is a Promise, expected ${await_}`))
    await expect(create()).rejects.toThrow(`Model.create: runtime is undefined, expected ${await_}`)
    await expect(create(runtime)).rejects.toThrow(
      new TypeError('Model.create: definition is undefined, expected an object'))
    for (const [lacks, expected] of [
      ['imageShape', 'a list of positive integers'], ['codeShape', 'a list of positive integers'],
      ['train', 'a function'], ['decode', 'a function'],
    ] as const) {
      await expect(create(runtime, { ...definition, [lacks]: undefined })).rejects.toThrow(
        new TypeError(`Model.create: definition.${lacks} is undefined, expected ${expected}`))
    }
    await expect(create(runtime, { ...definition, imageShape: [28, 28, 0] })).rejects.toThrow(
      new RangeError('Model.create: definition.imageShape is [28, 28, 0], expected a list of positive integers'))
  })

  it('what a definition may leave out: optimizers, dropRemainder, sampleCodes', async () => {
    const { kind, options, imageShape, codeShape, train, decode } = smallVae()
    const model = await newModel({ kind, options, imageShape, codeShape, train, decode } as ModelDefinition)
    expect((await trained(model, data, { batchSize: 4 })).at(-1)!.samples).toBe(10)
    expect(model.sample(3)).toEqual(model.decode(model.drawCodes(3)))
  })

  it('pieces that are not what they should be', async () => {
    expect(() => variable('w', [2], undefined as never)).toThrow(
      new TypeError("variable: the initializer is undefined, expected an initializer, such as zeros() of 'initializers'"))
    expect(() => sequential([flatten()] as never, undefined as never)).toThrow(
      new TypeError('sequential: name is [an Object], expected a name of at least one character'))
    expect(() => sequential('encoder', flatten() as never)).toThrow(
      new TypeError('sequential: layers is an Object, expected a list of layers'))
    const model = await newModel()
    expect(() => model.loadWeights({} as never)).toThrow(
      new TypeError('loadWeights: weights is an Object, expected a Map of tensors by name'))
  })

  it('an own model whose graphs give other shapes than it says', async () => {
    const definition = smallVae()
    const { decode } = definition
    const mend = 'reshape what it returns'
    const flat = (codes: Tensor, pass: Pass) => flatten().apply(decode(codes, pass), pass)
    await expect(newModel({ ...definition, decode: flat })).rejects.toThrow(
      new RangeError(`decode gives [2, 12], expected [2, 2, 3, 2]; ${mend}`))
    await expect(newModel({ ...definition, encode: (images) => images })).rejects.toThrow(
      new RangeError(`encode gives [2, 2, 3, 2], expected [2, 3]; ${mend}`))
    await expect(newModel({ ...definition, sampleCodes: () => constant(0, [64, 3]) })).rejects.toThrow(
      new RangeError(`sampleCodes gives [64, 3], expected [2, 3]; ${mend}`))
  })

  it('values that are no samples', async () => {
    const model = await newModel()
    expect(() => model.sample(0)).toThrow(new RangeError('sample: count is 0, expected a positive integer'))
    expect(() => model.decode(new Float32Array(4))).toThrow(
      new RangeError('decode: 4 values given, expected a multiple of 3 (3 a sample)'),
    )
    expect(() => model.encode(new Float32Array(5))).toThrow(
      new RangeError('encode: 5 values given, expected a multiple of 12 (2 × 3 × 2 a sample)'),
    )
    await expect(newModel(smallVae(), -1)).rejects.toThrow(
      new RangeError('Model.create: seed is -1, expected an integer from 0 to 2^53 - 1'),
    )
  })
})

describe('a model too large for memory', () => {
  it('by its weights', async () => {
    // The first of its weights has 12·10⁹ floats.
    await expect(newModel(vae({ hidden: 1e9, latent: 1, imageShape: SHAPE }))).rejects.toThrow(
      /^out of memory: 331878\.7 MB for weights and the optimizer's memory; use .* \(a 32-bit memory ends at 4096 MB\)$/)
    expect(await newModel()).toBeDefined()
  })

  it('by one step; with a smaller batch it trains', async () => {
    const count = 300_000
    const data = { ...bytesData(1, [2, 2, 1]), images: new Uint8Array(count * 4), count }
    const model = await newModel(vae({ hidden: 4000, latent: 1, imageShape: [2, 2, 1] }))
    await expect(trained(model, data, { batchSize: count })).rejects.toThrow(
      /^out of memory: \d{4,}\.\d MB for the temporaries of a step; use a smaller batch size, fewer units /)
    await trainSteps(model, data, 10, 2)
    expect(model.session.counters('train')[0]).toBe(2)
    expect(runtime).toBeDefined()
  })
})
