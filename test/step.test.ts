// The number of steps done, as a tensor.
import { expect, it } from 'vitest'
import { mul } from '../src/ops/arithmetic.ts'
import { step } from '../src/ops/step.ts'
import { newSession, runGuarded } from './harness.ts'

it('counts the steps of a group, exactly up to 2^24', async () => {
  const session = await newSession()
  const compiled = (group: string) => session.compile({ group, stages: [{ outputs: { step: step(), twice: mul(step(), 2) } }] })
  const [fn, other] = [compiled('train'), compiled('train')]
  expect(runGuarded({ fn, outputs: [] })).toBe(0)
  expect(fn.read('step')).toEqual(Float32Array.of(0))
  other.run(3)
  expect(other.read('twice')).toEqual(Float32Array.of(6))
  const elsewhere = compiled('elsewhere')
  elsewhere.run(1)
  expect(elsewhere.read('step')[0]).toBe(0)
  for (const [low, high, expected] of [[2 ** 24, 0, 2 ** 24], [2 ** 24 + 1, 0, 2 ** 24], [7, 3, 3 * 2 ** 32]] as const) {
    session.counters('train').set([low, high])
    fn.run(1)
    expect(fn.read('step')[0]).toBe(expected)
  }
})
