import * as cases from '../../src/verify/cases/pooling.ts'
import { avgPool, maxGather, maxPool, transposed } from '../reference/windows.ts'
import { spec } from './spec.ts'

const exact = { tolerance: 0 }

export const specs = [
  spec(cases.maxPooling, ({ window }) => (x) => maxPool(x, window), exact),
  spec(cases.maxPoolingGrad, ({ window }) => (x, dy) => transposed((g) => maxGather(x, g, window), x.shape, dy)),
  spec(cases.maxPoolingGather, ({ window }) => (x, g) => maxGather(x, g, window), exact),
  spec(cases.averagePooling, ({ window }) => (x) => avgPool(x, window)),
  spec(cases.averagePoolingGrad, ({ image, window }) => (dy) => transposed((g) => avgPool(g, window), image, dy)),
]
