import { convolution, filterGradient, transposedConvolution } from '../../src/verify/cases/conv2d.ts'
import * as reference from '../reference/conv2d.ts'
import { spec } from './spec.ts'

const close = { tolerance: 2e-6 }

export const specs = [
  spec(convolution, ({ spec }) => (x, w) => reference.conv2d(x, w, spec), close),
  spec(transposedConvolution, ({ image, spec }) => (x, w) => reference.conv2dTranspose(x, w, image, spec), close),
  spec(filterGradient, ({ image, kernel, filters, spec }) => (x, dy) =>
    reference.conv2dFilterGradient(x, dy, [...kernel, image[3]!, filters], spec), close),
]
