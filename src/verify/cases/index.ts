// Every op case there is. An op without one fails test/ops.complete.test.ts, one without a reference test/specs/index.ts.
import { activation } from './activation.ts'
import { arithmetic } from './arithmetic.ts'
import { broadcasting } from './broadcast_to.ts'
import type { OpCases } from './case.ts'
import { factors } from './cholesky.ts'
import { compare } from './compare.ts'
import {
  convolution, convolutionOfFive, filterGradient, filterGradientOfFive, transposedConvolution, transposedConvolutionOfFive,
} from './conv2d.ts'
import { depthwise, depthwiseFilterGrad, depthwiseInputGrad } from './depthwise.ts'
import { gathering } from './gathering.ts'
import { labelledLosses, losses } from './losses.ts'
import { products } from './matmul.ts'
import { groupwise, normalization } from './normalization.ts'
import { averagePooling, averagePoolingGrad, maxPooling, maxPoolingGather, maxPoolingGrad } from './pooling.ts'
import { bilinear, bilinearTranspose, nearest, nearestTranspose } from './resize.ts'
import { statistics } from './statistics.ts'
import { borders, copies, joins, maxima, oneHots, slices, transposes } from './structure.ts'
import { rounding, unary } from './unary.ts'

export const opCases: readonly OpCases[] = [
  ...unary, ...activation, ...arithmetic, ...compare, broadcasting, factors, products,
  convolution, transposedConvolution, filterGradient, depthwise, depthwiseInputGrad, depthwiseFilterGrad,
  maxPooling, maxPoolingGrad, maxPoolingGather, averagePooling, averagePoolingGrad,
  bilinear, bilinearTranspose, nearest, nearestTranspose,
  copies, transposes, slices, borders, joins, maxima, oneHots,
  ...normalization, ...losses, ...labelledLosses, ...rounding,
  ...gathering, ...statistics, groupwise,
  convolutionOfFive, transposedConvolutionOfFive, filterGradientOfFive,
]
