import { expect, test } from 'vitest'
import { interpolate } from '../../src/models/interpolate.ts'

const a = Float32Array.of(3, 0, -1)
const b = Float32Array.of(0, 4, 1)

test('linear: both ends exactly, and equal steps between', () => {
  const codes = interpolate(a, b, { steps: 3 })
  expect([...codes]).toEqual([3, 0, -1, 1.5, 2, 0, 0, 4, 1])
})

test('gaussian: both ends exactly, the variance of independent normals kept at every step', () => {
  const codes = interpolate(a, b, { steps: 5, path: 'gaussian' })
  expect([...codes.subarray(0, 3)]).toEqual([...a])
  expect([...codes.subarray(12)]).toEqual([...b])
  for (let i = 0; i < 5; i++) {
    const t = i / 4
    const norm = Math.sqrt((1 - t) ** 2 + t ** 2)
    const [wa, wb] = [(1 - t) / norm, t / norm]
    expect(wa ** 2 + wb ** 2).toBeCloseTo(1, 12)
    for (let k = 0; k < 3; k++) expect(codes[3 * i + k]).toBeCloseTo(wa * a[k]! + wb * b[k]!, 6)
  }
})

test('ten steps on a straight line by default', () => {
  expect(interpolate(a, b)).toEqual(interpolate(a, b, { steps: 10, path: 'linear' }))
  expect(interpolate(a, b).length).toBe(30)
})

test.each([
  [[a, b, { steps: 1 }], 'interpolate: steps is 1, expected an integer of 2 or more'],
  [[a, b, { steps: 2.5 }], 'interpolate: steps is 2.5, expected an integer of 2 or more'],
  [[a, b.subarray(1), {}], 'interpolate: codes expected two of the same length, got 3 and 2 values'],
  [[a.subarray(3), b.subarray(3), {}], 'interpolate: codes expected two of the same length, got 0 and 0 values'],
  [[a, b, { path: 'round' as 'linear' }], "interpolate: path is 'round', expected 'linear' or 'gaussian'"],
] as const)('refuses %#', ([from, to, options], message) => {
  expect(() => interpolate(from, to, options)).toThrow(new RangeError(message))
})
