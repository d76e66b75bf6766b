// References of functions of one element, or of one of each of two tensors.
import { broadcastShape } from '../../src/ops/lowering/broadcast.ts'
import { build, get } from '../reference/arrays.ts'
import type { Reference } from './spec.ts'

export const each = (f: (x: number) => number): Reference => (x) => build(x.shape, (i) => f(get(x, i)))

export const pairs = (f: (a: number, b: number) => number): Reference => (a, b) =>
  build(broadcastShape('reference', a.shape, b.shape), (i) => f(get(a, i), get(b, i)))
