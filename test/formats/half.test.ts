// Half floats: every half comes back as it was, and what lies between two goes to the nearer, ties to the even one.
import { expect, it } from 'vitest'
import { DTYPES } from '../../src/formats/dtypes.ts'
import { halfOf } from '../../src/formats/half.ts'

const bits = Uint16Array.from({ length: 0x10000 }, (_, i) => i).filter((half) => (half & 0x7c00) !== 0x7c00)
const values = DTYPES.get('F16')!.read(new DataView(bits.buffer), bits.length) as Float32Array

it('gives back every half', () => {
  expect(bits.findIndex((half, i) => halfOf(values[i]!) !== half)).toBe(-1)
})
it('rounds to the nearest, ties to even', () => {
  const wrong: number[] = []
  for (let half = 0; half < 0x7bff; half++) {
    const [low, high] = [values[half]!, values[half + 1]!]
    const middle = (low + high) / 2
    const nearer = high - low > 0 ? (high - low) / 8 : 0
    for (const sign of [1, -1]) {
      const of = (x: number) => halfOf(sign * x) & 0x7fff
      if (of(middle) !== half + (half & 1) || of(middle - nearer) !== half || of(middle + nearer) !== half + 1) wrong.push(half)
    }
  }
  expect(wrong).toEqual([])
})
it('is infinite from 65520 on', () => {
  expect([65504, 65519.99, 65520, -65520, Infinity].map(halfOf)).toEqual([0x7bff, 0x7bff, 0x7c00, 0xfc00, 0x7c00])
})
