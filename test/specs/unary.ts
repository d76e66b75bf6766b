import type { Shape, Tensor } from '../../src/graph/tensor.ts'
import * as ops from '../../src/ops/unary.ts'
import { type Array64, build, get } from '../reference/arrays.ts'
import { erf } from '../reference/erf.ts'
import { LADDER, LENGTHS, type Spec } from './spec.ts'

const SHAPES: readonly Shape[] = [...LENGTHS.map((n) => [n]), [2, 3, 5], []]

/** A function of one tensor, at every length around SIMD's width. */
export function elementwise(op: string, apply: (x: Tensor) => Tensor, f: (x: number) => number, rest: Partial<Spec> = {}): Spec {
  const reference = (x: Array64) => build(x.shape, (i) => f(get(x, i)))
  const made = (shape: Shape) => ({ shapes: [shape], apply, reference })
  return { op, cases: SHAPES.map(made), ladder: LADDER.map((n) => made([n])), tolerance: 3e-7, ...rest }
}

/** From −r to r without a hole of ±`hole` around each of `kinks`. */
export const around = (r: number, kinks: readonly number[] = [0], hole = 0.05) => (u: number): number => {
  const x = (2 * u - 1) * r
  const kink = kinks.find((k) => Math.abs(x - k) < hole)
  return kink === undefined ? x : kink + (x < kink ? -hole : hole)
}

export const specs: Spec[] = [
  elementwise('negative', ops.negative, (x) => -x),
  elementwise('abs', ops.abs, Math.abs, { draw: around(4) }),
  elementwise('sign', ops.sign, Math.sign, { draw: around(4) }),
  elementwise('square', ops.square, (x) => x * x, { domain: [-10, 10] }),
  elementwise('reciprocal', ops.reciprocal, (x) => 1 / x, { draw: around(10, [0], 0.5) }),
  elementwise('sqrt', ops.sqrt, Math.sqrt, { domain: [0.3, 50] }),
  elementwise('rsqrt', ops.rsqrt, (x) => 1 / Math.sqrt(x), { domain: [0.3, 50] }),
  elementwise('exp', ops.exp, Math.exp, { domain: [-10, 10] }),
  elementwise('expm1', ops.expm1, Math.expm1, { domain: [-5, 5] }),
  elementwise('log', ops.log, Math.log, { domain: [0.3, 50] }),
  elementwise('log1p', ops.log1p, Math.log1p, { domain: [-0.7, 20] }),
  elementwise('sin', ops.sin, Math.sin, { domain: [-30, 30] }),
  elementwise('cos', ops.cos, Math.cos, { domain: [-30, 30] }),
  elementwise('erf', ops.erf, erf, { domain: [-5, 5] }),
]
