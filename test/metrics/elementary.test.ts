// exp and log of doubles, beside the engine's, whose own errors are below one unit in the last place.
import { expect, test } from 'vitest'
import { exp, log } from '../../src/metrics/elementary.ts'
import { lcg } from '../golden/lcg.ts'

const BOUND = 2 ** -51
const near = (found: number, wanted: number): boolean => Math.abs(found - wanted) <= BOUND * Math.abs(wanted)

test('exp of 20,000 numbers over its range, and its ends', () => {
  const worst = [...lcg(3, 10_000, 708), ...lcg(4, 10_000, 1)].filter((x) => !near(exp(x), Math.exp(x)))
  expect(worst).toEqual([])
  expect([0, -0, -709, -Infinity, 710, Infinity, NaN].map(exp)).toEqual([1, 1, 0, 0, Infinity, Infinity, NaN])
})

test('log of 20,000 numbers over its range, near 1, of denormals, and its ends', () => {
  const wide = Array.from(lcg(5, 10_000, 300), (x) => Math.exp(x))
  const inputs = [...wide, ...lcg(6, 10_000, 0.5, 1), 5e-324, 1e-310, 1.7e308, 1 + 2 ** -52]
  expect(inputs.filter((x) => !near(log(x), Math.log(x)))).toEqual([])
  expect([1, 0, -0, -1, Infinity, NaN].map(log)).toEqual([0, -Infinity, -Infinity, NaN, Infinity, NaN])
})
