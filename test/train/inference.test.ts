// Sampling, decoding and encoding: what row i comes to depends on the weights, the seed, its label and i alone, and all
// variables are there from the start.
import { describe, expect, it, vi } from 'vitest'
import type { ModelDefinition } from '../../src/models/definition.ts'
import type { Model } from '../../src/train/model.ts'
import { bytesData, newModel, trained, trainSteps } from './data.ts'
import { classData, CLASSES, conditional, noisy, OWN_SHAPE } from './own.ts'

const images = (count: number) => Float32Array.from({ length: count * 2 }, (_, i) => -Math.fround(Math.sqrt(i) / 16))
const OTHER_USES: readonly ((model: Model) => unknown)[] = [
  (model) => model.sample(130), (model) => model.encode(images(70)), (model) => model.decode(images(3), { seed: 9 }),
  (model) => model.reconstruct(images(1)), (model) => model.drawCodes(65, { seed: 3 }),
]

describe('random numbers in a definition', () => {
  it('are the same for the same seed, whatever was called before', async () => {
    const model = await newModel(noisy())
    const uses = [
      (m: Model) => m.sample(70), (m: Model) => m.encode(images(70)), (m: Model) => m.decode(images(70)),
      (m: Model) => m.reconstruct(images(70)), (m: Model) => m.drawCodes(70),
      (m: Model) => m.sample(70, { seed: 5 }), (m: Model) => m.encode(images(70), { seed: 5 }),
    ]
    const fresh = await Promise.all(uses.map(async (use) => use(await newModel(noisy()))))
    for (const [i, use] of uses.entries()) {
      for (const other of OTHER_USES) {
        other(model)
        expect(use(model), `use ${i}`).toEqual(fresh[i])
      }
    }
    expect(fresh[5]).not.toEqual(fresh[0])
    expect(fresh[6]).not.toEqual(fresh[1])
  })

  it('sample(3) is the beginning of sample(70), and sample is decode of drawCodes', async () => {
    const model = await newModel(noisy())
    const many = model.sample(70)
    for (const count of [1, 3, 64, 65]) expect(model.sample(count)).toEqual(many.subarray(0, count * 2))
    expect(model.decode(model.drawCodes(70))).toEqual(many)
    expect(model.encode(images(70)).subarray(0, 6)).toEqual(model.encode(images(3)))
  })
})

describe('a conditional model', () => {
  const make = async () => {
    const model = await newModel(conditional())
    await trained(model, classData(20, (i) => i % CLASSES), { batchSize: 4, epochs: 2 })
    return model
  }

  it('samples the classes that are asked for, or each in turn', async () => {
    const model = await make()
    const turns = Array.from({ length: 70 }, (_, i) => i % CLASSES)
    const many = model.sample(70)
    expect(model.sample(70, { labels: turns })).toEqual(many)
    expect(model.sample(3)).toEqual(many.subarray(0, 6))
    const threes = model.sample(70, { label: 3 })
    expect(threes).toEqual(model.sample(70, { labels: new Uint8Array(70).fill(3) }))
    // Rows of class 3 are those of the turns; the others differ.
    for (let i = 0; i < 70; i++) {
      const [three, turn] = [threes, many].map((all) => [...all.subarray(2 * i, 2 * i + 2)])
      if (i % CLASSES === 3) expect(three).toEqual(turn)
      else expect(three).not.toEqual(turn)
    }
  })

  it('encodes and decodes by the labels of the rows', async () => {
    const model = await make()
    const labels = Array.from({ length: 70 }, (_, i) => (i * 2) % CLASSES)
    const codes = model.encode(images(70), { labels })
    const out = model.decode(codes, { labels })
    for (const i of [0, 1, 63, 64, 69]) {
      const one = model.encode(images(70).slice(2 * i, 2 * i + 2), { label: labels[i] })
      expect(codes.slice(2 * i, 2 * i + 2)).toEqual(one)
      expect(out.slice(2 * i, 2 * i + 2)).toEqual(model.decode(one, { labels: [labels[i]!] }))
    }
    expect(model.reconstruct(images(70), { labels })).toEqual(out)
  })

  it.each<[string, (model: Model) => unknown, Error | RegExp]>([
    ['none where they are needed', (m) => m.decode(images(2)), new RangeError('decode: the conditional has 5 classes, ' +
      'and no labels are given; give { labels }, one class number a row, or { label } for all')],
    ['none to encode', (m) => m.encode(images(2)), new RangeError('encode: the conditional has 5 classes, ' +
      'and no labels are given; give { labels }, one class number a row, or { label } for all')],
    ['both', (m) => m.sample(2, { label: 1, labels: [1, 2] }),
      new RangeError('sample: label and labels are given, expected one of them')],
    ['of another number', (m) => m.sample(2, { labels: [1] }),
      new RangeError('sample: labels expected one for each of the 2 rows, got 1')],
    ['out of range', (m) => m.decode(images(2), { labels: [0, 5] }),
      new RangeError('decode: label 1 is 5, expected a class number, an integer from 0 to 4')],
    ['one out of range', (m) => m.sample(2, { label: 7 }),
      new RangeError('sample: label 0 is 7, expected a class number, an integer from 0 to 4')],
    ['no integer', (m) => m.sample(2, { label: 0.5 }), new RangeError('sample: label is 0.5, expected 0 or a positive integer')],
    ['numbers and weights', (m) => m.decode(images(1), { labels: [1], classWeights: [0, 1, 0, 0, 0] }),
      new RangeError('decode: labels and classWeights are given, expected one of them')],
    ['weights of another number', (m) => m.decode(images(2), { classWeights: [0, 1, 0, 0, 0] }),
      new RangeError('decode: classWeights expected 5 for each of the 2 rows, got 5')],
    ['weights below 0', (m) => m.decode(images(1), { classWeights: [2, -1, 0, 0, 0] }),
      new RangeError('decode: classWeights of row 0 are 2, -1, 0, 0, 0, expected 0 or more each, 1 in all')],
    ['weights that are no numbers', (m) => m.encode(images(1), { classWeights: [NaN, 1, 0, 0, 0] }),
      new RangeError('encode: classWeights of row 0 are NaN, 1, 0, 0, 0, expected 0 or more each, 1 in all')],
    ['weights of another sum', (m) => m.decode(images(2), { classWeights: [0, 1, 0, 0, 0, 0.5, 0, 0, 0.25, 0] }),
      new RangeError('decode: classWeights of row 1 are 0.5, 0, 0, 0.25, 0, expected 0 or more each, 1 in all')],
    ['weights without end', (m) => m.sample(1, { classWeights: [Infinity, 0, 0, 0, 0] }),
      new RangeError('sample: classWeights of row 0 are Infinity, 0, 0, 0, 0, expected 0 or more each, 1 in all')],
    ['weights where its graphs take numbers', (m) => m.decode(images(1), { classWeights: [0, 0.5, 0.5, 0, 0] }),
      /^decode: the conditional takes no classWeights, but labels: concat: /],
  ])('refuses labels: %s', async (_, use, error) => {
    const model = await newModel(conditional())
    expect(() => use(model)).toThrow(error)
  })

  it('and no other takes labels', async () => {
    const model = await newModel()
    for (const given of [{ label: 1 }, { classWeights: [0, 1, 0, 1] }]) {
      expect(() => model.sample(2, given)).toThrow(
        new RangeError('sample: labels are given, and the vae has no classes; leave them out'))
    }
  })
})

describe('variables', () => {
  it('of all graphs are there from the start: no use changes the digest, and states fit', async () => {
    const used = await newModel(noisy(), 3)
    const names = used.session.variables.map((v) => v.attrs.name)
    expect(names).toContain('decoder/own')
    const before = await used.digest()
    const fresh = (await newModel(noisy(), 3)).state()
    for (const use of OTHER_USES) use(used)
    expect(await used.digest()).toBe(before)
    expect(used.session.variables.map((v) => v.attrs.name)).toEqual(names)
    await trainSteps(used, bytesData(20, OWN_SHAPE), 4, 3)
    const [later, trainedOn] = [used.state(), await used.digest()]
    used.loadState(fresh)
    expect(await used.digest()).toBe(before)
    const another = await newModel(noisy())
    another.loadState(later)
    expect(await another.digest()).toBe(trainedOn)
  })

  it('are made by graphs of two rows, never by one', async () => {
    const sizes: number[] = []
    const definition = conditional()
    const watched: ModelDefinition<'loss' | 'mismatch'> = {
      ...definition,
      train(batch, pass) {
        sizes.push(batch.images.shape[0]!)
        return definition.train(batch, pass)
      },
    }
    const model = await newModel(watched)
    expect(sizes).toEqual([2])
    await trained(model, classData(10, () => 0), { batchSize: 4, epochs: 2 })
    expect(sizes).toEqual([2, 4, 2])
  })
})

it.each<[use: string, (model: Model, count: number) => unknown, size: number]>([
  ['sample', (model, count) => model.sample(count), 12],
  ['drawCodes', (model, count) => model.drawCodes(count), 3],
])('%s of more rows than an array holds is refused at once', async (_, draw, size) => {
  const model = await newModel()
  const most = Math.floor(2 ** 30 / size)
  for (const count of [most + 1, 2 ** 31, 2 ** 53]) {
    expect(() => draw(model, count)).toThrow(new RangeError(`sample: ${count} rows of ${size} numbers are more than an array ` +
      `holds, expected at most ${most} rows; ask for them in parts`))
  }
})

describe('images in another range than the models', () => {
  it.each(['encode', 'reconstruct'] as const)('%s warns', async (use) => {
    const model = await newModel(noisy())
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    model[use](Float32Array.of(0, 255))
    model[use](Float32Array.of(0, 1))
    model[use](Float32Array.of(-1, 1))
    expect(warn.mock.calls).toEqual([
      ['encode: images are from 0 to 255, and models take floats as from -1 to 1; give bytes, or scale by x / 127.5 - 1'],
      ['encode: images are from 0 to 1, and models take floats as from -1 to 1; where 0 is black, scale by 2 * x - 1'],
    ])
    warn.mockRestore()
    expect(() => model[use](Float32Array.of(0, NaN)))
      .toThrow(new RangeError('encode: image 0 holds NaN, expected finite numbers'))
  })
})
