// Several batches a step: rows that follow one another in the epoch, each seen once, whatever the chunks.
import { describe, expect, it } from 'vitest'
import { imageDataset } from '../../src/data/dataset.ts'
import type { Tensor } from '../../src/graph/tensor.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { mul } from '../../src/ops/arithmetic.ts'
import { sum } from '../../src/ops/reduce.ts'
import { square } from '../../src/ops/unary.ts'
import type { Batch } from '../../src/nn/batch.ts'
import { chunksOf, newModel, trained } from './data.ts'

const COUNT = 26
/** Row i is the number i + 1, and has the label i mod 3. */
const data = imageDataset({
  images: Float32Array.from({ length: COUNT }, (_, i) => i + 1), shape: [1, 1, 1], name: 'rows',
  labels: Uint8Array.from({ length: COUNT }, (_, i) => i % 3),
})

/** Reports, of each of `batchesPerStep` batches, the sums of its rows, of their squares, and of row × label. */
function summing(batchesPerStep: number, read = batchesPerStep): ModelDefinition {
  const sums = ({ images, labels }: Batch, i: number): Record<string, Tensor> => ({
    [`rows${i}`]: sum(images), [`squares${i}`]: sum(square(images)),
    [`labels${i}`]: sum(mul(sum(images, [1, 2, 3]), labels!)),
  })
  return {
    kind: 'summing', options: {}, imageShape: [1, 1, 1], codeShape: [1, 1, 1], classes: 3, batchesPerStep, optimizers: [],
    train(batch, pass) {
      expect(pass.batches).toHaveLength(batchesPerStep)
      expect(pass.batches[0]).toBe(batch)
      return [{ metrics: Object.assign({}, ...pass.batches.slice(0, read).map(sums)) as Record<string, Tensor> }]
    },
    decode: (codes) => codes,
  }
}
const total = (metrics: Readonly<Record<string, number>>, name: string, steps: number, k: number) =>
  Array.from({ length: k }, (_, i) => metrics[`${name}${i}`]! * steps).reduce((a, b) => a + b, 0)

describe.each([2, 3, 5])('%d batches a step', (k) => {
  it('go through the epoch once, as one batch of as many rows does; what fills no step is left out', async () => {
    const [rows, steps] = [2 * k, Math.floor(COUNT / (2 * k))]
    for (const ms of [0, 1000]) {
      chunksOf(ms)
      const model = await newModel(summing(k))
      const all = await trained(model, data, { batchSize: 2, epochs: 2 })
      const whole = await newModel({ ...summing(1), dropRemainder: true })
      const asOne = await trained(whole, data, { batchSize: rows, epochs: 2 })
      const [ends, others] = [all, asOne].map((run) => run.filter((p) => p.epochDone))
      expect(ends!.map((p) => [p.epoch, p.step, p.lastStep, p.samples])).toEqual(
        [1, 2].map((epoch) => [epoch, epoch * steps, 2 * steps, steps * rows]))
      for (const epoch of [0, 1]) {
        for (const name of ['rows', 'squares', 'labels']) {
          const [ours, theirs] = [total(ends![epoch]!.metrics, name, steps, k), total(others![epoch]!.metrics, name, steps, 1)]
          expect(ours, name).toBeCloseTo(theirs, 3)
        }
      }
      expect([...model.session.counters('train')]).toEqual([2 * steps, 0, 0, 2])
    }
  })
})

describe('refuses', () => {
  it('data that are too few for a step', async () => {
    await expect(trained(await newModel(summing(5)), data, { batchSize: 6 })).rejects.toThrow(new RangeError(
      'train: a step of 5 batches of 6 is larger than the data (26 images); use a smaller batch size'))
  })
  it('a definition that does not read them all', async () => {
    await expect(trained(await newModel(summing(3, 2)), data, { batchSize: 2 })).rejects.toThrow(new RangeError(
      "train: the summing's training step does not read the last of its 3 batches; set batchesPerStep to as many as it reads"))
  })
})
