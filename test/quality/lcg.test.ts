// The golden generator against its check values, and against the same definition in arbitrary-size integers.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { lcg } from '../golden/lcg.ts'

const check = JSON.parse(readFileSync(new URL('../golden/lcg.json', import.meta.url), 'utf8')) as
  { lcg_check: { seed: number, scale: number, first8: number[] }, lcg_check_seed777: number[] }

/** lcg_doc of lcg.json, word for word. */
function reference(seed: number, n: number, scale: number, shift: number): number[] {
  const M = 1n << 32n
  let s = (BigInt(seed) * 2654435761n) % M
  const values: number[] = []
  for (let i = 0; i < 8 + n; i++) {
    s = (1664525n * s + 1013904223n) % M
    if (i >= 8) values.push(Math.fround((2 * (Number(s >> 8n) / 2 ** 24) - 1) * scale + shift))
  }
  return values
}

test('lcg gives the values of lcg.json', () => {
  const { seed, scale, first8 } = check.lcg_check
  expect([...lcg(seed, 8, scale)]).toEqual(first8)
  expect([...lcg(777, 4)]).toEqual(check.lcg_check_seed777)
})

test.each([[0, 1, 0], [1, 0.5, 0], [1600, 1.7, 0], [9003, 0.1, -3], [2 ** 32 - 1, 10, 0.25]])(
  'lcg(%i, 1000, %d, %d) matches the definition in big integers', (seed, scale, shift) => {
    expect([...lcg(seed, 1000, scale, shift)]).toEqual(reference(seed, 1000, scale, shift))
  })
