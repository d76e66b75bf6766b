// Functions of one tensor, at every length around SIMD's width.
import type { Shape, Tensor } from '../../graph/tensor.ts'
import { negative } from '../../ops/arithmetic.ts'
import * as ops from '../../ops/unary.ts'
import { around, LENGTHS } from '../draw.ts'
import { casesOfShapes, type Inputs, type OpCases } from './case.ts'

const SHAPES: readonly Shape[] = [...LENGTHS.map((n) => [n]), [2, 3, 5], []]

export const elementwise = (op: string, apply: (x: Tensor) => Tensor, inputs?: Inputs): OpCases<readonly Shape[]> =>
  casesOfShapes(op, SHAPES.map((shape) => [shape]), apply, inputs)

export const unary: readonly OpCases<readonly Shape[]>[] = [
  elementwise('negative', negative),
  elementwise('abs', ops.abs, { draw: around(4) }),
  elementwise('sign', ops.sign, { draw: around(4) }),
  elementwise('square', ops.square, { domain: [-10, 10] }),
  elementwise('reciprocal', ops.reciprocal, { draw: around(10, [0], 0.5) }),
  elementwise('sqrt', ops.sqrt, { domain: [0.3, 50] }),
  elementwise('rsqrt', ops.rsqrt, { domain: [0.3, 50] }),
  elementwise('exp', ops.exp, { domain: [-10, 10] }),
  elementwise('expm1', ops.expm1, { domain: [-5, 5] }),
  elementwise('log', ops.log, { domain: [0.3, 50] }),
  elementwise('log1p', ops.log1p, { domain: [-0.7, 20] }),
  elementwise('sin', ops.sin, { domain: [-30, 30] }),
  elementwise('cos', ops.cos, { domain: [-30, 30] }),
  elementwise('erf', ops.erf, { domain: [-5, 5] }),
]

/** Exact, where the others are within a tolerance. */
export const rounding: readonly OpCases<readonly Shape[]>[] = [
  elementwise('floor', ops.floor, { draw: around(4, [-3, -2, -1, 0, 1, 2, 3]) }),
]
