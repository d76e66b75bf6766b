// Stacks of layers that nobody has thought of.
import fc from 'fast-check'
import { expect } from 'vitest'
import { input, layers, ops } from '../../src/entries/index.ts'
import type { Layer } from '../../src/nn/layer.ts'
import type { Tensor } from '../../src/graph/tensor.ts'
import { runtime } from '../harness.ts'
import { both } from './onnx_graph.ts'
import { distance, type RunOnnx } from './onnx_run.ts'
import { numbers } from './parts.ts'

const few = fc.integer({ min: 1, max: 3 })
const pair = fc.tuple(few, few)
const padding = fc.constantFrom('same' as const, 'valid' as const)
const window = { strides: pair, padding }
const activation = fc.constantFrom(
  'linear' as const, 'relu' as const, 'tanh' as const, 'sigmoid' as const, 'elu' as const, 'softplus' as const,
  ops.gelu, ops.softmax)
const kernelSize = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
const convolution = fc.record({ filters: few, kernelSize, ...window, dilationRate: fc.oneof(fc.constant(1), pair), activation })
const size = fc.integer({ min: 1, max: 11 })
/** Layers of images, and of rows. */
const layer = fc.oneof(
  convolution.map((options) => layers.conv2d(options)),
  convolution.map((options) => layers.conv2dTranspose(options)),
  fc.record({ kernelSize, depthMultiplier: few, ...window, activation }).map((options) => layers.depthwiseConv2d(options)),
  fc.record({ poolSize: kernelSize, ...window }).map((options) => layers.maxPooling2d(options)),
  fc.record({ poolSize: kernelSize, ...window }).map((options) => layers.averagePooling2d(options)),
  fc.record({
    height: size, width: size, interpolation: fc.constantFrom('bilinear' as const, 'nearest' as const),
  }).chain((options) => fc.constantFrom({}, { halfPixelCenters: true }, { alignCorners: true })
    .map((more) => layers.resizing({ ...options, ...more }))),
  few.map((n) => layers.upSampling2d({ size: n })),
  fc.constant(null).map(() => layers.batchNormalization()),
  fc.constant(null).map(() => layers.layerNormalization()),
  fc.constant(null).map(() => layers.groupNormalization({ groups: 1 })),
  fc.constant(null).map(() => layers.globalAveragePooling2d()),
  fc.constant(null).map(() => layers.flatten()),
  fc.constant(null).map(() => layers.leakyReLU({ alpha: 0.1 })),
  fc.constant(null).map(() => layers.dropout({ rate: 0.5 })),
  fc.record({ units: fc.integer({ min: 1, max: 12 }), activation }).map((options) => layers.dense(options)),
  fc.constantFrom([1, 1, 12], [2, 3, 2], [12]).map((targetShape) => layers.sequential('block', [
    layers.flatten(), layers.dense({ units: 12 }), layers.reshape({ targetShape }),
  ])),
)

/** Those of `stack` that fit one after another. */
function fitting(stack: readonly Layer[], shape: readonly number[]): Layer[] {
  let x: Tensor = input('x', [2, ...shape])
  return stack.filter((each, i) => {
    try {
      x = each.apply(x, new layers.Pass(false), `trial_${i}`)
      return x.size < 20_000
    } catch (error) {
      if (error instanceof RangeError) return false
      throw error
    }
  })
}

/** Holds random stacks over images of random sizes against a runtime; gives the kinds of layers that there were. */
export async function tryStacks(numRuns: number, seed: number, run?: RunOnnx): Promise<Set<string>> {
  const kinds = new Set<string>()
  const image = fc.tuple(size, size, fc.integer({ min: 1, max: 4 }))
  await fc.assert(fc.asyncProperty(image, fc.array(layer, { minLength: 1, maxLength: 7 }), few, async (shape, stack, rows) => {
    const fits = fitting(stack, shape)
    for (const { kind } of fits) kinds.add(kind)
    const build = (n: number) => layers.sequential('stack', fits).apply(input('x', [n, ...shape]), new layers.Pass(false))
    const x = { shape: [rows, ...shape], data: numbers(rows * shape[0] * shape[1] * shape[2], 23) }
    const { expected, found, shape: given } = await both(await runtime.session(), build, rows, { x }, run)
    expect(found.shape).toEqual(given)
    expect(distance(found.data as Float32Array, expected)).toBeLessThan(1e-5)
  }), { numRuns, seed })
  return kinds
}
