import * as cases from '../../src/verify/cases/depthwise.ts'
import { depthwise, transposed } from '../reference/windows.ts'
import { spec } from './spec.ts'

export const specs = [
  spec(cases.depthwise, ({ window }) => (x, w) => depthwise(x, w, window)),
  spec(cases.depthwiseInputGrad, ({ image, window }) => (dy, w) => transposed((x) => depthwise(x, w, window), image, dy)),
  spec(cases.depthwiseFilterGrad, ({ filter, window }) => (x, dy) => transposed((w) => depthwise(x, w, window), filter, dy)),
]
