// The vq-vae: its book against plain doubles, the straight-through gradient against finite differences, its prior as a
// distribution. test/tools/vq_vae.test.ts compares a whole step with PyTorch.
import { describe, expect, it } from 'vitest'
import { imageDataset } from '../../src/data/dataset.ts'
import { input, isVariable } from '../../src/graph/leaves.ts'
import type { Tensor } from '../../src/graph/tensor.ts'
import { codePrior } from '../../src/models/code_prior.ts'
import { codebook, perplexity } from '../../src/models/codebook.ts'
import { trainingStages } from '../../src/models/stages.ts'
import { vqVae, type VqVaeOptions } from '../../src/models/vq_vae.ts'
import { Pass } from '../../src/nn/layer.ts'
import { add, mul, sub } from '../../src/ops/arithmetic.ts'
import { concat } from '../../src/ops/concat.ts'
import { sum } from '../../src/ops/reduce.ts'
import { square } from '../../src/ops/unary.ts'
import { scaledImages } from '../../src/train/batches.ts'
import { compile, evaluate, feed, floats, generator, newSession } from '../harness.ts'
import { newModel, trained } from '../train/data.ts'
import { picturesOf } from './sizes.ts'

const drawn = (n: number, seed: number, low = -1, high = 1) => {
  const uniform = generator(seed)
  return floats(n, () => low + (high - low) * uniform())
}
const total = (xs: Iterable<number>) => [...xs].reduce((a, b) => a + b, 0)
const SMALL = { imageShape: [8, 8, 1], codeSide: 4, vectors: 5, depth: 3, filters: 3, priorUnits: 4, priorBlocks: 2 } as const
const small = (options: VqVaeOptions = {}) => vqVae({ ...SMALL, ...options })
const rows = (values: ArrayLike<number>, width: number): number[][] =>
  Array.from({ length: values.length / width }, (_, i) => Array.from({ length: width }, (__, k) => values[i * width + k]!))

describe('the book', () => {
  const [PLACES, DEPTH, VECTORS, IMAGES, DECAY] = [12, 2, 4, 3, 0.9]
  // Nobody is near the last vector.
  const vectors = [[0, 0], [1, 1], [-1, 1], [9, 9]]
  const counts = [2, 1, 0.5, 0.008]
  const codes = drawn(PLACES * DEPTH, 4, -1.2, 1.2)

  async function learned() {
    const session = await newSession()
    const book = codebook(VECTORS, DEPTH, DECAY)
    const x = input('codes', [PLACES, DEPTH])
    const choices = book.nearest(x)
    const outputs = { choices, chosen: book.chosen(choices), perplexity: perplexity(choices) }
    const updates = book.learn(x, choices, IMAGES, new Pass(true))
    const fn = session.compile({ group: 'train', stages: [{ outputs, updates }] })
    const of = (name: string) => session.variables.find(({ attrs }) => attrs.name === `codebook/${name}`)!
    session.write(of('count'), Float32Array.from(counts))
    session.write(of('sum'), Float32Array.from(vectors.flatMap((v, i) => v.map((each) => each * counts[i]!))))
    fn.feed('codes', codes).run(1)
    const read = (name: keyof typeof outputs) => fn.read(name)
    return { read, count: session.read(of('count')), sum: rows(session.read(of('sum')), DEPTH) }
  }
  const nearest = rows(codes, DEPTH).map((c) => {
    const distances = vectors.map((v) => total(v.map((each, k) => (each - c[k]!) ** 2)))
    return distances.indexOf(Math.min(...distances))
  })

  it('gives the nearest vector, and e^entropy of the choices', async () => {
    const { read } = await learned()
    expect(rows(read('choices'), VECTORS).map((row) => row.indexOf(1))).toEqual(nearest)
    rows(read('chosen'), DEPTH).forEach((v, i) => v.forEach((each, k) => expect(each).toBeCloseTo(vectors[nearest[i]!]![k]!, 5)))
    const shares = vectors.map((_, v) => nearest.filter((n) => n === v).length / PLACES)
    expect(new Set(nearest).size).toBe(3)
    expect(read('perplexity')[0]).toBeCloseTo(Math.exp(-total(shares.map((p) => (p ? p * Math.log(p) : 0)))), 4)
  })
  it('moves averages an image; a vector that is hardly chosen begins again at a code of the batch', async () => {
    const { count, sum: sums } = await learned()
    for (const v of [0, 1, 2]) {
      const own = rows(codes, DEPTH).filter((_, i) => nearest[i] === v)
      expect(count[v]).toBeCloseTo(DECAY * counts[v]! + (1 - DECAY) * own.length / IMAGES, 5)
      sums[v]!.forEach((each, k) => expect(each).toBeCloseTo(
        DECAY * counts[v]! * vectors[v]![k]! + (1 - DECAY) * total(own.map((c) => c[k]!)) / IMAGES, 5))
    }
    expect(count[3]).toBe(1 / 128)
    const again = sums[3]!.map((each) => each * 128)
    expect(rows(codes, DEPTH)).toContainEqual(again.map((each) => expect.closeTo(each, 5) as number))
  })
})

describe.each([0, 3])('the prior, told of %i classes', (classes) => {
  const [height, width, vectors] = [2, 3, 3]
  const places = height * width
  const prior = codePrior({ vectors, units: 4, blocks: 2, height, width, classes })
  const pass = new Pass(false)
  const told = (labels: Tensor) => (classes ? labels : undefined)
  const labelOf = (code: number) => (classes ? code % classes : 0)
  /** −ln p of each choice of codes, which are numbers, all of one class. */
  async function nllOf(codes: readonly (readonly number[])[], label: number, of = prior, k = vectors): Promise<number[][]> {
    const places = codes[0]!.length
    const oneHot = codes.flat().flatMap((c) => Array.from({ length: k }, (_, v) => Number(v === c)))
    const labels = codes.map(() => label)
    const shapes = [[codes.length * places, k], [codes.length]]
    const [y] = evaluate(await newSession(), shapes, (x, l) => [of.nll(x, pass, told(l))], [oneHot, labels])
    return rows(y!, places)
  }

  it('is a distribution: the probabilities of all codes add up to 1', async () => {
    const of = codePrior({ vectors: 2, units: 5, blocks: 3, height: 2, width: 2, classes })
    const all = Array.from({ length: 16 }, (_, i) => [i & 1, (i >> 1) & 1, (i >> 2) & 1, i >> 3])
    const each: number[][] = []
    for (const label of [0, 1, 2].slice(0, classes || 1)) {
      const p = (await nllOf(all, label, of, 2)).map((nats) => Math.exp(-total(nats)))
      expect(total(p)).toBeCloseTo(1, 5)
      expect(Math.max(...p) / Math.min(...p)).toBeGreaterThan(1.2)
      each.push(p)
    }
    for (const p of each.slice(1)) expect(Math.max(...p.map((x, i) => Math.abs(x / each[0]![i]! - 1)))).toBeGreaterThan(0.05)
  })
  it('draws, place by place, the choice whose share of the probabilities has u', async () => {
    const n = 3
    const u = drawn(n * places, 9, 0, 1)
    const labels = Array.from({ length: n }, (_, i) => labelOf(i))
    const draw = (x: Tensor, l: Tensor) => [concat(prior.draw(x, pass, told(l)), 1)]
    const [y] = evaluate(await newSession(), [[n, places], [n]], draw, [u, labels])
    const codes = rows(y!, places * vectors).map((code) => rows(code, vectors).map((choice) => choice.indexOf(1)))
    expect(new Set(codes.flat()).size).toBe(vectors)
    for (const [i, code] of codes.entries()) {
      for (const [k, choice] of code.entries()) {
        // Training's own probabilities of what might stand here; what comes later does not matter.
        const others = Array.from({ length: vectors }, (_, v) => (
          code.map((c, at) => (at < k ? c : at === k ? v : (c + 1) % vectors))))
        const p = (await nllOf(others, labelOf(i))).map((each) => Math.exp(-each[k]!))
        const below = total(p.slice(0, choice))
        expect(u[i * places + k]).toBeGreaterThan(below - 1e-5)
        expect(u[i * places + k]).toBeLessThan(below + p[choice]! + 1e-5)
      }
    }
  }, 30_000)
})

describe('training', () => {
  const data = picturesOf('smooth', 16, [8, 8, 1])
  const images = scaledImages(data, [0, 1, 2, 3])

  it('the encoder gets the slope that the decoder has at the vectors', async () => {
    const definition = small({ commitment: 0 })
    const model = await newModel(definition)
    const shape = [4, 8, 8, 1]
    const made = compile(model.session, [shape, [3]], (x, shift) => {
      const [stage] = trainingStages(definition, { images: x })
      const last = stage!.updates!.find(({ inputs: [v] }) => isVariable(v!) && v.attrs.name === 'encoder/conv2d_1/bias')!
      const drawnAgain = definition.decode(add(definition.encode!(x, new Pass(false)), shift), new Pass(false))
      return [last.inputs.at(-1)!, mul(sum(square(sub(x, drawnAgain))), 1 / 4)]
    })
    const at = (shift: readonly number[]) => {
      feed(made.fn, [images, shift])
      made.fn.run(1)
      return [[...made.fn.read('y0')], made.fn.read('y1')[0]!] as const
    }
    const [slopes] = at([0, 0, 0])
    const largest = Math.max(...slopes.map(Math.abs))
    expect(largest).toBeGreaterThan(0.01)
    for (const [k, slope] of slopes.entries()) {
      const moved = (h: number) => at([0, 1, 2].map((i) => (i === k ? h : 0)))[1]
      expect(Math.abs(slope - (moved(0.002) - moved(-0.002)) / 0.004)).toBeLessThan(0.02 * largest)
    }
  })
  it('lowers the loss and the prior; the loss has the commitment by its weight; codes are vectors of the book', async () => {
    const model = await newModel(small({ commitment: 0.4 }))
    const all = (await trained(model, data, { batchSize: 8, epochs: 100 })).filter(({ epochDone }) => epochDone)
      .map(({ metrics }) => metrics as Record<string, number>)
    for (const { loss, reconstruction, commitment, perplexity: used } of all) {
      expect(loss! / (reconstruction! + 0.4 * commitment!)).toBeCloseTo(1, 5)
      expect(used).toBeGreaterThanOrEqual(0.999)
      expect(used).toBeLessThan(5.001)
    }
    const [first, last] = [all[0]!, all.at(-1)!]
    expect(last.loss).toBeLessThan(first.loss! / 2)
    expect(last.prior).toBeLessThan(first.prior!)
    const { loss, reconstruction, prior } = model.evaluate(data)
    expect(loss).toBeGreaterThan(reconstruction!)
    expect(prior).toBeGreaterThan(0)
    const weights = model.weights()
    const counts = weights.get('codebook/count')!.data
    const book = rows(weights.get('codebook/sum')!.data, 3).map((v, i) => v.map((each) => each / counts[i]!))
    for (const code of [...rows(model.encode(images), 3), ...rows(model.drawCodes(2), 3)]) {
      expect(book).toContainEqual(code.map((each) => expect.closeTo(each, 4) as number))
    }
  })
  it('samples what it is asked for, where images have classes; encoder and decoder are told none', async () => {
    const labels = Uint8Array.from({ length: 16 }, (_, i) => i % 2)
    const images = Uint8Array.from({ length: 16 * 64 }, (_, i) => (labels[Math.floor(i / 64)] ? 240 : 20) + i % 9)
    const shades = imageDataset({ images, shape: [8, 8, 1], labels, classes: 2 })
    const model = await newModel(small({ classes: 2, learningRate: 0.01 }))
    await trained(model, shades, { batchSize: 8, epochs: 100 })
    const shade = (label: number) => total(model.sample(20, { label })) / (20 * 64)
    expect(shade(1) - shade(0)).toBeGreaterThan(1)
    expect(model.evaluate(shades).prior).toBeLessThan(16 * Math.log(2))
    const both = scaledImages(shades, [0, 1])
    const [one, other] = [[0, 0], [1, 1]].map((given) => model.reconstruct(both, { labels: given }))
    expect(one).toEqual(other)
    expect(model.reconstruct(both)).toEqual(one)
    expect(() => model.sample(1, { label: 2 })).toThrow(RangeError)
  }, 30_000)
  it('samples three as it begins seventy, others by another seed', async () => {
    const model = await newModel(small())
    await trained(model, data, { batchSize: 8, epochs: 20 })
    const [few, many] = [model.sample(3), model.sample(70)]
    expect(many.subarray(0, few.length)).toEqual(few)
    expect(model.sample(3, { seed: 5 })).not.toEqual(few)
  })
})

it.each([
  [{ depth: 0 }, 'vq-vae: depth is 0, expected a positive integer'],
  [{ decay: 2 }, 'vq-vae: decay is 2, expected 0 or more and less than 1'],
])('refuses %j', (options, message) => {
  expect(() => vqVae(options)).toThrow(new RangeError(message))
})
