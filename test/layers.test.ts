// Layers and definitions as their users meet them: options refused where they are given, layers shared, gradients clipped.
import { describe, expect, it } from 'vitest'
import { input } from '../src/graph/leaves.ts'
import type { Tensor } from '../src/graph/tensor.ts'
import { autoencoder } from '../src/models/autoencoder.ts'
import { dcgan } from '../src/models/dcgan.ts'
import type { ModelDefinition } from '../src/models/definition.ts'
import { gan } from '../src/models/gan.ts'
import { models } from '../src/models/kinds.ts'
import { minimize, type MinimizeOptions } from '../src/models/minimize.ts'
import { trainingStages } from '../src/models/stages.ts'
import { vae } from '../src/models/vae.ts'
import { clipByGlobalNorm } from '../src/nn/clip.ts'
import { ones } from '../src/nn/initializers.ts'
import { type Layer, parameters, Pass } from '../src/nn/layer.ts'
import * as layers from '../src/nn/layers.ts'
import { batchNormalization, layerNormalization } from '../src/nn/normalization.ts'
import { sgd } from '../src/nn/optimizers.ts'
import { sequential } from '../src/nn/sequential.ts'
import { add, mul } from '../src/ops/arithmetic.ts'
import { mean, sum } from '../src/ops/reduce.ts'
import { resizeBilinear, resizeNearest } from '../src/ops/resize.ts'
import { evaluate, newSession } from './harness.ts'

describe('a layer that two sequentials share', () => {
  it('has each parameter once, and is updated once', async () => {
    const shared = layers.dense({ units: 1, useBias: false, kernelInitializer: ones() })
    const [a, b] = [sequential('a', [shared]), sequential('b', [shared])]
    const pass = new Pass(true)
    const x = input('x', [1, 2])
    const loss = sum(add(a.apply(x, pass), b.apply(x, pass)))
    expect(parameters(a, b, shared).map((v) => v.attrs.name)).toEqual(['a/dense/kernel'])
    const session = await newSession()
    const fn = session.compile({ group: 'train', stages: [minimize(sgd({ learningRate: 0.1 }), loss, [a, b])] })
    fn.feed('x', [1, 2]).run(1)
    // dloss/dkernel = 2x
    session.values(parameters(a)[0]!).forEach((w, i) => expect(w).toBeCloseTo(1 - 0.1 * 2 * (i + 1), 6))
  })

  it('twice in one sequential is one layer too', () => {
    const twice = layers.dense({ units: 2 })
    const net = sequential('net', [twice, twice])
    net.apply(input('x', [1, 2]), new Pass(false))
    expect(net.variables.map((v) => v.attrs.name)).toEqual(['net/dense/kernel', 'net/dense/bias'])
  })
})

describe('layers of one name in a sequential', () => {
  const names = (...parts: Layer[]) => {
    const net = sequential('net', parts)
    net.apply(input('x', [1, 2]), new Pass(false))
    return net.variables.map((v) => v.attrs.name)
  }
  const dense = (name?: string) => layers.dense({ units: 2, useBias: false, ...(name && { name }) })
  it('are told apart by numbers that nobody has', () => {
    expect(names(dense(), dense('dense_1'), dense())).toEqual(['net/dense/kernel', 'net/dense_1/kernel', 'net/dense_2/kernel'])
  })
  it('may be sequentials', () => {
    const block = () => sequential('block', [dense()])
    expect(names(block(), block())).toEqual(['net/block/dense/kernel', 'net/block_1/dense/kernel'])
  })
  it('may be of a class with private fields', () => {
    class Doubled implements Layer {
      readonly #inner = dense()
      readonly kind = 'doubled'
      readonly name = 'doubled'
      get variables() { return this.#inner.variables }
      apply(x: Tensor, pass: Pass, as = this.name) { return this.#inner.apply(add(x, x), pass, as) }
    }
    expect(names(new Doubled(), new Doubled())).toEqual(['net/doubled/kernel', 'net/doubled_1/kernel'])
  })
})

describe('resizing', () => {
  const x = Array.from({ length: 12 }, (_, i) => i * i)
  const coordinates = [{}, { halfPixelCenters: true }, { alignCorners: true }]
  it.each(coordinates)('takes its coordinates to both interpolations: %j', async (options) => {
    for (const [interpolation, op] of [['nearest', resizeNearest], ['bilinear', resizeBilinear]] as const) {
      const layer = layers.resizing({ height: 5, width: 7, interpolation, ...options })
      const [y, expected] = evaluate(await newSession(), [[1, 3, 4, 1]],
        (t) => [layer.apply(t, new Pass(false)), op(t, [5, 7], options)], [x])
      expect(y).toEqual(expected)
    }
  })
})

describe('minimize', () => {
  const step = async (options?: MinimizeOptions) => {
    const layer = layers.dense({ units: 1, useBias: false, kernelInitializer: ones() })
    const loss = mean(layer.apply(input('x', [1, 2]), new Pass(true)))
    const session = await newSession()
    const stage = minimize(sgd({ learningRate: 1 }), loss, [layer], options)
    const fn = session.compile({ group: 'train', stages: [stage] })
    fn.feed('x', [3, 4]).run(1)
    return Array.from(session.values(layer.variables[0]!), (w) => 1 - w)
  }
  it('gives the gradients to its transforms before the optimizer', async () => {
    expect(await step()).toEqual([3, 4])
    const clipped = await step({ transforms: [(g) => g.map((x) => mul(x, 2)), clipByGlobalNorm(1)] })
    expect(clipped[0]).toBeCloseTo(0.6, 6)
    expect(clipped[1]).toBeCloseTo(0.8, 6)
  })
  it('wants as many back', async () => {
    await expect(step({ transforms: [(g) => g, () => []] })).rejects.toThrow(
      new RangeError('chain: transform 1 gave 0 gradients, expected 1, as many as it was given'))
  })
})

describe('clipNorm of the definitions', () => {
  const clipped = Object.entries(models).filter(([, { options }]) => 'clipNorm' in options)
  it.each(clipped)('%s: bounds the gradients', (_, define) => {
    const opsOf = (definition: ModelDefinition) => {
      const stages = trainingStages(definition, { images: input('x', [2, 28, 28, 1]), labels: input('labels', [2]) })
      // The gradient that reaches an optimizer is a product with the factor where it is clipped.
      const updates = stages.flatMap((s) => s.updates!).filter((u) => u.op.name === 'optimizer')
      return updates.map((u) => u.inputs.at(-1)!.inputs[1]?.op.name)
    }
    expect(define({ clipNorm: 2 }).options).toEqual({ ...define().options, clipNorm: 2 })
    expect(new Set(opsOf(define({ clipNorm: 2 })))).toEqual(new Set(['div']))
    expect(opsOf(define())).not.toContain('div')
  })
})

describe('options are refused where they are given', () => {
  const any = (x: unknown) => x as never
  it.each<[() => unknown, string]>([
    [() => vae({ noise: any('bogus') }), "vae: noise is 'bogus', expected 'sample' or 'batch'"],
    [() => vae(any({ latnet: 3 })),
      "vae: there is no option 'latnet'; it takes latent, hidden, learningRate, noise, clipNorm, imageShape"],
    [() => vae({ imageShape: [28, 28, 0] }),
      'vae: imageShape is [28, 28, 0], expected 3 positive integers, [height, width, channels]'],
    [() => gan({ learningRate: NaN }), 'gan: learningRate is NaN, expected 0 or more, within float32, or a schedule'],
    [() => gan({ clipNorm: -1 }), 'gan: clipNorm is -1, expected 0 or more'],
    [() => autoencoder({ filters: any([1, 2]) }),
      "autoencoder: filters is [1, 2], expected 3 positive integers, of the encoder's first layer and the decoder's first two"],
    [() => dcgan({ beta1: 1 }), 'dcgan: beta1 is 1, expected 0 or more and less than 1'],
    [() => layers.dense({ units: 0 }), 'dense: units is 0, expected a positive integer'],
    [() => layers.dense(any({ units: 1, activaton: 'relu' })),
      "dense: there is no option 'activaton'; it takes units, activation, useBias, kernelInitializer, biasInitializer, name, " +
        'trainable, learningRateMultiplier'],
    [() => layers.dense({ units: 1, activation: any('rely') }),
      "dense: activation is 'rely', expected linear, relu, leakyReLU, elu, tanh, sigmoid, softplus or a function"],
    [() => layers.conv2d({ filters: 2, kernelSize: 0 }),
      'conv2d: kernelSize is 0, expected a positive integer or two, [height, width]'],
    [() => layers.conv2dTranspose({ filters: 2, kernelSize: [3, 1.5] }),
      'conv2dTranspose: kernelSize is [3, 1.5], expected a positive integer or two, [height, width]'],
    [() => layers.conv2d({ filters: -1, kernelSize: 3 }), 'conv2d: filters is -1, expected a positive integer'],
    [() => layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 0 }),
      'depthwiseConv2d: depthMultiplier is 0, expected a positive integer'],
    [() => layers.maxPooling2d({ padding: any('full') }), "maxPooling2d: padding is 'full', expected 'valid' or 'same'"],
    [() => layers.resizing({ height: 2, width: 2, interpolation: any('cubic') }),
      "resizing: interpolation is 'cubic', expected 'bilinear' or 'nearest'"],
    [() => layers.dropout({ rate: 1 }), 'dropout: rate is 1, expected 0 or more and less than 1'],
    [() => layers.leakyReLU({ alpha: -1 }), 'leakyReLU: alpha is -1, expected 0 or more'],
    [() => layers.reshape({ targetShape: [0] }), 'reshape: targetShape is [0], expected a list of positive integers'],
    [() => batchNormalization({ momentum: 1.5 }), 'batchNormalization: momentum is 1.5, expected a number from 0 to 1'],
    [() => batchNormalization({ epsilon: -1 }), 'batchNormalization: epsilon is -1, expected 0 or more'],
    [() => layerNormalization({ epsilon: NaN }), 'layerNormalization: epsilon is NaN, expected 0 or more'],
  ])('%#', (make, message) => expect(make).toThrow(new RangeError(message)))

  it.each<[() => unknown, string]>([
    [() => vae({ latent: any('20') }), "vae: latent is '20', expected a positive integer"],
    [() => vae(any(null)),
      'vae: the options are null, expected an object with latent, hidden, learningRate, noise, clipNorm, imageShape'],
    [() => layers.dense(any({})), 'dense: units is undefined, expected a positive integer'],
    [() => layers.dense({ units: 1, kernelInitializer: any('zeros') }),
      "dense: kernelInitializer is 'zeros', expected an initializer, such as zeros() of 'initializers'"],
    [() => layers.flatten({ name: any(3) }), 'flatten: name is 3, expected a name of at least one character'],
    [() => layers.conv2d({ filters: 1, kernelSize: 1, useBias: any(1) }), 'conv2d: useBias is 1, expected true or false'],
  ])('wrong types %#', (make, message) => expect(make).toThrow(new TypeError(message)))

  it('an option that is undefined is one left out', () => {
    expect(vae({ latent: undefined }).options).toEqual(vae().options)
  })
})
