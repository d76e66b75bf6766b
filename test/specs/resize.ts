import { bilinear, bilinearTranspose, nearest, nearestTranspose, type ResizeRow } from '../../src/verify/cases/resize.ts'
import { resize } from '../reference/structure.ts'
import { transposed } from '../reference/windows.ts'
import { type Reference, spec } from './spec.ts'

const forward = (nearest: boolean) => ({ options }: ResizeRow): Reference => (x) => resize(x, { ...options, nearest })
const backward = (nearest: boolean) => ({ image, options }: ResizeRow): Reference => (y) =>
  transposed((x) => resize(x, { ...options, nearest }), image, y)

export const specs = [
  spec(bilinear, forward(false)),
  spec(bilinearTranspose, backward(false)),
  spec(nearest, forward(true)),
  spec(nearestTranspose, backward(true)),
]
