// What is exported as safetensors for Keras: a network of Keras' layers, rebuilt by hand, takes every weight under its name in
// its layout, and computes what we do, at most 1e-5 off.
import { expect, test } from 'vitest'
import { layers, type ModelDefinition } from '../../src/entries/index.ts'
import { exportModel } from '../../src/export/export.ts'
import type { Part } from '../../src/export/part.ts'
import { decodeSafetensors } from '../../src/formats/safetensors.ts'
import { type ModelName, models } from '../../src/models/kinds.ts'
import { Model } from '../../src/train/model.ts'
import { distance } from '../export/onnx_run.ts'
import { numbers, oursOf, trained } from '../export/parts.ts'
import { runtime } from '../harness.ts'
import { keras, predicted, type Stack } from './keras.ts'
import { absent } from './packages.ts'

const named = (name: string) => (keras ? name : `${name}: ${absent('@tensorflow/tfjs-layers')}`)
const of = (name: string, options: object = {}) => keras!.layers[name]!(options)

/** How far Keras is from us. @param stack from the sizes of the file's weights, by their names */
async function apart(model: Model, part: Part, stack: (shapeOf: (name: string) => readonly number[]) => Stack): Promise<number> {
  const files = await exportModel(model, 'safetensors', { part, for: 'keras' })
  const { tensors, metadata } = decodeSafetensors(files.get('model.safetensors') as Uint8Array)
  expect(metadata['format']).toBe('tf')
  const { inputs, outputs } = oursOf(model, part, 3)
  const [[input], [output]] = [[...inputs.values()], [...outputs.values()]]
  const found = predicted(stack((name) => tensors.get(name)!.shape), tensors, input!)
  expect(found.shape).toEqual(output!.shape)
  return distance(found.data, output!.data)
}

const halving = { kernelSize: 4, strides: 2, padding: 'same' }
const leaky = () => [null, of('leakyReLU', { alpha: 0.2 })] as const
const IMAGE = { targetShape: [28, 28, 1] }

type Shapes = (name: string) => readonly number[]
const dense = (name: string, shapeOf: Shapes, activation = 'linear') =>
  [name, of('dense', { units: shapeOf(`${name}/kernel`)[1], activation })] as const
const NETWORKS: readonly (readonly [ModelName, Part, (shapeOf: Shapes) => Stack])[] = [
  ['vae', 'decoder', (shapeOf) => [
    dense('decoder/dense', shapeOf, 'relu'), dense('decoder/dense_1', shapeOf, 'tanh'), [null, of('reshape', IMAGE)],
  ]],
  ['vae', 'encoder', (shapeOf) => [[null, of('flatten')], dense('encoder/dense', shapeOf, 'relu'), dense('mean', shapeOf)]],
  ['gan', 'generator', (shapeOf) => [
    dense('generator/dense', shapeOf, 'relu'), dense('generator/dense_1', shapeOf, 'relu'),
    dense('generator/dense_2', shapeOf, 'tanh'), [null, of('reshape', IMAGE)],
  ]],
  ['gan', 'discriminator', (shapeOf) => [
    [null, of('flatten')], dense('discriminator/dense', shapeOf), leaky(), dense('discriminator/dense_1', shapeOf), leaky(),
    dense('discriminator/dense_2', shapeOf),
  ]],
  ['dcgan', 'generator', (shapeOf) => {
    const [height, width, half, quarter] = shapeOf('generator/conv2dTranspose/kernel')
    expect([height, width]).toEqual([4, 4])
    const normalized = (name: string) => [[name, of('batchNormalization', { epsilon: 1e-5 })],
      [null, of('activation', { activation: 'relu' })]] as const
    return [
      dense('generator/dense', shapeOf), [null, of('reshape', { targetShape: [7, 7, quarter] })],
      ...normalized('generator/batchNormalization'),
      ['generator/conv2dTranspose', of('conv2dTranspose', { filters: half, ...halving })],
      ...normalized('generator/batchNormalization_1'),
      ['generator/conv2dTranspose_1', of('conv2dTranspose', { filters: 1, ...halving, activation: 'tanh' })],
    ]
  }],
  ['dcgan', 'discriminator', (shapeOf) => [
    ['discriminator/conv2d', of('conv2d', { filters: shapeOf('discriminator/conv2d/kernel')[3], ...halving })], leaky(),
    ['discriminator/conv2d_1', of('conv2d', { filters: shapeOf('discriminator/conv2d_1/kernel')[3], ...halving })],
    ['discriminator/batchNormalization', of('batchNormalization', { epsilon: 1e-5 })], leaky(), [null, of('flatten')],
    dense('discriminator/dense', shapeOf),
  ]],
  ['autoencoder', 'encoder', (shapeOf) => {
    const convolution = (name: string, strides: number) => [name, of('conv2d', {
      filters: shapeOf(`${name}/kernel`)[3], kernelSize: 3, strides, padding: 'same', activation: 'relu',
    })] as const
    const pool = () => [null, of('maxPooling2d', { poolSize: 2, strides: 2, padding: 'same' })] as const
    return [convolution('encoder/conv2d', 3), pool(), convolution('encoder/conv2d_1', 2), pool()]
  }],
]
test.skipIf(!keras).each(NETWORKS)(named('of the %s the %s'), async (kind, part, stack) => {
  const model = await trained(models[kind](models[kind].verify.options))
  expect(await apart(model, part, stack)).toBeLessThan(1e-5)
})

test.skipIf(!keras)(named('every layer with weights that both have, sides and strides of their own'), async () => {
  const EPSILON = { epsilon: 1e-3 }
  const convolutions = [
    [{ filters: 4, kernelSize: [3, 2], strides: [2, 1], padding: 'same' }, 'conv2d'],
    [{ filters: 5, kernelSize: [4, 3], strides: [3, 2], padding: 'valid' }, 'conv2dTranspose'],
    [{ filters: 3, kernelSize: [1, 3], strides: [2, 2], padding: 'same' }, 'conv2dTranspose'],
  ] as const
  const encoder = layers.sequential('encoder', [
    layers.conv2d(convolutions[0][0]), layers.batchNormalization(EPSILON),
    layers.depthwiseConv2d({ kernelSize: [2, 3], depthMultiplier: 2, padding: 'same' }),
    layers.conv2dTranspose(convolutions[1][0]), layers.layerNormalization(EPSILON), layers.conv2dTranspose(convolutions[2][0]),
    layers.flatten(), layers.dense({ units: 6 }),
  ])
  const decoder = layers.dense({ units: 6 * 5 * 2 })
  const definition: ModelDefinition = {
    kind: 'layers', options: {}, imageShape: [6, 5, 2], codeShape: [6], optimizers: [],
    train: ({ images }, pass) => [{ outputs: { images: decoder.apply(encoder.apply(images, pass), pass) } }],
    encode: (images, pass) => encoder.apply(images, pass),
    decode: (codes, pass) => layers.reshape({ targetShape: [6, 5, 2] }).apply(decoder.apply(codes, pass), pass),
  }
  const model = await Model.create(runtime, definition)
  model.session.variables.forEach((v, i) => {
    const values = numbers(v.size, i + 3)
    model.session.write(v, /variance/.test(v.attrs.name) ? values.map((x) => Math.abs(x) + 0.5) : values)
  })
  expect(await apart(model, 'encoder', () => [
    ['encoder/conv2d', of('conv2d', convolutions[0][0])], ['encoder/batchNormalization', of('batchNormalization', EPSILON)],
    ['encoder/depthwiseConv2d', of('depthwiseConv2d', { kernelSize: [2, 3], depthMultiplier: 2, padding: 'same' })],
    ['encoder/conv2dTranspose', of('conv2dTranspose', convolutions[1][0])],
    ['encoder/layerNormalization', of('layerNormalization', EPSILON)],
    ['encoder/conv2dTranspose_1', of('conv2dTranspose', convolutions[2][0])],
    [null, of('flatten')], ['encoder/dense', of('dense', { units: 6 })],
  ])).toBeLessThan(1e-5)
})
