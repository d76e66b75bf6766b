import type { OpCases } from '../../src/verify/cases/case.ts'
import {
  convolution, convolutionOfFive, type ConvRow, filterGradient, filterGradientOfFive, transposedConvolution,
  transposedConvolutionOfFive,
} from '../../src/verify/cases/conv2d.ts'
import * as reference from '../reference/conv2d.ts'
import { spec } from './spec.ts'

const close = { tolerance: 2e-6 }

const forward = (cases: OpCases<ConvRow>) => spec(cases, ({ spec }) => (x, w) => reference.conv2d(x, w, spec), close)
const transposed = (cases: OpCases<ConvRow>) =>
  spec(cases, ({ image, spec }) => (x, w) => reference.conv2dTranspose(x, w, image, spec), close)
const ofFilter = (cases: OpCases<ConvRow>) => spec(cases, ({ image, kernel, filters, spec }) => (x, dy) =>
  reference.conv2dFilterGradient(x, dy, [...kernel, image[3]!, filters], spec), close)

export const specs = [
  forward(convolution), transposed(transposedConvolution), ofFilter(filterGradient),
  forward(convolutionOfFive), transposed(transposedConvolutionOfFive), ofFilter(filterGradientOfFive),
]
