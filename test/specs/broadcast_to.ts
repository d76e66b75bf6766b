import { broadcasting } from '../../src/verify/cases/broadcast_to.ts'
import { build, get } from '../reference/arrays.ts'
import { spec } from './spec.ts'

export const specs = [
  spec(broadcasting, ([, to, scale]) => (x) => build(to, (index) => scale * get(x, index.slice(to.length - x.shape.length)))),
]
