// Pooling, resizing, depthwise convolution, normalization, softmax and reductions against PyTorch in float64.
import { describe, expect, it } from 'vitest'
import { constant } from '../../src/graph/leaves.ts'
import { softmaxCrossEntropy } from '../../src/nn/losses_categorical.ts'
import {
  avgPool2d, batchNormalization, depthwiseConv2d, layerNormalization, maxPool2d, mean, oneHot, resizeBilinear, resizeNearest, sum,
} from '../../src/ops/index.ts'
import { newSession } from '../harness.ts'
import { type Build, cases, type Ref, runCase, valuesOf, worstError } from './cases.ts'

const resizeOptions = ({ half_pixel_centers: halfPixelCenters, align_corners: alignCorners }: Parameters<Build>[1]) => ({
  halfPixelCenters,
  alignCorners,
})

const builds: Record<string, Build> = {
  maxpool: ({ x }, { k, strides, padding }) => maxPool2d(x!, { poolSize: k, strides, padding }),
  avgpool: ({ x }, { k, strides, padding }) => avgPool2d(x!, { poolSize: k, strides, padding }),
  resize_bilinear: ({ x }, attrs) => resizeBilinear(x!, attrs.out_hw, resizeOptions(attrs)),
  resize_nearest: ({ x }, attrs) => resizeNearest(x!, attrs.out_hw, resizeOptions(attrs)),
  depthwise_conv2d: ({ x, w }, { strides, padding }) => depthwiseConv2d(x!, w!, { strides, padding }),
  batchnorm_train({ x, gamma, beta }, { eps }) {
    const { y, mean, variance } = batchNormalization(x!, gamma!, beta!, eps)
    return { y, extra: { mean, variance } }
  },
  layernorm: ({ x, gamma, beta }, { eps }) => layerNormalization(x!, gamma!, beta!, eps),
  softmax_xent: ({ x }, { labels }) => softmaxCrossEntropy(oneHot(constant(labels), x!.shape.at(-1)!), x!),
  sum: ({ x }, { axis }) => sum(x!, axis),
  mean: ({ x }, { axis }) => mean(x!, axis),
}

/** Errors are relative to |expected| + the tensor's root mean square: sums of many terms cancel. */
const TOLERANCE = 2e-6

describe('PyTorch', () => {
  it.each(cases.filter((c) => c.op in builds).map((c) => [c.name, c] as const))('%s', async (_, c) => {
    const { y, grads, extra } = runCase(await newSession(), c, builds[c.op]!)
    const check = (what: string, actual: Float32Array, ref: Ref) =>
      expect(worstError(actual, valuesOf(ref), 1).error, what).toBeLessThan(TOLERANCE)
    check('y', y, c.y)
    for (const [k, ref] of Object.entries(c.grads)) check(`gradient of ${k}`, grads[k]!, ref)
    for (const [k, ref] of Object.entries(c.extra)) check(k, extra[k]!, ref)
  })
})
