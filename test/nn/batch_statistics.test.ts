// Normalization of one value: refused before anything is trained, with what to do.
import { describe, expect, it } from 'vitest'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { dcgan } from '../../src/models/dcgan.ts'
import { minimize } from '../../src/models/minimize.ts'
import { Pass } from '../../src/nn/layer.ts'
import { dense } from '../../src/nn/layers.ts'
import { meanSquaredError } from '../../src/nn/losses.ts'
import { batchNormalization, groupNormalization, layerNormalization } from '../../src/nn/normalization.ts'
import { sgd } from '../../src/nn/optimizers.ts'
import { sequential } from '../../src/nn/sequential.ts'
import { input } from '../../src/graph/leaves.ts'
import type { Tensor } from '../../src/graph/tensor.ts'
import * as ops from '../../src/ops/index.ts'
import { imageDataset } from '../../src/data/dataset.ts'
import { countersOf } from '../../src/train/state.ts'
import { floats, generator } from '../harness.ts'
import { newModel } from '../train/data.ts'

const SHAPE = [4, 4, 1] as const
const data = (count: number) => imageDataset({ images: floats(count * 16, generator(count)), shape: SHAPE })

/** Dense layers, normalized: an epoch has a last smaller batch. */
function normalized(trainable = true): ModelDefinition<'loss'> {
  const network = sequential('network', [dense({ units: 5 }), batchNormalization({ trainable }), dense({ units: 16 })])
  const optimizer = sgd()
  const flat = (x: Tensor) => ops.reshape(x, [x.shape[0]!, 16])
  return {
    kind: 'normalized', options: {}, imageShape: SHAPE, codeShape: SHAPE, optimizers: [optimizer],
    train: ({ images }, pass) =>
      [minimize(optimizer, meanSquaredError(flat(images), network.apply(flat(images), pass)), [network])],
    decode: (codes, pass) => ops.reshape(network.apply(flat(codes), pass), codes.shape),
  }
}

const says = /batchNormalization(_\d+)?: x \[1, (1, 1, )?\d+\] has one value a channel, which has no variance to learn from; use larger/

describe('one value a channel', () => {
  it.each<[string, () => ModelDefinition, number, { batchSize: number; accumulate?: number }]>([
    ['in a batch of one', () => dcgan({ imageShape: SHAPE, filters: [4, 3] }), 6, { batchSize: 1 }],
    ['in micro-batches of one', () => dcgan({ imageShape: SHAPE, filters: [4, 3] }), 6, { batchSize: 1, accumulate: 3 }],
    ["in an epoch's last batch", normalized, 9, { batchSize: 4 }],
    ["in the last micro-batch of an epoch's last step", normalized, 13, { batchSize: 4, accumulate: 2 }],
  ])('%s is refused before training', async (_, definition, count, options) => {
    const model = await newModel(definition())
    const before = await model.digest()
    const train = async () => { for await (const { step } of model.train(data(count), options)) expect(step).toBe(0) }
    await expect(train()).rejects.toThrow(says)
    expect(countersOf(model.session).step).toBe(0)
    expect(await model.digest()).toBe(before)
  })
  it('is learned from with what the message advises', async () => {
    const moved = async (definition: ModelDefinition, count: number, batchSize: number) => {
      const model = await newModel(definition)
      const before = await model.digest()
      for await (const { epochDone } of model.train(data(count), { batchSize })) expect(typeof epochDone).toBe('boolean')
      return (await model.digest()) !== before
    }
    expect(await moved(dcgan({ imageShape: SHAPE, filters: [4, 3] }), 6, 2)).toBe(true)
    expect(await moved({ ...normalized(), dropRemainder: true }, 9, 4)).toBe(true)
    expect(await moved(normalized(false), 9, 4)).toBe(true)
  })
  it.each<[string, (pass: Pass) => unknown]>([
    ['layerNormalization: x [4, 1] has one value on its last axis',
      (pass) => layerNormalization().apply(input('x', [4, 1]), pass)],
    ['groupNormalization: x [4, 1, 1, 6] has one value a group',
      (pass) => groupNormalization({ groups: 6 }).apply(input('x', [4, 1, 1, 6]), pass)],
  ])('%s: refused in training too', (message, apply) => {
    expect(() => apply(new Pass(true))).toThrow(new RangeError(
      `${message}, which has no variance to learn from; use more, or leave the layer out`))
    expect(apply(new Pass(false))).toBeDefined()
  })
  it('is fine where running statistics are used', () => {
    const layer = batchNormalization()
    expect(layer.apply(input('x', [1, 3]), new Pass(false)).shape).toEqual([1, 3])
    expect(() => layer.apply(input('x', [1, 3]), new Pass(true))).toThrow(says)
  })
})
